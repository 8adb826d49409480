"""A rolling restart of gateways and workers under load: no request is lost, and no job."""

from __future__ import annotations

import itertools
import signal
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import httpx
import redis

from shared.audio_format import AudioFormat
from shared.job import JobId
from shared.store import keys
from tests.end_to_end import raw_http
from tests.end_to_end.gateway_alone import gateway_alone
from tests.end_to_end.processes import Program, eventually
from tests.support.recordings import cough, encode

ENDED = -signal.SIGTERM  # uvicorn sends it to itself again, when all is done
RECORDING = encode(cough(0.5), 16000, AudioFormat.WAV)


class Load:
    """Clients that try nothing twice: who is not answered, fails."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stop = Event()
        self.accepted: list[str] = []
        self.answered: Counter[int] = Counter()

    def run(self, kept: bool, wait: str) -> None:
        """Send recordings and look for their ends, over one connection or one each."""
        with httpx.Client(base_url=self._url, timeout=60) as own:
            while not self._stop.is_set():
                with ExitStack() as stack:
                    client = own
                    if not kept:
                        client = stack.enter_context(httpx.Client(base_url=self._url, timeout=60))
                    self._one_job(client, wait)

    def _one_job(self, client: httpx.Client, wait: str) -> None:
        files, headers = {"file": ("cough", RECORDING)}, {"prefer": f"wait={wait}"}
        answer = client.post("/v1/jobs", files=files, headers=headers)
        assert answer.status_code in (200, 202), answer.text
        self.answered[answer.status_code] += 1
        job_id = answer.json()["id"]
        self.accepted.append(job_id)
        while not self._stop.is_set():
            answer = client.get(f"/v1/jobs/{job_id}", headers=headers)
            assert answer.status_code == 200, answer.text
            self.answered[answer.status_code] += 1
            if answer.json()["finished_at"]:
                return

    def goes_on(self, count: int = 20) -> None:
        """Return when so many more jobs have been accepted."""
        enough = len(self.accepted) + count
        eventually(lambda: len(self.accepted) >= enough, 60, f"{count} more jobs")

    def stop(self) -> None:
        """Let each client end with the answer it waits for."""
        self._stop.set()


class GatewayOn(Program):
    """A gateway on a socket that listens already."""

    def __init__(self, fd: int, redis_url: str) -> None:
        self.fds = (fd,)
        super().__init__("-m", "api", "--fd", str(fd), REDIS_URL=redis_url)


class Programs:
    """Gateways on one listening socket, and workers, on one Redis."""

    def __init__(self, stack: ExitStack, redis_url: str, listening: socket.socket) -> None:
        self._stack = stack
        self._redis_url = redis_url
        self._fd = listening.fileno()
        self._names = itertools.count()

    def start(self) -> tuple[Program, Program]:
        """A gateway and a worker, both ready."""
        name = f"worker@{next(self._names)}"
        gateway = GatewayOn(self._fd, self._redis_url)
        self._stack.callback(gateway.stop)
        worker = Program("-m", "worker", REDIS_URL=self._redis_url, WORKER_NAME=name)
        self._stack.callback(worker.stop)
        gateway.wait_for("startup complete")
        worker.wait_for("is ready")
        return gateway, worker


def test_a_rolling_restart_loses_nothing(redis_server_url: str) -> None:
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        programs = Programs(stack, redis_server_url, listening)
        old_gateway, old_worker = programs.start()
        load = Load(f"http://127.0.0.1:{listening.getsockname()[1]}")
        pool = stack.enter_context(ThreadPoolExecutor(8))
        stack.callback(load.stop)
        clients = [
            pool.submit(load.run, kept, wait)
            for kept, wait in itertools.product([True, True, False, False], ["0", "5"])
        ]
        load.goes_on()
        gateway, _worker = programs.start()
        load.goes_on()
        assert old_gateway.stop(signal.SIGTERM) == ENDED
        load.goes_on()
        assert old_worker.stop(signal.SIGTERM) == 0
        load.goes_on()
        # And then there is none at all for a while: who connects waits for the next one.
        assert gateway.stop(signal.SIGTERM) == ENDED
        programs.start()
        load.goes_on()
        load.stop()
        for client in clients:
            client.result(60)
        _all_ended(redis_server_url, load.accepted)


def _all_ended(redis_server_url: str, job_ids: list[str]) -> None:
    with redis.Redis.from_url(redis_server_url) as store:
        eventually(lambda: store.zcard(keys.QUEUED) + store.zcard(keys.RUNNING) == 0, 60, "ended")
        fields = [store.hmget(keys.job_key(JobId(one)), "status", "deliveries") for one in job_ids]
        # Nobody's work was thrown away either.
        assert {tuple(one) for one in fields} == {(b"succeeded", b"1")}


def test_whoever_is_connected_when_it_is_to_stop_is_answered(redis_server_url: str) -> None:
    whole = raw_http.head(target="/v1/health/live", method="GET")
    body = raw_http.PART + RECORDING + raw_http.END
    upload = raw_http.form_head(len(body)) + body
    with gateway_alone(redis_server_url) as alone, ExitStack() as stack:
        url = alone.client.http.base_url
        silent, begun, kept, sending = (stack.enter_context(raw_http.connect(url)) for _ in "1234")
        kept.sendall(whole)
        assert raw_http.read(kept).status == 200
        begun.sendall(whole[:20])
        sending.sendall(upload[:-1000])
        _until_all_is_read(alone.client.http)

        alone.program.process.send_signal(signal.SIGTERM)
        alone.program.wait_for("Shutting down")
        eventually(lambda: _refuses(url), 10, "nobody else can connect")
        for connection, rest in [
            (silent, whole),
            (begun, whole[20:]),
            (kept, whole),
            (sending, upload[-1000:]),
        ]:
            connection.sendall(rest)
            answer = raw_http.read(connection)
            assert answer.status in (200, 202)
            assert b"connection: close" in answer.text.lower()
            assert connection.recv(1) == b""
        assert alone.program.stop() == ENDED


def _refuses(url: httpx.URL) -> bool:
    try:
        raw_http.connect(url).close()
    except ConnectionRefusedError:
        return True
    return False


def _until_all_is_read(client: httpx.Client) -> None:
    """What came before on other connections is read when these have been answered."""
    for _ in range(5):
        client.get("/v1/health/live", headers={"connection": "close"})


def test_who_is_connected_and_asks_nothing_does_not_hold_it_up(redis_server_url: str) -> None:
    with gateway_alone(redis_server_url) as alone, raw_http.connect(alone.client.http.base_url):
        alone.client.http.get("/v1/health/live")  # and keeps its connection

        assert alone.program.stop(signal.SIGTERM, timeout_s=8) == ENDED

    assert not any("timeout graceful shutdown" in line for line in alone.program.lines)
