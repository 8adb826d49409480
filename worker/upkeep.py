"""What the worker's main process does every other second, beside delivering messages."""

from __future__ import annotations

import logging
from typing import Any

import redis
from celery import bootsteps
from kombu.exceptions import OperationalError

from shared.queue import QUEUE, send_beat
from shared.settings import get_settings
from shared.store.client import connect
from shared.store.heartbeats import Heartbeats
from worker.recovery import Recovery

logger = logging.getLogger(__name__)

_INTERVAL_S = 2.0


class Upkeep(bootsteps.StartStopStep):  # type: ignore[misc]
    """A timer in the consumer's own event loop: no thread, so that the pool may fork at any time.

    It sends the beats that an idle worker is to take, and sweeps for lost messages.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **kwargs: Any) -> None:
        super().__init__(consumer, **kwargs)
        settings = get_settings()
        self._redis = connect(settings)
        self._heartbeats = Heartbeats(self._redis)
        self._recovery = Recovery(self._redis, consumer.app, consumer.hostname)
        self._beat_expires_s = settings.heartbeat_max_age_s
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        """Begin, at each (re)connection to Redis."""
        self._tick(consumer)
        self._timer = consumer.timer.call_repeatedly(_INTERVAL_S, self._tick, (consumer,))

    def stop(self, _consumer: Any) -> None:
        """End, when the connection is lost or the worker stops."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self, consumer: Any) -> None:
        try:
            age = self._heartbeats.age_s(consumer.hostname)
            silent = age is None or age > _INTERVAL_S
            # A message that waits already proves as much, so a deaf worker piles up no beats.
            if silent and not self._redis.llen(QUEUE):
                send_beat(consumer.app, self._beat_expires_s)
            self._recovery.sweep()
        except (redis.RedisError, OperationalError) as error:
            logger.warning("upkeep: Redis is away (%s)", type(error).__name__)
