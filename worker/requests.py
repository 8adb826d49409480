"""What the worker's main process does when a pool child had to be killed."""

from __future__ import annotations

import logging
from contextlib import suppress

import psutil
import redis

from shared.errors import TimeLimitError
from shared.job import JobId
from shared.telemetry.correlation import working_for
from worker.metrics import count_failed
from worker.sure_request import SureRequest
from worker.tasks import attempt_prefix, attempts
from worker.working_time import WorkingTime

logger = logging.getLogger(__name__)


class JobRequest(SureRequest):
    """A delivered job. A child past its hard time limit cannot end the job: we do."""

    _working_time: WorkingTime | None = None

    def on_accepted(self, pid: int, time_accepted: float) -> None:
        """Called by the pool when a child begins."""
        with suppress(psutil.NoSuchProcess):
            self._working_time = WorkingTime(pid)
        super().on_accepted(pid, time_accepted)

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """Called by the pool at either limit, in the main process."""
        if not soft:
            with working_for(self.id, self.request_dict.get("request_id", "")):
                self._end_or_return(TimeLimitError(f"The diagnosis took longer than {timeout:g} s"))
        super().on_timeout(soft, timeout)

    def _end_or_return(self, error: TimeLimitError) -> None:
        """End the job, unless its child could not work: then another is to try."""
        job_id = JobId(self.id)
        hindered = self._working_time is None or self._working_time.hindered()
        try:
            if hindered and not attempts().on_last_delivery(job_id):
                logger.warning("job %s: kept from working until its time limit", job_id)
                self.reject(requeue=True)
            elif attempts().fail(job_id, attempt_prefix(self.hostname, self.worker_pid), error):
                count_failed(None, error)
                logger.info("job %s: %s", job_id, error.code)
        except redis.RedisError:
            logger.warning("job %s: Redis is away; recovery will end it", job_id)
