"""The names of everything that the store keeps in Redis."""

from __future__ import annotations

from shared.job import JobId, Owner

QUEUED = "cough:queued"  # sorted set: job id by the time it was accepted, ms
RUNNING = "cough:running"  # sorted set: job id by the time its attempt began, ms
WORKERS = "cough:workers"  # sorted set: worker by the last time it took a message, ms
SIZES = "cough:sizes"  # hash: bytes of the recording of each job that has not ended
BYTES = "cough:bytes"  # string: the sum of these
OPEN_JOBS = "cough:open-jobs"  # hash: by owner, how many of their jobs have not ended
OPEN_BYTES = "cough:open-bytes"  # hash: by owner, the bytes of these jobs' recordings
WRITE_PROBE = "cough:write-probe"  # string: whether Redis takes writes
CHANGES = "cough:changes"  # channel: the id of each job that has just changed
JOB = "cough:job:"  # and its id; hash: the job's fields
JOBS_OF = "cough:jobs:"  # and the owner; sorted set: job id by the time it was accepted, ms
PICTURES_OF = "cough:pictures:"  # and the job id; hash: see shared/store/pictures.py
PICTURE_BYTES = "cough:picture-bytes"  # string: of all pictures
PICTURE_SIZES = "cough:picture-sizes"  # hash: by job id, the bytes of its pictures and the owner
PICTURE_OWNERS = "cough:picture-owners"  # sorted set: owner by the bytes of their pictures
PICTURES_KEPT = "cough:pictures-kept"  # sorted set: job id by when its pictures expire, ms
PICTURES_KEPT_OF = "cough:pictures-kept:"  # and the owner; sorted set: the same of their jobs
DROPPED = "dropped"  # what a job's field `pictures` is when they had to make room
WEBHOOKS_DUE = "cough:webhooks:due"  # sorted set: job id by the time to tell its webhook, ms
# and a hash of owner and URL; string: the URL answered that nobody is to call it any more
WEBHOOK_GONE = "cough:webhooks:gone:"
API_KEYS = "cough:api-keys"  # hash: each API key as JSON, by its id
RECOVERY_LEASE = "cough:recovery"  # string: the worker that sweeps at present


def rate_key(key_id: str) -> str:
    """String: when an API key may send as many requests as ever again, microseconds."""
    return f"cough:rate:{key_id}"


def job_key(job_id: JobId) -> str:
    """Hash: the job's fields."""
    return JOB + job_id


def courier_key(machine: str) -> str:
    """String: there as long as the machine's courier goes its rounds."""
    return f"cough:courier:{machine}"


def jobs_of(owner: Owner) -> str:
    """Sorted set: the owner's jobs, some of which may have expired."""
    return JOBS_OF + owner


def idempotency_key(owner: Owner, digest: str) -> str:
    """String: `pending:` and a token, or the job that the key has made and its fingerprint."""
    return f"cough:idempotency:{owner}:{digest}"


def pictures_key(job_id: JobId) -> str:
    """Hash: the job's pictures, if any were made."""
    return PICTURES_OF + job_id


def batch_key(batch_id: str) -> str:
    """Hash: by its index, what each file has become; how many of its jobs are open."""
    return f"cough:batch:{batch_id}"


def recording_key(job_id: JobId) -> str:
    """String: the recording's bytes, until the job ends."""
    return f"cough:recording:{job_id}"
