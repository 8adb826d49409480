"""What became of each job, by Redis's append-only file: every write that there ever was.

The file is written by Redis alone, and is what is left when all programs have died; so it tells
whether a job ended twice even if every answer we were given says that it did not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from shared.store import keys

_JOB, _RECORDING = keys.JOB.encode(), keys.recording_key("").encode()  # type: ignore[arg-type]
_TERMINAL = (b"succeeded", b"failed", b"canceled")


@dataclass
class Entries:
    """Of one job: the states that were written, in order, and whether its recording was deleted."""

    states: list[bytes] = field(default_factory=list)
    recording_deleted: bool = False

    @property
    def ends(self) -> int:
        """How often it ended."""
        return sum(state in _TERMINAL for state in self.states)

    @property
    def attempts(self) -> int:
        """How often it was begun."""
        return self.states.count(b"running")


def read_ledger(data_dir: Path) -> dict[str, Entries]:
    """The jobs of an append-only file, by their ids."""
    ledger: dict[str, Entries] = {}
    files = [*data_dir.glob("*.aof"), *data_dir.glob("*/*.aof")]
    for path in sorted(files):
        with path.open("rb") as file:
            for command in _commands(file):
                _enter(command, ledger)
    return ledger


def _enter(command: list[bytes], ledger: dict[str, Entries]) -> None:
    name = command[0].upper()
    if name == b"HSET" and command[1].startswith(_JOB):
        fields = dict(zip(command[2::2], command[3::2], strict=True))
        if b"status" in fields:
            job_id = command[1].removeprefix(_JOB).decode()
            ledger.setdefault(job_id, Entries()).states.append(fields[b"status"])
    elif name in (b"DEL", b"UNLINK"):
        for key in command[1:]:
            if key.startswith(_RECORDING):
                job_id = key.removeprefix(_RECORDING).decode()
                ledger.setdefault(job_id, Entries()).recording_deleted = True


def _commands(file: BinaryIO) -> Iterator[list[bytes]]:
    """Each `*n`, then n times `$length`, bytes and a line end. Annotations begin with `#`."""
    while line := file.readline():
        if line.startswith(b"#"):
            continue
        command = []
        for _ in range(int(line[1:])):
            length = int(file.readline()[1:])
            command.append(file.read(length))
            file.read(2)
        yield command
