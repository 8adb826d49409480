"""An interrupted `cough diagnose DIR` goes on where it stopped."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from shared.audio_format import AudioFormat
from tests.client.command import cough, csv_rows, interrupted
from tests.end_to_end.processes import Service
from tests.support.data import labelled_recordings
from tests.support.recordings import cough as cough_sound
from tests.support.recordings import encode

FILES = 12
JOBS = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough recordings to be interrupted among."""
    folder = tmp_path_factory.mktemp("clips")
    for seed in range(FILES):
        sound = encode(cough_sound(1.0, seed=100 + seed), 16_000, AudioFormat.FLAC)
        (folder / f"{seed:02}.flac").write_bytes(sound)
    return folder


def _accepted(service: Service) -> int:
    return sum("accepted for" in line for line in service.lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_and_run_again(
    running_service: Service, folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    arguments = ("diagnose", folder, "--format=csv", f"--jobs={JOBS}", "--state=state.jsonl")
    status, _ = interrupted(number, 5, *arguments, server=running_service.url, cwd=tmp_path)
    assert status == (130 if number is signal.SIGINT else -number)
    kept = [json.loads(line) for line in (tmp_path / "state.jsonl").read_text().splitlines()]
    assert 4 <= len(kept) < FILES

    before = _accepted(running_service)
    done = cough(*arguments, server=running_service.url, cwd=tmp_path)
    rows = csv_rows(done.stdout)
    assert done.returncode == 0
    assert sorted(row["file"] for row in rows) == sorted(map(str, folder.iterdir()))
    assert all(row["diagnosis"] for row in rows)
    # What was recorded was shown from the record, and not sent again.
    assert {one["diagnosis"]["job_id"] for one in kept} <= {row["job_id"] for row in rows}
    assert _accepted(running_service) - before == FILES - len(kept)


def test_a_folder_is_resumable_by_itself_and_changed_files_are_done_again(
    running_service: Service, folder: Path, tmp_path: Path
) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for name in ("a", "b", "same as b"):
        source = folder / ("00.flac" if name == "a" else "01.flac")
        (clips / f"{name}.flac").write_bytes(source.read_bytes())
    (clips / "broken.wav").write_text("The patient coughs.")
    url = running_service.url

    before = _accepted(running_service)
    first = cough("diagnose", clips, "--format=csv", server=url, cwd=tmp_path)
    assert len(csv_rows(first.stdout)) == 4
    assert _accepted(running_service) - before == 2  # the same recording is not sent twice
    assert ".cough-state.jsonl" not in {path.name for path in clips.iterdir()}

    (clips / "a.flac").write_bytes((folder / "02.flac").read_bytes())
    second = cough("diagnose", clips, "--format=csv", server=url, cwd=tmp_path)
    assert first.returncode == second.returncode == 3
    assert len(csv_rows(second.stdout)) == 4
    assert _accepted(running_service) - before == 3


def test_all_labelled_clips_interrupted_once(running_service: Service, tmp_path: Path) -> None:
    clips = labelled_recordings() / "sick_sounds"
    arguments = ("diagnose", clips, "--format=csv", "--jobs=8")
    status, seen = interrupted(
        signal.SIGINT, 200, *arguments, server=running_service.url, cwd=tmp_path
    )
    assert status == 130
    done = cough(*arguments, server=running_service.url, cwd=tmp_path)
    rows = csv_rows(done.stdout)
    assert done.returncode == 0
    assert sorted(row["file"] for row in rows) == sorted(map(str, clips.rglob("*.flac")))
    assert all(row["diagnosis"] for row in rows)
    # Every whole row of before is among these, with the same job: it was not sent again.
    assert set(seen[:-1]) <= set(done.stdout.splitlines(keepends=True))
