"""Whatever two clients ask and a worker does, in any order: a real gateway against a model of the
contract.

A job ends once and stays as it ended; a key that is sent again gives its job; a deleted job is gone
for good and frees its key; each client lists exactly its own jobs that are there, newest first; and
what is another's is not there at all. The store's own histories are in
`tests/shared/store/test_every_history.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError
from shared.job import JobId
from shared.store.api_keys import ApiKeys
from shared.store.attempts import Attempt, NotBegun
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.support.job_store import MODEL
from tests.support.redis_server import RedisServer
from tests.support.results import RESULT

RECORDINGS = [b"RIFF....WAVE one", b"RIFF....WAVE two"]
NOT_OURS = b"a letter to the editor"

keys = st.sampled_from([None, "a key"])
clients = st.sampled_from(["open", "keyed"])


@dataclass
class Model:
    """What we expect of one job."""

    id: str
    client: str
    created_at: datetime
    key: str | None
    recording: bytes
    options: dict[str, str]
    status: str = "queued"
    version: int = 1
    to_cancel: bool = False
    deleted: bool = False
    tokens: list[str] = field(default_factory=list)
    at_end: dict[str, Any] | None = None

    @property
    def ended(self) -> bool:
        return self.status not in ("queued", "running")


class Conversation(RuleBasedStateMachine):
    """Runs on an emptied Redis; `test_any_conversation` gives it a gateway."""

    service: GatewayAlone
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.service.redis.flushall()
        _, key = ApiKeys(self.service.redis).create("a client")
        self.headers = {"open": {}, "keyed": {"Authorization": f"Bearer {key}"}}
        self.models: list[Model] = []

    @rule(
        target=jobs,
        client=clients,
        key=keys,
        recording=st.sampled_from([RECORDINGS[0], *RECORDINGS, NOT_OURS]),
        options=st.sampled_from([{}, {}, {"pictures": "true"}]),
    )
    def submit(
        self, client: str, key: str | None, recording: bytes, options: dict[str, str]
    ) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        files = {"file": ("cough", recording)}
        answer = self._ask(client, "POST", "/v1/jobs", files=files, data=options, headers=headers)
        if recording == NOT_OURS:
            assert _problem(answer) == (415, "unsupported_format")
            return multiple()
        made = [model for model in self._of(client) if key and model.key == key]
        if not made:
            assert answer.status_code == 202, answer.text
            assert "idempotency-replayed" not in answer.headers
            job = answer.json()
            assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
            assert job["id"] not in [model.id for model in self.models]
            model = Model(
                job["id"],
                client,
                datetime.fromisoformat(job["created_at"]),
                key,
                recording,
                options,
            )
            self.models.append(model)
            self._is_as_expected(model, answer)
            return model
        if (made[0].recording, made[0].options) != (recording, options):
            assert _problem(answer) == (422, "idempotency_key_reused")
            return multiple()
        assert answer.status_code == 200, answer.text
        assert answer.headers["idempotency-replayed"] == "true"
        self._is_as_expected(made[0], answer)
        return multiple()

    @rule(job=jobs)
    def poll(self, job: Model) -> None:
        answer = self._ask(job.client, "GET", f"/v1/jobs/{job.id}")
        if job.deleted:
            assert _problem(answer) == (404, "job_not_found")
            return
        assert answer.status_code == 200
        self._is_as_expected(job, answer)
        known = {"If-None-Match": answer.headers["etag"]}
        assert self._ask(job.client, "GET", f"/v1/jobs/{job.id}", headers=known).status_code == 304

    @rule(job=jobs)
    def cancel(self, job: Model) -> None:
        answer = self._ask(job.client, "POST", f"/v1/jobs/{job.id}/cancel")
        if job.deleted:
            assert _problem(answer) == (404, "job_not_found")
        elif job.ended:
            assert _problem(answer) == (409, "job_ended")
        elif job.status == "running":
            assert answer.status_code == 202
            job.to_cancel = True
            self._is_as_expected(job, answer)
        else:
            assert answer.status_code == 200
            self._becomes(job, "canceled")
            self._is_as_expected(job, answer)

    @precondition(lambda self: self._running())
    @rule(data=st.data())
    def cancel_running(self, data: st.DataObject) -> None:
        """Else most are canceled before a worker has them, or long after."""
        self.cancel(data.draw(st.sampled_from(self._running())))

    @rule(job=jobs)
    def delete(self, job: Model) -> None:
        answer = self._ask(job.client, "DELETE", f"/v1/jobs/{job.id}")
        if job.deleted:
            assert _problem(answer) == (404, "job_not_found")
        else:
            assert answer.status_code == 204
            job.deleted = True

    @rule(job=jobs, method=st.sampled_from(["GET", "DELETE", "POST"]))
    def meddle(self, job: Model, method: str) -> None:
        """Somebody else, who got hold of the id."""
        other = "keyed" if job.client == "open" else "open"
        path = f"/v1/jobs/{job.id}" + ("/cancel" if method == "POST" else "")
        assert _problem(self._ask(other, method, path)) == (404, "job_not_found")

    @rule(job=jobs)
    def begin(self, job: Model) -> None:
        """A message arrives at a worker: the first, or one doubled."""
        token = f"token {len(job.tokens)}"
        answer = self.service.attempts.begin(JobId(job.id), token, "worker@test")
        if job.deleted:
            assert answer is NotBegun.GONE
        elif job.ended:
            assert answer is NotBegun.ENDED
        elif job.to_cancel:
            assert answer is NotBegun.CANCELED
            self._becomes(job, "canceled")
        elif len(job.tokens) == 3:
            assert answer is NotBegun.LOST
            self._becomes(job, "failed")
        else:
            assert isinstance(answer, Attempt)
            assert answer.recording == job.recording
            job.tokens.append(token)
            self._becomes(job, "running")

    @rule(job=jobs, how=st.sampled_from(["succeeded", "failed"]), late=st.booleans())
    def end(self, job: Model, how: str, late: bool) -> None:
        """The newest attempt ends, or the first, which may be a late one."""
        token = (job.tokens or ["none"])[0 if late else -1]
        if how == "succeeded":
            attempt = Attempt(JobId(job.id), token, job.recording, AudioFormat.WAV, MODEL)
            counts = self.service.attempts.succeed(attempt, RESULT)
        else:
            counts = self.service.attempts.fail(JobId(job.id), token, CorruptAudioError("no"))
        ends = not job.deleted and job.status == "running" and token == job.tokens[-1]
        assert counts == (ends and not job.to_cancel)
        if ends:
            self._becomes(job, "canceled" if job.to_cancel else how)

    @precondition(lambda self: self._running())
    @rule(data=st.data(), how=st.sampled_from(["succeeded", "failed"]))
    def end_running(self, data: st.DataObject, how: str) -> None:
        """As most attempts do; some of them were to be canceled."""
        self.end(data.draw(st.sampled_from(self._running())), how, late=False)

    @rule(client=clients, limit=st.integers(1, 4), status=st.sampled_from(["queued", "canceled"]))
    def list_some(self, client: str, limit: int, status: str) -> None:
        """Page by page, with a filter."""
        found: list[str] = []
        query: dict[str, str | int] | None = {"limit": limit, "status": status}
        while query is not None:
            page = self._ask(client, "GET", "/v1/jobs", params=query).json()
            assert len(page["jobs"]) <= limit
            found += [job["id"] for job in page["jobs"]]
            query = {**query, "cursor": page["next"]} if page["next"] else None
        assert found == [model.id for model in self._of(client) if model.status == status]

    @rule()
    def list_all(self) -> None:
        for client in self.headers:
            page = self._ask(client, "GET", "/v1/jobs", params={"limit": 100}).json()
            assert page["next"] is None
            listed = [(job["id"], job["status"]) for job in page["jobs"]]
            assert listed == [(model.id, model.status) for model in self._of(client)]

    def teardown(self) -> None:
        self.list_all()
        for model in self.models:
            self.poll(model)

    def _of(self, client: str) -> list[Model]:
        """What the client has, newest first; of one millisecond in the order of ids."""
        own = [model for model in self.models if model.client == client and not model.deleted]
        return sorted(own, key=lambda model: (model.created_at, model.id), reverse=True)

    def _running(self) -> list[Model]:
        return [model for model in self.models if model.status == "running" and not model.deleted]

    def _becomes(self, job: Model, status: str) -> None:
        job.status = status
        job.version += 1

    def _is_as_expected(self, model: Model, answer: httpx.Response) -> None:
        job = answer.json()
        assert (job["id"], job["status"]) == (model.id, model.status)
        assert answer.headers["etag"] == f'"{model.version}"'
        assert ("retry-after" in answer.headers) is not model.ended
        assert (job["result"] is not None) is (model.status == "succeeded")
        assert (job["error"] is not None) is (model.status == "failed")
        assert (job["finished_at"] is not None) is model.ended
        if model.ended:
            model.at_end = model.at_end or job
            assert job == model.at_end

    def _ask(
        self,
        client: str,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        own = self.headers[client] | (headers or {})
        return self.service.client.http.request(method, path, headers=own, **more)


def _problem(answer: httpx.Response) -> tuple[int, str]:
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return problem["status"], problem["code"]


def test_any_conversation(own_redis_server: RedisServer) -> None:
    with gateway_alone(own_redis_server.url, RATE_LIMIT_PER_MINUTE="0") as alone:
        alone.redis.config_set("appendfsync", "no")  # nothing dies here: be quick
        Conversation.service = alone
        run_state_machine_as_test(
            Conversation, settings=hypothesis.settings(max_examples=100, stateful_step_count=40)
        )
