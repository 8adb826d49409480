"""A job as it stands in its Redis hash, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from shared.job import Job, JobError, JobId, JobStatus, ModelReference, Result


def job_from_record(job_id: JobId, record: Mapping[bytes, bytes]) -> Job:
    """Rebuild the job from its hash (times are milliseconds since the epoch)."""
    result, error = record.get(b"result"), record.get(b"error")
    return Job(
        id=job_id,
        status=JobStatus(record[b"status"].decode()),
        created_at=_time(record[b"created_at"]),
        started_at=_time(record[b"started_at"]) if b"started_at" in record else None,
        finished_at=_time(record[b"finished_at"]) if b"finished_at" in record else None,
        model=ModelReference(
            name=record[b"model_name"].decode(), version=record[b"model_version"].decode()
        ),
        result=Result.model_validate_json(result) if result else None,
        error=JobError.model_validate_json(error) if error else None,
    )


def _time(milliseconds: bytes | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC)
