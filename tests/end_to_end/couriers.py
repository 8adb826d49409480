"""Couriers of the tests, and what a job's owner sees of their work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.audio_format import AudioFormat
from tests.end_to_end.gateway_alone import GatewayAlone
from tests.end_to_end.processes import Program, eventually, running
from tests.support.recordings import cough, encode
from tests.support.webhooks import secret_of

RECORDING = encode(cough(0.2), 8000, AudioFormat.WAV)
NEW, OLD = secret_of("n"), secret_of("o")
SECRETS = f"{NEW},{OLD}"


def courier(redis_url: str, **environment: str) -> Program:
    """One that may call 127.0.0.1, and is quick to give up and to try again."""
    defaults = {
        "REDIS_URL": redis_url,
        "LOG_LEVEL": "DEBUG",
        "WEBHOOK_SECRETS": SECRETS,
        "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1, localhost",
        "WEBHOOK_TIMEOUT_S": "1",
        "WEBHOOK_LEASE_S": "2",
        "WEBHOOK_FIRST_RETRY_S": "0.05",
    }
    return Program("-m", "worker.courier", **{**defaults, **environment})


@contextmanager
def courier_running(redis_url: str, **environment: str) -> Iterator[Program]:
    """One, from its readiness to its stop."""
    with running(lambda: courier(redis_url, **environment), "is ready") as program:
        yield program


def submit(alone: GatewayAlone, url: str) -> str:
    response = alone.client.post(RECORDING, webhook_url=url)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def ended(alone: GatewayAlone, url: str) -> str:
    """A job that has just ended."""
    job_id = submit(alone, url)
    alone.succeed(job_id)
    return job_id


def delivery(alone: GatewayAlone, job_id: str) -> dict[str, Any]:
    response = alone.client.http.get(f"/v1/jobs/{job_id}/deliveries")
    assert response.status_code == 200, response.text
    (only,) = response.json()["deliveries"]
    return dict(only)


def attempts(alone: GatewayAlone, job_id: str, count: int = 1) -> list[int | str]:
    """The first attempts' statuses and errors, when there are that many."""

    def met() -> list[int | str]:
        made = delivery(alone, job_id)["attempts"]
        return [attempt["status_code"] or attempt["error"] for attempt in made]

    eventually(lambda: len(met()) >= count, 40, f"{count} attempts")
    return met()[:count]


def status(alone: GatewayAlone, job_id: str, want: str) -> dict[str, Any]:
    """The delivery, when it is as wanted."""
    eventually(lambda: delivery(alone, job_id)["status"] == want, 40, want)
    return delivery(alone, job_id)
