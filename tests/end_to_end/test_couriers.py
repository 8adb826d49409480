"""Couriers that die, stop, are many, or meet somebody who does not answer."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from threading import Event

import pytest

from shared.job import Options
from shared.settings import Settings
from shared.store import keys
from tests.end_to_end.couriers import SECRETS, attempts, courier_running, delivery, ended, status
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.processes import Program, eventually
from tests.support.job_store import JobStore
from tests.support.receiver import Receiver, Reply
from tests.support.redis_server import RedisServer
from tests.support.results import RESULT


@pytest.fixture(scope="module")
def alone(redis_server_url: str) -> Iterator[GatewayAlone]:
    """A gateway, whose jobs end when the test says so."""
    with gateway_alone(redis_server_url, WEBHOOK_SECRETS=SECRETS) as alone:
        yield alone


@pytest.fixture(autouse=True)
def _nothing_is_left(alone: GatewayAlone) -> Iterator[None]:
    yield
    alone.redis.flushall()


def test_a_killed_couriers_call_is_made_again(
    alone: GatewayAlone, redis_server_url: str, somebody: Receiver
) -> None:
    never = Event()
    somebody.replies += [Reply(when=never)]
    patient = {"WEBHOOK_TIMEOUT_S": "3", "WEBHOOK_LEASE_S": "4"}
    with courier_running(redis_server_url, **patient) as killed:
        job_id = ended(alone, somebody.url())
        somebody.wait_for(1)
        assert killed.stop(signal.SIGKILL) == -signal.SIGKILL
    assert delivery(alone, job_id)["attempts"] == []

    with courier_running(redis_server_url, **patient):
        first, second = somebody.wait_for(2)
        assert attempts(alone, job_id, 2) == ["courier_lost", 204]

    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    never.set()


def test_a_courier_that_stops_ends_its_call_first(
    alone: GatewayAlone, redis_server_url: str, somebody: Receiver
) -> None:
    now = Event()
    somebody.replies += [Reply(200, when=now)]
    patient = {"WEBHOOK_TIMEOUT_S": "20", "WEBHOOK_LEASE_S": "30"}
    with courier_running(redis_server_url, **patient) as stopped:
        job_id = ended(alone, somebody.url())
        somebody.wait_for(1)
        stopped.process.send_signal(signal.SIGTERM)
        stopped.wait_for("stopping")
        with pytest.raises(subprocess.TimeoutExpired):
            stopped.process.wait(1)
        now.set()
        assert stopped.stop() == 0

    assert attempts(alone, job_id) == [200]
    assert delivery(alone, job_id)["status"] == "delivered"


def test_a_redis_that_dies_during_a_call_costs_nothing(
    own_redis_server: RedisServer, somebody: Receiver
) -> None:
    now = Event()
    somebody.replies += [Reply(200, when=now)]
    store = JobStore(Settings(redis_url=own_redis_server.url))
    patient = {"WEBHOOK_TIMEOUT_S": "40", "WEBHOOK_LEASE_S": "50"}
    with courier_running(own_redis_server.url, **patient) as program:
        attempt = store.begin(store.create(options=Options(webhook_url=somebody.url())), "token")
        assert store.attempts.succeed(attempt, RESULT)
        somebody.wait_for(1)
        own_redis_server.kill()
        program.wait_for("Redis is away")
        now.set()
        program.wait_for("not recorded yet")
        own_redis_server.start()
        program.wait_for("Redis is back")

        eventually(lambda: store.redis.zcard(keys.WEBHOOKS_DUE) == 0, 20, "it is settled")

    record = store.redis.hget(keys.job_key(attempt.job_id), "webhook_status")
    assert (record, len(somebody.calls)) == (b"delivered", 1)
    store.close()


def test_a_courier_is_healthy_while_it_goes_its_rounds(
    alone: GatewayAlone, redis_server_url: str
) -> None:
    def health() -> int:
        program = Program("-m", "worker.courier.health", REDIS_URL=redis_server_url)
        program.process.wait(30)
        return program.stop()

    assert health() == 1
    with courier_running(redis_server_url):
        key = f"cough:courier:{socket.gethostname()}"
        eventually(lambda: 0 < int(alone.redis.ttl(key)) <= 15, 20, "a pulse")
        assert health() == 0


def test_two_couriers_make_each_call_once(
    alone: GatewayAlone, redis_server_url: str, somebody: Receiver
) -> None:
    job_ids = [ended(alone, somebody.url()) for _ in range(30)]

    # No call is given up and made again here, however slow the machine.
    patient = {"WEBHOOK_TIMEOUT_S": "40", "WEBHOOK_LEASE_S": "50"}
    with (
        courier_running(redis_server_url, **patient),
        courier_running(redis_server_url, **patient),
    ):
        for job_id in job_ids:
            status(alone, job_id, "delivered")

    told = [json.loads(call.body)["data"]["id"] for call in somebody.calls]
    assert sorted(told) == sorted(job_ids)


def test_who_does_not_answer_holds_up_nobody_else(
    alone: GatewayAlone, redis_server_url: str, somebody: Receiver
) -> None:
    never = Event()
    somebody.replies += [Reply(when=never)]
    patient = {"WEBHOOK_TIMEOUT_S": "30", "WEBHOOK_LEASE_S": "40", "WEBHOOK_CONCURRENCY": "4"}
    held = [ended(alone, somebody.url("/held")) for _ in range(12)]
    with courier_running(redis_server_url, **patient):
        somebody.wait_for(1)
        other = ended(alone, somebody.url("/other", host="localhost"))

        status(alone, other, "delivered")

        assert [call.path for call in somebody.calls] == ["/held", "/other"]
        assert all(delivery(alone, job_id)["attempts"] == [] for job_id in held)
        never.set()
        for job_id in held:
            status(alone, job_id, "delivered")
