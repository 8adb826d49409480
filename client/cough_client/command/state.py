"""The state file: what is done already, one JSON line a recording.

A line is written whole, by one call to the system, and is on disk before the result is shown. So
it can end at any moment: at worst its last line is torn, which is then left out and done again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from cough_client.answers import Diagnosis, JobFailure, read_diagnosis
from cough_client.errors import ConfigurationError, UnexpectedAnswerError

_BEGINNING: Final = b'{"sha256": "'

Outcome = Diagnosis | JobFailure


@dataclass(frozen=True, slots=True)
class Key:
    """What an outcome depends on: another file, model or service, or pictures too, is not done."""

    sha256: str
    model: str
    server: str
    pictured: bool = False

    @classmethod
    def of(cls, recording: bytes, model: str, server: str, pictured: bool = False) -> Key:
        """Of a recording's bytes; its name and place do not matter."""
        return cls(hashlib.sha256(recording).hexdigest(), model, server, pictured)


class State:
    """Outcomes by their key: in memory, and with `descriptor` in a file opened for appending."""

    def __init__(self, done: dict[Key, Outcome], descriptor: int | None) -> None:
        self._done = done
        self._descriptor = descriptor

    def outcome(self, key: Key) -> Outcome | None:
        """What came of it, if that is known already."""
        return self._done.get(key)

    def record(self, key: Key, outcome: Outcome) -> None:
        """Keep an outcome; when this returns it is on disk."""
        self._done[key] = outcome
        if self._descriptor is None:
            return
        kind = "diagnosis" if isinstance(outcome, Diagnosis) else "failure"
        _append(self._descriptor, json.dumps({**asdict(key), kind: asdict(outcome)}))


@contextmanager
def open_state(path: Path | None) -> Iterator[State]:
    """The state in `path`, which is made if it is missing; None: in memory alone.

    Raises:
        ConfigurationError: the file cannot be used, or is something else.
    """
    if path is None:
        yield State({}, None)
        return
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigurationError(f"The state file {path} cannot be used: {error}") from error
    try:
        yield State(_read(descriptor, path), descriptor)
    finally:
        os.close(descriptor)


def _read(descriptor: int, path: Path) -> dict[Key, Outcome]:
    """What is done; a torn last line is cut off."""
    with open(descriptor, "rb", closefd=False) as file:
        data = file.read()
    if data[: len(_BEGINNING)] != _BEGINNING[: len(data)]:
        raise ConfigurationError(f"{path} is no state file of cough; it was left as it is")
    whole = data.rfind(b"\n") + 1
    os.ftruncate(descriptor, whole)
    return dict(filter(None, map(_parse, data[:whole].splitlines())))


def _parse(line: bytes) -> tuple[Key, Outcome] | None:
    """A line's outcome; None: it tells none."""
    try:
        entry: dict[str, Any] = json.loads(line)
        pictured = entry.get("pictured") is True  # earlier versions had none
        key = Key(str(entry["sha256"]), str(entry["model"]), str(entry["server"]), pictured)
        if "diagnosis" in entry:
            body = entry["diagnosis"]
            return key, read_diagnosis(body, key.model, body.get("job_id"))
        return key, JobFailure(str(entry["failure"]["code"]), str(entry["failure"]["detail"]))
    except (ValueError, KeyError, TypeError, AttributeError, UnexpectedAnswerError):
        return None


def _append(descriptor: int, line: str) -> None:
    data = line.encode() + b"\n"
    try:
        if os.write(descriptor, data) == len(data):
            os.fsync(descriptor)
            return
        why = "the disk is full"
    except OSError as error:
        why = str(error)
    raise ConfigurationError(f"The state file cannot be written: {why}")
