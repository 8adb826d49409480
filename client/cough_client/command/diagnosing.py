"""Many recordings, several at a time, each one's outcome kept as soon as it is there."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from cough_client.answers import Diagnosis, JobFailure
from cough_client.async_client import AsyncCoughClient
from cough_client.command.pictures import save
from cough_client.command.rows import Row
from cough_client.command.state import Key, Outcome, State
from cough_client.errors import (
    CorruptAudioError,
    CoughError,
    EmptyFileError,
    JobEndedWithoutDiagnosisError,
    JobNotFoundError,
    NoAudioError,
    PayloadTooLargeError,
    PicturesNotMadeError,
    TooLongError,
    TruncatedAudioError,
    UnsupportedFormatError,
    WaitTimeoutError,
)
from cough_client.in_process import LocalPipeline
from cough_client.recordings import read_recording

# They say something of the recording, so asking again would give the same.
_FINAL: Final = (
    CorruptAudioError,
    EmptyFileError,
    NoAudioError,
    PayloadTooLargeError,
    TooLongError,
    TruncatedAudioError,
    UnsupportedFormatError,
)
# They cost this recording its diagnosis, this time; any other error would meet all the others.
_OF_ONE: Final = (JobEndedWithoutDiagnosisError, JobNotFoundError, WaitTimeoutError)


class Diagnoser(Protocol):
    """Who diagnoses: `server`, `model` and `pictured` tell how, for the state file."""

    server: str
    model: str
    pictured: bool

    async def diagnose(self, recording: bytes) -> Diagnosis: ...


class ServiceDiagnoser:
    """The service; `model` is what it calls the one that was asked for.

    With `pictures`, a folder, those of each recording are in there before its diagnosis is given.
    """

    def __init__(
        self, client: AsyncCoughClient, model: str, timeout_s: float, pictures: Path | None
    ) -> None:
        self.server, self.model, self.pictured = client.server, model, pictures is not None
        self._client, self._timeout_s, self._pictures = client, timeout_s, pictures

    async def diagnose(self, recording: bytes) -> Diagnosis:
        diagnosis = await self._client.diagnose(
            recording, model=self.model, pictures=self.pictured, timeout_s=self._timeout_s
        )
        if self._pictures is not None and diagnosis.job_id is not None:
            await self._save(self._pictures, diagnosis.job_id)
        return diagnosis

    async def _save(self, folder: Path, job_id: str) -> None:
        try:
            drawn = {
                "spectrogram": await self._client.spectrogram_png(job_id),
                "explanation": await self._client.explanation_png(job_id),
            }
        except PicturesNotMadeError:
            return  # the service could not draw them; its diagnosis stands
        await asyncio.to_thread(save, folder, job_id, drawn)


class LocalDiagnoser:
    """This process, beside the event loop."""

    server = "local"
    pictured = False

    def __init__(self, pipeline: LocalPipeline) -> None:
        self.model = pipeline.model
        self._pipeline = pipeline

    async def diagnose(self, recording: bytes) -> Diagnosis:
        return await asyncio.to_thread(self._pipeline.diagnose, recording)


async def diagnose_all(
    files: Sequence[Path],
    diagnoser: Diagnoser,
    state: State,
    jobs: int,
    show: Callable[[Row], None],
) -> None:
    """Give each file's row to `show`, as they come; what `state` knows is not sent again.

    Raises:
        CoughError: what would meet every other file, too; the rest is not sent.
    """
    waiting = iter(files)
    one_at_a_time: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def outcome_of(file: Path) -> Outcome:
        try:
            recording = await asyncio.to_thread(read_recording, file)
        except OSError as error:
            return JobFailure("unreadable_file", error.strerror or type(error).__name__)
        except PayloadTooLargeError as error:
            return JobFailure(error.code, error.detail)
        key = Key.of(recording, diagnoser.model, diagnoser.server, diagnoser.pictured)
        async with one_at_a_time[key]:  # two files with the same content are sent once
            done = state.outcome(key)
            return done or await _diagnose(recording, key, diagnoser, state)

    async def work() -> None:
        for file in waiting:
            show(Row(str(file), diagnoser.model, await outcome_of(file)))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(jobs, len(files))):
                group.create_task(work())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


async def _diagnose(recording: bytes, key: Key, diagnoser: Diagnoser, state: State) -> Outcome:
    outcome: Outcome
    try:
        outcome = await diagnoser.diagnose(recording)
    except (*_FINAL, *_OF_ONE) as error:
        outcome = _failure(error)
        if not isinstance(error, _FINAL):
            return outcome
    state.record(key, outcome)
    return outcome


def _failure(error: CoughError) -> JobFailure:
    return JobFailure(error.code, error.detail)
