"""The queue's messages: one job id each, plain JSON, and visible wherever they are."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
import redis
from celery import Celery

from shared.job import JobId, new_job_id
from shared.queue import (
    QUEUE,
    UNACKED,
    job_messages,
    jobs_in_flight,
    make_celery,
    send_beat,
    send_job,
)
from shared.settings import Settings
from shared.telemetry.correlation import Origin, bind_request


@pytest.fixture
def app(redis_url: str) -> Iterator[Celery]:
    celery = make_celery(Settings(redis_url=redis_url))
    yield celery
    celery.close()


def test_a_message_carries_the_job_id_alone(app: Celery, redis_client: redis.Redis) -> None:
    job_id = new_job_id()

    send_job(app, job_id)

    (raw,) = redis_client.lrange(QUEUE, 0, -1)
    message = json.loads(raw)
    arguments, keywords, _ = json.loads(base64.b64decode(message["body"]))
    assert (arguments, keywords) == ([job_id], {})
    assert message["content-type"] == "application/json"


def test_the_stores_message_is_the_one_that_celery_sends(
    app: Celery, redis_client: redis.Redis
) -> None:
    job_id = new_job_id()
    send_job(app, job_id)
    (raw,) = redis_client.lrange(QUEUE, 0, -1)
    sent, ours = json.loads(raw), json.loads(job_messages(app)(job_id))

    bodies = [json.loads(base64.b64decode(message.pop("body"))) for message in (sent, ours)]
    tags = [message["properties"].pop("delivery_tag") for message in (sent, ours)]

    assert bodies[0] == bodies[1]
    assert tags[0] != tags[1]
    sent["properties"]["reply_to"] = ""  # Celery names where it would hear of the end: nowhere
    assert sent == ours


def test_a_message_says_where_its_job_comes_from(app: Celery, redis_client: redis.Redis) -> None:
    job_id = new_job_id()
    bind_request("their-own")
    try:
        ours = json.loads(job_messages(app)(job_id))
    finally:
        bind_request("")
    send_job(app, job_id, Origin("their-own", "00-trace"))

    (raw,) = redis_client.lrange(QUEUE, 0, -1)
    assert ours["headers"] == json.loads(raw)["headers"] | {"traceparent": ""}
    assert ours["headers"]["request_id"] == "their-own"
    assert json.loads(raw)["headers"]["traceparent"] == "00-trace"


def test_a_queue_without_messages_has_no_jobs_in_flight(redis_client: redis.Redis) -> None:
    assert jobs_in_flight(redis_client) == set()


def test_waiting_messages_are_in_flight(app: Celery, redis_client: redis.Redis) -> None:
    jobs = {new_job_id() for _ in range(3)}
    for job_id in jobs:
        send_job(app, job_id)

    assert jobs_in_flight(redis_client) == jobs


def test_a_message_in_a_workers_hands_is_in_flight(app: Celery, redis_client: redis.Redis) -> None:
    job_id = new_job_id()
    send_job(app, job_id)

    with app.connection_for_read() as connection:
        message = connection.default_channel.basic_get(QUEUE)
        assert redis_client.llen(QUEUE) == 0
        assert redis_client.hlen(UNACKED) == 1
        assert jobs_in_flight(redis_client) == {job_id}

        connection.default_channel.basic_ack(message.delivery_tag)
        assert jobs_in_flight(redis_client) == set()


def test_a_beat_is_no_job_of_the_store(app: Celery, redis_client: redis.Redis) -> None:
    job_id = new_job_id()
    send_beat(app, 60)
    send_job(app, job_id)

    assert jobs_in_flight(redis_client) & {JobId(job_id)} == {job_id}


def test_limits_reach_the_queue() -> None:
    settings = Settings(soft_time_limit_s=1, hard_time_limit_s=2, visibility_timeout_s=4)

    conf = make_celery(settings).conf

    assert (conf.task_soft_time_limit, conf.task_time_limit) == (1, 2)
    assert conf.broker_transport_options["visibility_timeout"] == 4
    assert conf.accept_content == ["json"]
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://user:secret@host:6380/3", "redis://user:secret@host:6380/3"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock"),
        ("unix:///run/redis.sock?db=2", "redis+socket:///run/redis.sock?virtual_host=2"),
    ],
)
def test_kombu_finds_the_same_redis(url: str, broker: str) -> None:
    assert make_celery(Settings(redis_url=url)).conf.broker_url == broker


def test_both_sides_of_a_numbered_database_meet(redis_url: str) -> None:
    settings = Settings(redis_url=f"{redis_url}?db=2")
    app = make_celery(settings)
    job_id = new_job_id()

    send_job(app, job_id)

    with redis.Redis.from_url(settings.redis_url) as client:
        assert jobs_in_flight(client) == {job_id}
    app.close()
