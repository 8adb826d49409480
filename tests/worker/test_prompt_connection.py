"""A worker asks for Redis once a second, however long it has been away."""

from __future__ import annotations

import pytest
from kombu.exceptions import OperationalError

from shared.queue import make_celery
from shared.settings import Settings
from worker.prompt_connection import PromptConnection


def test_it_waits_no_longer_after_each_failure() -> None:
    app = make_celery(Settings(redis_url="unix:///nowhere/redis.sock"))
    app.amqp.Connection = PromptConnection
    waited: list[float] = []

    with app.connection_for_read() as connection, pytest.raises(OperationalError):
        connection.ensure_connection(lambda _, interval: waited.append(interval), max_retries=3)

    assert waited == [1, 1, 1]
