"""What the worker's main process does when a pool child had to be killed."""

from __future__ import annotations

import logging

import redis

from shared.errors import TimeLimitError
from shared.job import JobId
from shared.telemetry.correlation import working_for
from worker.metrics import count_failed
from worker.sure_request import SureRequest
from worker.tasks import attempt_prefix, attempts

logger = logging.getLogger(__name__)


class JobRequest(SureRequest):
    """A delivered job. A child past its hard time limit cannot end the job: we do."""

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """Called by the pool at either limit, in the main process."""
        if not soft:
            with working_for(self.id, self.request_dict.get("request_id", "")):
                self._end(TimeLimitError(f"The diagnosis took longer than {timeout:g} s"))
        super().on_timeout(soft, timeout)

    def _end(self, error: TimeLimitError) -> None:
        prefix = attempt_prefix(self.hostname, self.worker_pid)
        try:
            if attempts().fail(JobId(self.id), prefix, error):
                count_failed(None, error)
                logger.info("job %s: %s", self.id, error.code)
        except redis.RedisError:
            logger.warning("job %s: Redis is away; recovery will end it", self.id)
