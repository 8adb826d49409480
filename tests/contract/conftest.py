"""The service and the answers that the tests of the contract share."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.settings import REPOSITORY
from tests.contract.answers import Answer
from tests.contract.real_answers import real_answers
from tests.end_to_end.conftest import shared_service

__all__ = ["shared_service"]


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The committed OpenAPI document."""
    document: dict[str, Any] = json.loads((REPOSITORY / "openapi.json").read_text())
    return document


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What the service answers today."""
    return real_answers(tmp_path_factory.mktemp("answers"))
