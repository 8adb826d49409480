"""The queue: Celery on Redis, with one configuration for those who send and those who work.

The shortest visibility timeout among all connected programs wins, so all of them take it here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import urlsplit

import redis
from celery import Celery

from shared.job import JobId
from shared.settings import Settings
from shared.telemetry.correlation import UNKNOWN, Origin, origin

QUEUE = "cough-jobs"
UNACKED = "cough-unacked"
UNACKED_INDEX = f"{UNACKED}-index"
MUTEX = f"{UNACKED}-mutex"
MUTEX_EXPIRES_S = 2  # whoever holds it may be stopped or dead: the others must not wait for long
DIAGNOSE = "diagnose"
BEAT = "beat"

_ID, _BODY = "@id@", "@body@"
_ORIGIN = Origin(request_id="@request@", traceparent="@trace@")


def make_celery(settings: Settings) -> Celery:
    """A Celery app on the settings' Redis. It connects on first use."""
    app = Celery("cough", broker=_broker_url(settings.redis_url), backend=None)
    app.conf.update(
        # Messages: JSON only, one queue. The job is the result, so Celery keeps none.
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_default_queue=QUEUE,
        task_create_missing_queues=False,
        # A message is given up only when its job has ended; a lost child's comes back at once.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_soft_time_limit=settings.soft_time_limit_s,
        task_time_limit=settings.hard_time_limit_s,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A Redis that is full refuses a worker's commands, and one that has room again answers.
        broker_channel_error_retry=True,
        broker_transport_options={
            # A lost worker's comes back after this, if the restore looks often enough.
            "visibility_timeout": settings.visibility_timeout_s,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            "unacked_key": UNACKED,
            "unacked_index_key": UNACKED_INDEX,
            "unacked_mutex_key": MUTEX,
            "unacked_mutex_expire": MUTEX_EXPIRES_S,
            "priority_steps": [0],
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "health_check_interval": 5,
        },
        # Nobody may command a worker through Redis, and nobody listens to its events.
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        enable_utc=True,
    )
    return app


def send_job(app: Celery, job_id: JobId, its_origin: Origin = UNKNOWN) -> None:
    """Queue a job's message, which carries its id alone, and in its headers where it comes from.

    Raises:
        kombu.exceptions.OperationalError: Redis is away. The job is stored: recovery queues it.
    """
    headers = its_origin.headers
    app.send_task(DIAGNOSE, args=[job_id], task_id=job_id, headers=headers, retry=False)


def job_messages(app: Celery) -> Callable[[JobId], str]:
    """What writes the messages that `send_job` would put on the queue, for a script of the store.

    So a job and its message become one write, and are both there or neither. Messages differ in
    the job's id, their own, and the origin of the request that is being served, so Celery writes
    one, and the others are copies of it.
    """
    task = app.amqp.as_task_v2(_ID, DIAGNOSE, args=[_ID], ignore_result=None)
    body = json.dumps(task.body)
    message = json.dumps(
        {
            "body": _BODY,
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {**task.headers, **_ORIGIN.headers},
            "properties": {
                **task.properties,
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": QUEUE},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": _ID,  # as unique as the job
            },
        }
    )

    def message_of(job_id: JobId) -> str:
        encoded = base64.b64encode(body.replace(_ID, job_id).encode()).decode()
        its = origin()
        own = message.replace(_ID, job_id)
        own = own.replace(_ORIGIN.request_id, its.request_id)
        own = own.replace(_ORIGIN.traceparent, its.traceparent)
        return own.replace(_BODY, encoded)

    return message_of


def send_beat(app: Celery, expires_s: int) -> None:
    """Queue a message that does nothing but prove that somebody takes messages."""
    app.send_task(BEAT, expires=expires_s, retry=False)


def jobs_in_flight(client: redis.Redis) -> set[JobId]:
    """The jobs that have a message: waiting in the queue, or held by a worker."""
    with client.pipeline(transaction=False) as pipe:
        pipe.lrange(QUEUE, 0, -1)
        pipe.hvals(UNACKED)
        waiting, held = pipe.execute()
    messages = [json.loads(message) for message in waiting]
    messages += [json.loads(entry)[0] for entry in held]
    return {JobId(message["headers"]["id"]) for message in messages}


def _broker_url(redis_url: str) -> str:
    """Kombu's spelling of a redis-py URL."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    return f"redis+socket://{parts.path}" + (
        f"?virtual_host={parts.query.removeprefix('db=')}" if parts.query else ""
    )
