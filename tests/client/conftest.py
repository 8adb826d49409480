"""A service for these tests, recordings, and the two clients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.audio_format import AudioFormat
from tests.client.both_clients import Kind, either_client
from tests.end_to_end.processes import Service, service
from tests.support.recordings import cough, encode


@pytest.fixture(scope="package")
def running_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service, for the tests that do not hurt it."""
    with service(tmp_path_factory.mktemp("run")) as running:
        yield running


@pytest.fixture(params=["blocking", "asyncio"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """Which of the two clients."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def client(kind: Kind, running_service: Service) -> Iterator[Any]:
    """A client of the service."""
    with either_client(kind, running_service.url) as client:
        yield client


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COUGH_SERVER", "COUGH_API_KEY", "COUGH_CHECKOUT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Six short coughs, each another."""
    folder = tmp_path_factory.mktemp("coughs")
    for seed in range(6):
        sound = encode(cough(1.0, seed=seed), 16_000, AudioFormat.FLAC)
        (folder / f"{seed}.flac").write_bytes(sound)
    return sorted(folder.iterdir())
