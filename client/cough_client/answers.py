"""What the service answers, as frozen dataclasses. Members that are new to us are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from cough_client.errors import UnexpectedAnswerError

DISCLAIMER = (
    "Research software, not a medical device. 'sick' means: this sounds like the coughs and "
    "sneezes labelled sick in the training data. It is not a medical diagnosis."
)

Json = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Audio:
    """What the recording was, as decoded: seconds, Hz, channels, container and codec."""

    duration_s: float
    sample_rate: int
    channels: int
    format: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis by research software, not by a medical device: read `disclaimer`.

    Attributes:
        diagnosis: `sick` or `not sick`; `sick` means "this sounds like the coughs and sneezes
            labelled sick in the training data".
        score: calibrated probability of the diagnosis given, 0 to 1.
        probabilities: of each label; they sum to 1.
        warnings: codes of what makes it less trustworthy.
        timings_ms: where the time went, milliseconds.
        model: `name@version`.
        job_id: None when it was made in process.
    """

    diagnosis: str
    score: float
    probabilities: Mapping[str, float]
    audio: Audio
    warnings: tuple[str, ...]
    timings_ms: Mapping[str, float]
    disclaimer: str
    model: str
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class JobFailure:
    """Why a job failed: a stable code, and a word for people."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stood when the service answered."""

    id: str
    status: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    model: str
    diagnosis: Diagnosis | None
    failure: JobFailure | None

    @property
    def terminal(self) -> bool:
        """Whether nothing can change any more."""
        return self.status not in ("queued", "running")


def read_job(body: Json) -> Job:
    """A job from its JSON.

    Raises:
        UnexpectedAnswerError: it is none.
    """
    return reading(_job, body, "a job")


def read_diagnosis(body: Json, model: str, job_id: str | None = None) -> Diagnosis:
    """A diagnosis from the JSON of a job's `result`.

    Raises:
        UnexpectedAnswerError: it is none.
    """
    return reading(lambda body: _diagnosis(body, model, job_id), body, "a diagnosis")


def reading(read: Callable[[Json], T], body: Json, what: str) -> T:
    """What `read` makes of a body.

    Raises:
        UnexpectedAnswerError: it is not `what` it should be.
    """
    try:
        return read(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnexpectedAnswerError(f"The answer is not {what}: {error!r}") from error


def _job(body: Json) -> Job:
    model = f"{body['model']['name']}@{body['model']['version']}"
    result, failure = body.get("result"), body.get("error")
    return Job(
        id=str(body["id"]),
        status=str(body["status"]),
        created_at=datetime.fromisoformat(body["created_at"]),
        started_at=_time(body.get("started_at")),
        finished_at=_time(body.get("finished_at")),
        model=model,
        diagnosis=_diagnosis(result, model, str(body["id"])) if result else None,
        failure=JobFailure(str(failure["code"]), str(failure["detail"])) if failure else None,
    )


def _diagnosis(body: Json, model: str, job_id: str | None) -> Diagnosis:
    audio = body["audio"]
    return Diagnosis(
        diagnosis=str(body["diagnosis"]),
        score=float(body["score"]),
        probabilities={str(label): float(share) for label, share in body["probabilities"].items()},
        audio=Audio(
            duration_s=float(audio["duration_s"]),
            sample_rate=int(audio["sample_rate"]),
            channels=int(audio["channels"]),
            format=str(audio["format"]),
        ),
        warnings=tuple(map(str, body["warnings"])),
        timings_ms={str(step): float(time) for step, time in body["timings_ms"].items()},
        disclaimer=str(body["disclaimer"]),
        model=model,
        job_id=job_id,
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
