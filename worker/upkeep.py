"""What the worker's main process does by the clock, beside delivering messages."""

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
from worker.queue_clock import queue_clock, undo_step_back
from worker.recovery import Recovery
from worker.sure_request import SureRequest

logger = logging.getLogger(__name__)

_INTERVAL_S = 2.0
_POOL_INTERVAL_S = 0.25


class Upkeep(bootsteps.StartStopStep):  # type: ignore[misc]
    """A timer in the consumer's own event loop: no thread, so that the pool may fork at any time.

    It reads Redis's clock, sends the beats that an idle worker is to take, sweeps for lost
    messages, and lets the pool look after its dead children.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **kwargs: Any) -> None:
        super().__init__(consumer, **kwargs)
        settings = get_settings()
        self._redis = connect(settings)
        self._heartbeats = Heartbeats(self._redis)
        self._recovery = Recovery(self._redis, consumer.app, consumer.hostname)
        self._beat_expires_s = settings.heartbeat_max_age_s
        self._timers: list[Any] = []

    def start(self, consumer: Any) -> None:
        """Begin, at each (re)connection to Redis."""
        self._tick(consumer, new_connection=True)
        repeat = consumer.timer.call_repeatedly
        self._timers = [
            repeat(_INTERVAL_S, self._tick, (consumer,)),
            # By itself the pool asks only every 5 s whose job a dead child leaves behind.
            repeat(_POOL_INTERVAL_S, consumer.pool.maintain_pool),
        ]

    def stop(self, _consumer: Any) -> None:
        """End, when the connection is lost or the worker stops."""
        for timer in self._timers:
            timer.cancel()
        self._timers = []

    def _tick(self, consumer: Any, *, new_connection: bool = False) -> None:
        try:
            queue_clock.set_by(self._redis)
            undo_step_back(self._redis)
            if new_connection:
                self._heartbeats.forget(consumer.hostname)
                # By themselves they would wait for the visibility timeout.
                for tag in SureRequest.abandoned():
                    consumer.task_consumer.channel.qos.restore_by_tag(tag)
            self._beat(consumer)
            self._recovery.sweep()
        except (redis.RedisError, OperationalError) as error:
            logger.warning("upkeep: Redis is away (%s)", type(error).__name__)

    def _beat(self, consumer: Any) -> None:
        """Send what an idle worker is to take."""
        age = self._heartbeats.age_s(consumer.hostname)
        silent = age is None or age > _INTERVAL_S
        # A message that waits already proves as much, so a deaf worker piles up no beats.
        if silent and not self._redis.llen(QUEUE):
            # One for each that may be waiting for it: Redis gives a message to whoever has waited
            # longest, and that might be another worker each time.
            for _ in range(self._heartbeats.known() + (age is None)):
                send_beat(consumer.app, self._beat_expires_s)
