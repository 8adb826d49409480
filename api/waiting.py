"""Waiting for a job: read it, and read it again each time that it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from api.context import Context
from shared.job import JobId, Owner
from shared.store.records import StoredJob


async def wait_for(
    context: Context,
    owner: Owner,
    job_id: JobId,
    seconds: float,
    enough: Callable[[StoredJob], bool],
) -> StoredJob:
    """The job as soon as it is `enough`, or as it stands when the time has run out.

    Raises:
        JobNotFoundError: there is none, or it was deleted meanwhile.
        StoreUnavailableError: Redis is away.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    with context.changes.watch(job_id) as watch:
        while True:
            stored = await context.submissions.read(owner, job_id)
            left = deadline - loop.time()
            if enough(stored) or left <= 0 or context.changes.stopping:
                return stored
            await watch.changed(left)


def has_ended(stored: StoredJob) -> bool:
    """Whether nothing more will happen to the job."""
    return stored.job.status.terminal
