"""What the worker's main process does about a message beside handing it to the pool."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from celery.worker import state
from celery.worker.request import Request

logger = logging.getLogger(__name__)


class SureRequest(Request):  # type: ignore[misc]
    """A delivered message. If it cannot be given back to Redis, the worker connects anew.

    By itself Celery logs this and goes on. But the message still counts as being in the worker's
    hands, and a worker whose hands are full reads nothing from its connection: it would not notice
    that this is dead, nor that Redis is back, and would take no message ever again.
    """

    acknowledged: bool
    _in_hand: ClassVar[list[SureRequest]] = []

    def __init__(self, message: Any, **arguments: Any) -> None:
        super().__init__(message, **arguments)
        held = [one for one in self._in_hand if not one._message.acknowledged]
        self._in_hand[:] = [*held, self]

    @classmethod
    def abandoned(cls) -> list[str]:
        """Tags of messages that came by a connection since lost, and are at work no more.

        They stand in Redis as this worker's until somebody puts them back.
        """
        lost = [
            one
            for one in cls._in_hand
            if one._message.channel.closed
            and not one._message.acknowledged
            and one not in state.reserved_requests
        ]
        cls._in_hand[:] = [one for one in cls._in_hand if one not in lost]
        return [one._message.delivery_tag for one in lost]

    def acknowledge(self) -> None:
        """The message is done with."""
        if not self.acknowledged:
            self._on_ack(logger, self._to_be_logged())
            self.acknowledged = True

    def reject(self, requeue: bool = False) -> None:
        """The message is to come again, or not."""
        if not self.acknowledged:
            self._on_reject(logger, self._to_be_logged(), requeue)
            self.acknowledged = True

    def _to_be_logged(self) -> tuple[type[Exception], ...]:
        """Errors that need nothing but a line: those of a connection that was given up before."""
        errors: tuple[type[Exception], ...] = self._connection_errors
        return errors if self._message.channel.closed else ()
