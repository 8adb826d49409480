"""What the worker's main process does when a pool child had to be killed."""

from __future__ import annotations

import logging

import redis
from celery.worker.request import Request

from shared.errors import TimeLimitError
from shared.job import JobId
from worker.tasks import attempt_prefix, attempts

logger = logging.getLogger(__name__)


class JobRequest(Request):  # type: ignore[misc]
    """A delivered job. A child past its hard time limit cannot end the job: we do."""

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """Called by the pool at either limit, in the main process."""
        if not soft:
            error = TimeLimitError(f"The diagnosis took longer than {timeout:g} s")
            prefix = attempt_prefix(self.hostname, self.worker_pid)
            try:
                attempts().fail(JobId(self.id), prefix, error)
            except redis.RedisError:
                logger.warning("job %s: Redis is away; recovery will end it", self.id)
        super().on_timeout(soft, timeout)
