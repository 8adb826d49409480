"""The job: its states, its result, its error. What the API shows and the store keeps."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, NewType

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.audio_format import AudioFormat
from shared.bundle import Label, ModelName, ModelVersion

JobId = NewType("JobId", str)
Owner = NewType("Owner", str)
"""Whose a job is: the id of the API key that it came with."""

ANONYMOUS: Final = Owner("")
"""Whoever comes without a key, where the service is open."""


class JobStatus(StrEnum):
    """`queued → running → succeeded | failed | canceled`; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def terminal(self) -> bool:
        """Whether nothing can change any more."""
        return self not in (JobStatus.QUEUED, JobStatus.RUNNING)


class WarningCode(StrEnum):
    """What makes a diagnosis less trustworthy."""

    TOO_QUIET = "too_quiet"
    CLIPPED = "clipped"
    TOO_SHORT = "too_short"
    TRUNCATED = "truncated"
    NO_COUGH_OR_SNEEZE_HEARD = "no_cough_or_sneeze_heard"
    UNCERTAIN = "uncertain"


class AnswerPart(BaseModel):
    """Base of what answers are made of."""

    # A field of an answer is always there, if only as null.
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class ModelReference(AnswerPart):
    """The bundle that diagnoses a job."""

    name: ModelName
    version: ModelVersion

    @classmethod
    def parse(cls, reference: str) -> ModelReference:
        """From `name@version`."""
        name, _, version = reference.partition("@")
        return cls(name=name, version=version)

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class Audio(AnswerPart):
    """What the recording was, as decoded."""

    duration_s: float = Field(ge=0, examples=[5.016])
    sample_rate: int = Field(gt=0, description="Hz, of the file", examples=[48000])
    channels: int = Field(gt=0, description="of the file; they are mixed down", examples=[1])
    format: AudioFormat = Field(description="told from the file's first bytes")


class Timings(AnswerPart):
    """Where the time went, in milliseconds."""

    decode: float = Field(ge=0)
    spectrogram: float = Field(ge=0)
    inference: float = Field(ge=0)
    total: float = Field(ge=0)


Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Probabilities(AnswerPart):
    """Calibrated probability of each label; they sum to 1."""

    model_config = ConfigDict(populate_by_name=True)

    sick: Probability = Field(examples=[0.93])
    not_sick: Probability = Field(alias="not sick", examples=[0.07])


class Result(AnswerPart):
    """A diagnosis, with what is needed to judge it. Research software, not a medical device."""

    diagnosis: Label
    score: Probability = Field(
        description="The calibrated probability of the diagnosis given", examples=[0.93]
    )
    probabilities: Probabilities
    audio: Audio
    warnings: list[WarningCode]
    timings_ms: Timings
    disclaimer: str


class JobError(AnswerPart):
    """Why a job failed."""

    code: str = Field(description="Stable, for programs", examples=["corrupt_audio"])
    detail: str = Field(description="For people")


class Job(AnswerPart):
    """One recording's way to its diagnosis."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    status: JobStatus
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    model: ModelReference
    result: Result | None = Field(default=None, description="When it succeeded")
    error: JobError | None = Field(default=None, description="When it failed")


@dataclass(frozen=True, slots=True)
class Options:
    """What a sender may ask for beside the diagnosis.

    Args:
        pictures: whether pictures of the sound and of the diagnosis are to be made.
        webhook_url: who is told when the job has ended; None: nobody.
    """

    pictures: bool = False
    webhook_url: str | None = None


def new_job_id() -> JobId:
    """A random id with 122 bits: it cannot be guessed."""
    return JobId(uuid.uuid4().hex)
