"""`cough diagnose --local`: the service's diagnosis without the service."""

from __future__ import annotations

from pathlib import Path

import pytest

from cough_client import CoughClient
from tests.client.command import cough, json_lines
from tests.end_to_end.processes import Service

NOWHERE = "http://127.0.0.1:9"


def test_it_gives_what_the_service_gives(running_service: Service, recordings: list[Path]) -> None:
    broken = recordings[0].with_name("broken.wav")
    broken.write_bytes(recordings[0].read_bytes()[:2000])
    done = cough(
        "diagnose", "--local", recordings[0], broken, __file__, "--format=json", server=NOWHERE
    )
    broken.unlink()
    good, damaged, text = json_lines(done.stdout)
    with CoughClient(running_service.url) as client:
        diagnosis = client.diagnose(recordings[0])
    assert done.returncode == 3
    assert good["result"]["score"] == diagnosis.score
    assert good["disclaimer"] == diagnosis.disclaimer
    assert good["model"] == diagnosis.model
    assert damaged["error"]["code"] == "corrupt_audio"
    assert text["error"]["code"] == "unsupported_format"


@pytest.mark.parametrize("model", ["no-such-model", "sick-sounds@9.9.9"])
def test_a_model_that_is_not_here(recordings: list[Path], model: str) -> None:
    done = cough("diagnose", "--local", recordings[0], f"--model={model}")
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown_model" in done.stderr
    assert "sick-sounds@2.0.0" in done.stderr


def test_without_a_checkout_it_says_what_is_missing(recordings: list[Path], tmp_path: Path) -> None:
    done = cough("diagnose", "--local", recordings[0], COUGH_CHECKOUT=str(tmp_path))
    assert done.returncode == 1
    assert "local_unavailable" in done.stderr
    assert "COUGH_CHECKOUT" in done.stderr
