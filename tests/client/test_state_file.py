"""The state file: whatever interrupts its writing, what it says is true, and nothing else is."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cough_client.answers import JobFailure, read_job
from cough_client.command.state import Key, Outcome, open_state
from cough_client.errors import ConfigurationError
from tests.client.scripted_server import ENDED

DIAGNOSIS = read_job(ENDED).diagnosis
assert DIAGNOSIS is not None
MODEL = "sick-sounds@2.0.0"
OUTCOMES: list[Outcome] = [DIAGNOSIS, JobFailure("corrupt_audio", "It cannot\nbe \udc80 decoded")]


def _key(number: int) -> Key:
    return Key.of(str(number).encode(), MODEL, "http://localhost:8000")


def _write(path: Path, numbers: range) -> None:
    with open_state(path) as state:
        for number in numbers:
            state.record(_key(number), OUTCOMES[number % 2])


def _known(path: Path, count: int) -> list[int]:
    with open_state(path) as state:
        outcomes = {number: state.outcome(_key(number)) for number in range(count)}
    known = [number for number, outcome in outcomes.items() if outcome is not None]
    assert all(outcomes[number] == OUTCOMES[number % 2] for number in known)
    return known


@given(data=st.data())
def test_cut_anywhere_it_tells_what_was_whole_and_goes_on(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("state") / "state.jsonl"
    _write(path, range(4))
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    known = _known(path, 4)
    assert known == list(range(whole[:cut].count(b"\n")))
    _write(path, range(4, 6))
    assert _known(path, 6) == [*known, 4, 5]


def test_another_file_model_or_service_or_pictures_are_not_done(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    done = Key.of(b"cough", MODEL, "http://here")
    with open_state(path) as state:
        state.record(done, OUTCOMES[0])
    with open_state(path) as state:
        assert state.outcome(done) == OUTCOMES[0]
        for other in (
            Key.of(b"cougH", MODEL, "http://here"),
            Key.of(b"cough", "sick-sounds@1.0.1", "http://here"),
            Key.of(b"cough", MODEL, "http://there"),
            Key.of(b"cough", MODEL, "http://here", pictured=True),
        ):
            assert state.outcome(other) is None


def test_a_line_of_a_version_without_pictures_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    _write(path, range(2))
    path.write_text(path.read_text().replace('"pictured": false, ', ""))
    assert _known(path, 2) == [0, 1]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    _write(path, range(1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [b"file,diagnosis\n", b"{\n}\n", b'{"a": 1}\n', b"\x00\xff", b"RIFF", b"\n"]
)
def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "precious"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError), open_state(path):
        pass
    assert path.read_bytes() == content


def test_a_folder_or_a_missing_folder_is_no_state_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing" / "state.jsonl"):
        with pytest.raises(ConfigurationError), open_state(path):
            pass


def test_lines_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    _write(path, range(2))
    with path.open("a") as file:
        file.write('{"sha256": 1}\n[]\nnull\n{"sha256": "a", "model": "b", "server": "c"}\n')
        file.write(json.dumps({"at": datetime.now(UTC).isoformat()}) + "\n")
    assert _known(path, 2) == [0, 1]


def test_without_a_file_it_is_kept_in_memory() -> None:
    with open_state(None) as state:
        state.record(_key(0), OUTCOMES[0])
        assert state.outcome(_key(0)) == OUTCOMES[0]
