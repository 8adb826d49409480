"""A worker runs its own tasks, told in JSON, whatever else somebody gets into the queue."""

from __future__ import annotations

import base64
import json
import os
import pickle
import uuid
from pathlib import Path
from typing import Any

import pytest
import redis

from shared.audio_format import AudioFormat
from shared.queue import DIAGNOSE, QUEUE, UNACKED
from tests.end_to_end.client import Client
from tests.end_to_end.processes import Service, eventually
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)


class _Touch:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._path),)


def _message(task: str, body: bytes, content_type: str, encoding: str) -> str:
    """As Celery writes it."""
    task_id = str(uuid.uuid4())
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-encoding": encoding,
            "content-type": content_type,
            "headers": {"task": task, "id": task_id, "lang": "py", "root_id": task_id},
            "properties": {
                "correlation_id": task_id,
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": QUEUE},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid.uuid4()),
            },
        }
    )


def _arguments(*arguments: object) -> Any:
    return arguments, {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


@pytest.mark.parametrize("kind", ["pickle", "yaml", "unknown task", "built-in task"])
def test_neither_is_run_and_jobs_go_on(
    client: Client, shared_service: Service, tmp_path: Path, kind: str
) -> None:
    made = tmp_path / "made"
    if kind == "pickle":
        body = pickle.dumps(_arguments(_Touch(made)))
        message = _message(DIAGNOSE, body, "application/x-python-serialize", "binary")
    elif kind == "yaml":
        body = f"!!python/object/apply:os.mkdir ['{made}']".encode()
        message = _message(DIAGNOSE, body, "application/x-yaml", "utf-8")
    else:
        task = "os.mkdir" if kind == "unknown task" else "celery.map"
        body = json.dumps(_arguments(str(made))).encode()
        message = _message(task, body, "application/json", "utf-8")
    children = {child.pid for child in shared_service.pool_children()}
    worker = shared_service.worker().pid

    with redis.Redis.from_url(shared_service.redis_url) as store:
        store.lpush(QUEUE, message)
        eventually(lambda: not store.llen(QUEUE) and not store.hlen(UNACKED), 20, "it is taken")

    assert client.diagnose(RECORDING)["status"] == "succeeded"
    assert not made.exists()
    assert shared_service.worker().pid == worker
    assert {child.pid for child in shared_service.pool_children()} == children
