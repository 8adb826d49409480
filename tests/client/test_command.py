"""The command `cough` on the real service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cough_client import DISCLAIMER, CoughClient
from tests.client.command import cough, csv_rows, json_lines, on_a_terminal
from tests.client.scripted_server import DROP, ENDED, Answer, problem, scripted
from tests.end_to_end.processes import Service

MEANING = "this sounds like the coughs and sneezes labelled sick in the training data"
MODELS = {"default": "a@1.0.0", "models": [{"name": "a", "version": "1.0.0"}]}


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def folder(recordings: list[Path], tmp_path: Path) -> Path:
    """Three recordings, one of them deeper, one file that is none, and what is left out."""
    folder = tmp_path / "clips"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.flac").write_bytes(recordings[0].read_bytes())
    (folder / "b [red].WAV").write_bytes(recordings[1].read_bytes())
    (folder / "deeper" / "c.mp3").write_bytes(recordings[2].read_bytes())
    (folder / "note.wav").write_text("The patient coughs.")
    (folder / "manifest.csv").write_text("file,label\n")
    (folder / ".hidden.wav").write_bytes(recordings[3].read_bytes())
    return folder


def test_csv_has_a_row_a_file(running_service: Service, folder: Path, tmp_path: Path) -> None:
    done = cough("diagnose", folder, "--format", "csv", server=running_service.url, cwd=tmp_path)
    rows = {Path(row["file"]).name: row for row in csv_rows(done.stdout)}
    assert done.returncode == 3
    assert sorted(rows) == ["a.flac", "b [red].WAV", "c.mp3", "note.wav"]
    with CoughClient(running_service.url) as client:
        diagnosis = client.diagnose(folder / "a.flac")
    row = rows["a.flac"]
    assert (row["diagnosis"], float(row["score"])) == (diagnosis.diagnosis, diagnosis.score)
    assert (row["error_code"], row["model"]) == ("", "sick-sounds@2.0.0")
    note = rows["note.wav"]
    assert (note["diagnosis"], note["error_code"]) == ("", "unsupported_format")
    assert all(MEANING in row["disclaimer"] for row in rows.values())


def test_json_is_an_object_a_line(running_service: Service, folder: Path) -> None:
    done = cough("diagnose", folder / "a.flac", "--format=json", server=running_service.url)
    (line,) = json_lines(done.stdout)
    assert done.returncode == 0
    assert line["error"] is None
    assert line["result"]["diagnosis"] in ("sick", "not sick")
    assert MEANING in line["result"]["disclaimer"]
    assert MEANING in line["disclaimer"]


def test_a_table_for_people_says_what_it_means(
    running_service: Service, folder: Path, tmp_path: Path
) -> None:
    wide = {"COLUMNS": "200"}
    done = cough("diagnose", folder, server=running_service.url, cwd=tmp_path, **wide)
    assert done.returncode == 3
    assert "b [red].WAV" in done.stdout
    assert "unsupported_format" in done.stdout
    assert DISCLAIMER in _words(done.stdout)


def test_all_failed_is_another_status(running_service: Service, folder: Path) -> None:
    done = cough("diagnose", folder / "note.wav", server=running_service.url)
    assert done.returncode == 4


@pytest.mark.parametrize(
    "arguments", [["missing.wav"], ["."], [], ["a.flac", "--jobs=0"], ["a.flac", "--format=xml"]]
)
def test_a_wrong_call(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.flac").touch()
    (tmp_path / "empty").mkdir()
    arguments = ["empty" if one == "." else one for one in arguments]
    assert cough("diagnose", *arguments, cwd=tmp_path).returncode == 2


def test_an_unreadable_state_file_or_model_ends_it_at_once(
    running_service: Service, folder: Path
) -> None:
    file, url = folder / "a.flac", running_service.url
    for option in ("--state", folder / "manifest.csv"), ("--model", "no-such-model"):
        done = cough("diagnose", file, *option, server=url)
        assert (done.returncode, done.stdout.count("a.flac")) == (1, 0)
        assert done.stderr.startswith("cough: ")
    assert (folder / "manifest.csv").read_text() == "file,label\n"


@pytest.mark.parametrize(
    "answer", [problem(401, "unauthenticated"), problem(403, "x"), Answer(200, "no json"), Answer()]
)
def test_what_meets_every_file_ends_it_with_one_line(folder: Path, answer: Answer) -> None:
    with scripted(Answer(200, MODELS), answer) as server:
        done = cough("diagnose", folder / "a.flac", folder / "note.wav", server=server.url)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert len(server.requests) <= 3


def test_what_is_done_before_such_an_end_is_shown_and_kept(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    files = [folder / "a.flac", folder / "c.flac"]
    files[1].write_bytes(b"RIFF")
    options: list[str | Path] = [*files, "--jobs=1", "--format=csv", "--state", state]
    with scripted(Answer(200, MODELS), Answer(200, ENDED), problem(401, "x")) as server:
        done = cough("diagnose", *options, server=server.url)
        assert (done.returncode, len(csv_rows(done.stdout))) == (1, 1)
        assert str(state) in done.stderr
        server.script = [Answer(200, MODELS)] * 4 + [Answer(200, ENDED)]
        done = cough("diagnose", *options, server=server.url)
    assert (done.returncode, len(csv_rows(done.stdout))) == (0, 2)
    assert [request.method for request in server.requests] == ["GET", "POST", "POST", "GET", "POST"]


def test_the_progress_bar_is_on_standard_error(running_service: Service, folder: Path) -> None:
    told, shown = on_a_terminal(
        "diagnose", folder / "a.flac", "--format=json", server=running_service.url
    )
    assert len(json_lines(told)) == 1
    assert "diagnosing" in shown
    assert "1/1" in shown


def test_the_key_is_read_from_the_environment_and_never_shown(folder: Path) -> None:
    with scripted(problem(401, "unauthenticated")) as server:
        done = cough("diagnose", folder / "a.flac", server=server.url, COUGH_API_KEY="cough_a_b")
    assert server.requests[0].headers["authorization"] == "Bearer cough_a_b"
    assert "cough_a_b" not in done.stdout + done.stderr


def test_status_watch_and_delete(running_service: Service, recordings: list[Path]) -> None:
    url = running_service.url
    with CoughClient(url) as client:
        job = client.submit(recordings[0])
    watched = cough("watch", job.id, server=url)
    assert (watched.returncode, watched.stderr) == (0, "")
    assert DISCLAIMER in _words(watched.stdout)
    shown = cough("status", job.id, server=url)
    assert shown.returncode == 0
    assert DISCLAIMER in _words(shown.stdout)
    told: dict[str, Any] = json.loads(cough("status", job.id, "--format=json", server=url).stdout)
    assert (told["id"], told["status"]) == (job.id, "succeeded")
    assert MEANING in told["diagnosis"]["disclaimer"]
    assert cough("delete", job.id, server=url).returncode == 0
    gone = cough("status", job.id, server=url)
    assert (gone.returncode, "job_not_found" in gone.stderr) == (1, True)


def test_a_watched_job_that_fails(running_service: Service, recordings: list[Path]) -> None:
    with CoughClient(running_service.url) as client:
        job = client.submit(recordings[0].read_bytes()[:2000])
    watched = cough("watch", job.id, "--format=json", server=running_service.url)
    assert watched.returncode == 4
    assert json_lines(watched.stdout)[-1]["failure"]["code"] == "corrupt_audio"


def test_words_from_elsewhere_cannot_steer_the_terminal() -> None:
    evil = {"detail": "\x1b]0;owned\x07 [red]", "code": "job_not_found"}
    with scripted(Answer(404, evil)) as server:
        done = cough("status", "x", server=server.url)
    assert "\x1b" not in done.stderr
    assert "\\x1b]0;owned\\x07 [red]" in done.stderr


def test_without_a_service_it_says_so(folder: Path) -> None:
    with scripted(DROP) as server:
        done = cough("cancel", "x", server=server.url)
    assert (done.returncode, "unreachable" in done.stderr) == (1, True)
