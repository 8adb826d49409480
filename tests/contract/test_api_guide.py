"""docs/api.md: its curl lines succeed, in order, and it leaves out no operation and no error."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from shared.audio_format import AudioFormat
from shared.errors import RecordingError, RequestError, TryLaterError
from shared.settings import REPOSITORY
from tests.contract.declared import errors_of
from tests.end_to_end.keys import new_key
from tests.end_to_end.processes import Service
from tests.support.error_tree import kinds
from tests.support.recordings import cough, encode

GUIDE = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://localhost:8000"
# A line's failure is that of its script, and each call is noted.
CURL = """
set -euo pipefail
curl() { echo "$*" >> calls; command curl --fail --silent --show-error --max-time 40 "$@"; }
[ ! -f variables ] || . ./variables
"""
KEEP = "\ndeclare -p ID BATCH 2> /dev/null > variables || true\n"


def _blocks(language: str) -> Iterator[tuple[str, str]]:
    """Each block in that language, and the comment before it."""
    pattern = rf"(?:<!-- ([^\n]*) -->\n)?```{language}\n(.*?)```"
    for found in re.finditer(pattern, GUIDE, re.DOTALL):
        yield found[1] or "", found[2]


def test_every_curl_line_succeeds(shared_service: Service, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    for name, audio_format in (
        ("cough.webm", AudioFormat.WEBM),
        ("one.wav", AudioFormat.WAV),
        ("two.mp3", AudioFormat.MP3),
    ):
        (tmp_path / name).write_bytes(encode(cough(), 16000, audio_format))
    (tmp_path / "notes.txt").write_text("no sound")
    key = new_key(shared_service.redis_url).key
    run = [(note, code) for note, code in _blocks("sh") if not note.startswith("not run")]
    for note, code in run:
        held = note.startswith("the worker is held")
        script = CURL + code.replace(ADDRESS, shared_service.url) + KEEP
        with _held(shared_service) if held else nullcontext():
            done = subprocess.run(
                ["bash", "-c", f"KEY={key}\n{script}"],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=120,
            )
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"

    calls = (tmp_path / "calls").read_text().splitlines()
    assert len(calls) == sum(code.count("curl ") for _, code in run) >= 20
    assert (tmp_path / "spectrogram.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_not_run_calls_somebody_else() -> None:
    assert all("webhook_url" in code for note, code in _blocks("sh") if note.startswith("not run"))


def test_every_error_is_explained(document: dict[str, Any]) -> None:
    explained = {
        (status, code)
        for status, codes in re.findall(r"^\| ([0-9]{3}) \| (`.*?`) \|", GUIDE, re.MULTILINE)
        for code in re.findall("[a-z_]+", codes)
    }
    ours = [kind for base in (RequestError, TryLaterError) for kind in kinds(base)]
    assert explained == {(str(kind.status), kind.code) for kind in ours}
    ends = GUIDE[GUIDE.index("in `error.code`") : GUIDE.index("## What may change")]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", ends[30:], re.MULTILINE)) - {"code"} == {
        kind.code for kind in kinds(RecordingError)
    }


def test_every_operation_is_explained(document: dict[str, Any]) -> None:
    table = GUIDE[: GUIDE.index("## First diagnosis")]
    for path, methods in document["paths"].items():
        place = re.sub(r"\{\w+\}", "{id}", path)
        shown = f"…/{place.rpartition('/')[2]}"
        for method in methods:
            assert place in table or shown in table, f"{method} {place}"


def test_every_diagnosis_says_what_it_is_not() -> None:
    blocks = [code for _, code in _blocks("json")]
    shown = [code for code in blocks if '"diagnosis"' in code or '"logit"' in code]
    assert len(shown) >= 2
    assert all("not a medical device" in code for code in shown)
    assert "**Research software, not a medical device.**" in GUIDE[:300]


def test_the_job_shown_is_one(document: dict[str, Any]) -> None:
    job = next(code for _, code in _blocks("json") if '"links"' in code)
    assert errors_of(document, {"$ref": "#/components/schemas/JobView"}, json.loads(job)) == []


@contextmanager
def _held(service: Service) -> Iterator[None]:
    """A worker that takes no job."""
    processes = [service.worker(), *service.pool_children()]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()
