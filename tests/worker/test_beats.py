"""Each of several idle workers gets a beat to take, whoever has waited longest."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
import redis

from shared.queue import QUEUE, make_celery
from shared.settings import get_settings
from shared.store.heartbeats import Heartbeats
from tests.end_to_end.processes import eventually
from worker.upkeep import Upkeep

WORKERS = 4


def test_as_many_beats_as_workers(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    get_settings.cache_clear()
    app = make_celery(get_settings())
    silent = SimpleNamespace(app=app, hostname="worker@silent")
    taken: list[int] = []

    def wait(number: int) -> None:
        with redis.Redis.from_url(redis_url) as own:
            if own.brpop([QUEUE], timeout=10):
                taken.append(number)

    waiting = [threading.Thread(target=wait, args=(number,)) for number in range(WORKERS)]
    with redis.Redis.from_url(redis_url) as client:
        for number in range(1, WORKERS):
            Heartbeats(client).beat(f"worker@{number}")
        for thread in waiting:
            thread.start()
        eventually(lambda: client.info("clients")["blocked_clients"] == WORKERS, 10, "all wait")

        Upkeep(silent)._tick(silent)

        for thread in waiting:
            thread.join(20)
    app.close()
    get_settings.cache_clear()
    assert sorted(taken) == list(range(WORKERS))
