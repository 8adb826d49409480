"""A run's folder: what it was asked, what it has finished, where it goes on, what it found.

run.json       the request, each session's code and software, the figures
record.json    the evaluation, once the cross-validation is done
fits/          out-of-fold logits of each finished fit
checkpoints/   the state of the fit under way
lock           held by the process that works here
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.bundle import Figure
from shared.errors import ScreeningError
from training.atomic_files import CannotWriteError, write_whole
from training.code_version import Code, code_version, machine, software
from training.fitting.array_file import load_arrays, save_arrays
from training.fitting.checkpoint import Checkpoint

RUN_FILE = "run.json"


class RunError(ScreeningError):
    """The run folder cannot be worked in."""

    code = "invalid_run"
    title = "The run folder cannot be used"


class Request(BaseModel):
    """What a run was asked to do. The same request in the same folder goes on.

    Attributes:
        command: the subcommand.
        configuration: hyperparameters.
        data_sha256: see `training.evaluation.record.fingerprint`.
        weights_sha256: of the start weights.
    """

    model_config = ConfigDict(frozen=True)

    command: str
    configuration: dict[str, Any]
    data_sha256: str
    weights_sha256: str

    @property
    def default_name(self) -> str:
        """`<command>-<8 hexadecimal digits of all the rest>`."""
        rest = [self.configuration, self.data_sha256, self.weights_sha256]
        digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
        return f"{self.command}-{digest[:8]}"


class Session(BaseModel):
    """One process's work on a run; a run that was interrupted has several.

    Attributes:
        started, ended: UTC; no end: it was interrupted, or is at work.
        code, software, machine: see `training.code_version`.
    """

    started: datetime
    ended: datetime | None = None
    code: Code
    software: dict[str, str]
    machine: dict[str, str | int]


class Run(BaseModel):
    """`run.json`.

    Attributes:
        request: what was asked.
        quoted: the command as a card quotes it.
        seed: of everything random.
        sessions: each process's work, oldest first.
        figures: of the evaluation, once it is done.
    """

    request: Request
    quoted: str
    seed: int
    sessions: list[Session] = Field(default_factory=list)
    figures: dict[str, Figure] | None = None


class RunFolder:
    """A run folder that this process holds; see `open_run`."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder = folder
        self.run = run

    def finished(self, fit: str) -> npt.NDArray[np.float64] | None:
        """The logits that a finished fit gave, (clips,); None if it did not finish."""
        arrays = load_arrays(self._fit(fit))
        return None if arrays is None else arrays["logits"]

    def weights(self, fit: str) -> list[npt.NDArray[np.float32]] | None:
        """The weights that a finished fit left, if they were kept."""
        arrays = load_arrays(self._fit(fit)) or {}
        arrays.pop("logits", None)
        return [arrays[name] for name in sorted(arrays)] or None

    def finish(
        self,
        fit: str,
        logits: npt.NDArray[np.float64],
        weights: Sequence[npt.NDArray[np.float32]] = (),
    ) -> None:
        """Keep what a fit gave, (clips,), and its weights if they will be wanted; then its
        checkpoint is not needed any more."""
        kept = {f"weight{number:03d}": its for number, its in enumerate(weights)}
        save_arrays(self._fit(fit), {"logits": logits, **kept})
        self.checkpoint(fit).remove()

    def checkpoint(self, fit: str) -> Checkpoint:
        """Where the state of a fit is kept while it is under way."""
        return Checkpoint(self.folder / "checkpoints" / f"{fit}.npz")

    def keep_record(self, record: str, figures: dict[str, Figure]) -> None:
        """Keep the evaluation: all of it as JSON, and its figures in `run.json`."""
        write_whole(self.folder / "record.json", record)
        self.run.figures = figures
        self.write()

    def write(self) -> None:
        """Write `run.json`."""
        write_whole(self.folder / RUN_FILE, self.run.model_dump_json(indent=2) + "\n")

    def _fit(self, fit: str) -> Path:
        return self.folder / "fits" / f"{fit}.npz"


@contextmanager
def open_run(folder: Path, request: Request, *, quoted: str, seed: int) -> Iterator[RunFolder]:
    """Begin a run in a folder, or go on with the one that is there.

    Args:
        folder: is made.
        request: what is asked.
        quoted: the command as a card quotes it.
        seed: of the run.

    Raises:
        RunError: another process works there, or the folder holds another run.
        CannotWriteError: the folder cannot be written.
    """
    with _locked(folder):
        run = _read(folder, request) or Run(request=request, quoted=quoted, seed=seed)
        session = Session(
            started=datetime.now(UTC), code=code_version(), software=software(), machine=machine()
        )
        for what in ("code", "software"):
            if run.sessions and getattr(run.sessions[-1], what) != getattr(session, what):
                print(
                    f"{folder} was begun with other {what}: what is finished there is kept",
                    file=sys.stderr,
                )
        run.sessions.append(session)
        opened = RunFolder(folder, run)
        opened.write()
        yield opened
        session.ended = datetime.now(UTC)
        opened.write()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when this process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("a")
    except OSError as error:
        raise CannotWriteError(f"{folder}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunError(
                f"another process works in {folder}: wait, or give another --run"
            ) from error
        yield


def _read(folder: Path, request: Request) -> Run | None:
    path = folder / RUN_FILE
    if not path.exists():
        return None
    try:
        run = Run.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise RunError(f"{path} cannot be read: give another --run") from error
    for what in ("command", "configuration", "data_sha256", "weights_sha256"):
        if getattr(run.request, what) != getattr(request, what):
            name = what.removesuffix("_sha256")
            raise RunError(f"{folder} holds a run of another {name}: give another --run")
    return run
