"""Clients that send recordings by HTTP and follow each job to its end, whatever they meet."""

from __future__ import annotations

import queue
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any

import httpx

_PAUSE_S = 0.25  # after a refusal; we ask sooner than Retry-After, to be there when it is back
_TIMEOUT_S = 20.0
_ENDED = ("succeeded", "failed", "canceled")
_TRY_AGAIN = (409, 429, 503)  # 409: the request before ours died with its gateway


@dataclass
class Sent:
    """A job that was accepted, and what its sender saw of its end."""

    job_id: str
    recording: int
    ended: dict[str, Any] | None = None
    lost: bool = False


@dataclass
class Senders:
    """Threads; each sends a recording, waits for its job's end and takes the next."""

    url: str
    recordings: list[bytes]
    random: Random
    count: int = 16
    accepted: dict[str, Sent] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._orders: queue.Queue[tuple[int, str] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(self.count)]
        for thread in self._threads:
            thread.start()

    def release(self, count: int) -> None:
        """Let so many more recordings be sent."""
        for _ in range(count):
            self._orders.put(self._order())

    def open(self) -> set[str]:
        """The jobs that were accepted and have not been seen to end."""
        with self._lock:
            return {one.job_id for one in self.accepted.values() if not (one.ended or one.lost)}

    def follow_one(self) -> str:
        """Send one more, here and now, and give its id when it is accepted."""
        with self._client() as client:
            order = self._order()
            sent = self._send(client, *order)
        assert sent is not None, "stopped"
        threading.Thread(target=self._follow_alone, args=(sent,), daemon=True).start()
        return sent.job_id

    def finish(self, patience_s: float) -> None:
        """Wait for all that is under way; what has not ended by then is left open."""
        for _ in self._threads:
            self._orders.put(None)
        deadline = monotonic() + patience_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        self._stop.set()
        for thread in self._threads:
            thread.join(_TIMEOUT_S)

    def _order(self) -> tuple[int, str]:
        which = self.random.randrange(len(self.recordings))
        return which, str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=_TIMEOUT_S)

    def _work(self) -> None:
        with self._client() as client:
            while (order := self._orders.get()) is not None:
                sent = self._send(client, *order)
                if sent is not None:
                    self._follow(client, sent)

    def _follow_alone(self, sent: Sent) -> None:
        with self._client() as client:
            self._follow(client, sent)

    def _send(self, client: httpx.Client, which: int, key: str) -> Sent | None:
        """Send it until it is accepted: under one key, so that it becomes one job."""
        headers, files = {"Idempotency-Key": key}, {"file": ("cough", self.recordings[which])}
        while not self._stop.is_set():
            response = self._ask(client, "POST", "/v1/jobs", headers=headers, files=files)
            if response is not None and response.status_code in (200, 202):
                sent = Sent(response.json()["id"], which)
                with self._lock:
                    self.accepted[sent.job_id] = sent
                return sent
            self._stop.wait(_PAUSE_S)
        return None

    def _follow(self, client: httpx.Client, sent: Sent) -> None:
        path, headers = f"/v1/jobs/{sent.job_id}", {"Prefer": "wait=5"}
        while not self._stop.is_set():
            response = self._ask(client, "GET", path, headers=headers)
            if response is None:
                self._stop.wait(_PAUSE_S)
            elif response.status_code == 404:
                sent.lost = True
                return
            elif response.is_success and response.json()["status"] in _ENDED:
                sent.ended = response.json()
                return

    def _ask(
        self, client: httpx.Client, method: str, path: str, **arguments: Any
    ) -> httpx.Response | None:
        """The answer; None: there was none, or it was to try again."""
        try:
            response = client.request(method, path, **arguments)
        except httpx.TransportError as error:
            self._count(type(error).__name__)
            return None
        self._count(f"{method} {response.status_code}")
        if response.status_code in _TRY_AGAIN:
            return None
        if response.status_code not in (200, 202, 404):
            with self._lock:
                self.unexpected.append(f"{method} {response.status_code} {response.text[:200]}")
            return None
        return response

    def _count(self, answer: str) -> None:
        with self._lock:
            self.answers[answer] += 1
