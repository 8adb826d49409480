"""A message that cannot be given back to Redis ends the connection: the worker connects anew.

Celery by itself logs it and keeps the message in hand, and its worker is deaf from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import redis
from celery import Celery

from shared.job import new_job_id
from shared.queue import QUEUE, UNACKED, make_celery, send_job
from shared.settings import Settings
from tests.support.redis_server import RedisServer
from worker.sure_request import SureRequest

NOBODY_CALLS = "nobody calls it"


@dataclass
class _Delivered:
    """A message in a worker's hands, and the connection it came by."""

    request: SureRequest
    connection: Any


@contextmanager
def _delivered(app: Celery) -> Iterator[_Delivered]:
    send_job(app, new_job_id())
    with app.connection_for_read() as connection, connection.channel() as channel:
        message: Any = channel.basic_get(QUEUE)
        request = SureRequest(
            message,
            app=app,
            task=app.tasks[NOBODY_CALLS],
            on_ack=message.ack_log_error,
            on_reject=message.reject_log_error,
            connection_errors=connection.connection_errors,
        )
        yield _Delivered(request, connection)


@pytest.fixture
def app(own_redis_server: RedisServer) -> Celery:
    SureRequest.abandoned()  # those of other tests, whose connections are closed
    app = make_celery(Settings(redis_url=own_redis_server.url))
    app.task(name=NOBODY_CALLS, shared=False)(_nothing)
    return app


def _nothing() -> None: ...


def test_a_message_that_can_be_given_back_leaves_the_hands(
    app: Celery, own_redis_server: RedisServer
) -> None:
    with redis.Redis.from_url(own_redis_server.url) as client, _delivered(app) as delivered:
        assert client.hlen(UNACKED) == 1
        delivered.request.reject(requeue=True)
        assert (client.hlen(UNACKED), client.llen(QUEUE)) == (0, 1)
        assert delivered.request.acknowledged


@pytest.mark.parametrize("give_back", [SureRequest.acknowledge, SureRequest.reject])
def test_a_redis_that_is_away_is_told_to_the_worker(
    app: Celery, own_redis_server: RedisServer, give_back: Any
) -> None:
    with _delivered(app) as delivered:
        own_redis_server.kill()
        with pytest.raises(delivered.connection.connection_errors):
            give_back(delivered.request)
        assert not delivered.request.acknowledged
        own_redis_server.start()  # kombu's channel wants it when it closes


def test_what_came_by_a_connection_since_lost_is_abandoned(
    app: Celery, own_redis_server: RedisServer
) -> None:
    with _delivered(app) as delivered:
        own_redis_server.kill()
        with pytest.raises(delivered.connection.connection_errors):
            delivered.request.reject(requeue=True)
        own_redis_server.start()
        assert SureRequest.abandoned() == []  # it may still be given back
        delivered.request.message.channel.close()
        assert SureRequest.abandoned() == [delivered.request.message.delivery_tag]
        assert SureRequest.abandoned() == []
