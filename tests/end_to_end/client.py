"""A minimal client of the API, as an integrator would write it."""

from __future__ import annotations

from typing import Any, Self

import httpx
from httpx_sse import connect_sse

from tests.end_to_end.processes import eventually

Json = dict[str, Any]


class Client:
    """Sends recordings and polls jobs."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def post(
        self,
        recording: bytes,
        name: str = "cough",
        model: str | None = None,
        headers: dict[str, str] | None = None,
        **options: str,
    ) -> httpx.Response:
        """Upload, asking for a model and for what else there is, without looking at the answer."""
        data = options if model is None else {"model": model, **options}
        files = {"file": (name, recording)}
        return self.http.post("/v1/jobs", files=files, data=data, headers=headers)

    def submit(self, recording: bytes, model: str | None = None) -> str:
        """Upload; the accepted job's id."""
        response = self.post(recording, model=model)
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    def job(self, job_id: str) -> Json:
        """The job as it stands."""
        response = self.http.get(f"/v1/jobs/{job_id}")
        assert response.status_code == 200, response.text
        job: Json = response.json()
        return job

    def wait(self, job_id: str, timeout_s: float = 30) -> Json:
        """Poll until the job has ended."""
        ended = ("succeeded", "failed", "canceled")
        eventually(lambda: self.job(job_id)["status"] in ended, timeout_s, f"job {job_id} ends")
        return self.job(job_id)

    def diagnose(self, recording: bytes, timeout_s: float = 30, model: str | None = None) -> Json:
        """Upload and wait."""
        return self.wait(self.submit(recording, model), timeout_s)

    def deliveries(self, job_id: str) -> int:
        """How often an ended job was begun."""
        with connect_sse(self.http, "GET", f"/v1/jobs/{job_id}/events") as stream:
            states = [event.json()["status"] for event in stream.iter_sse()]
        assert states[-1] in ("succeeded", "failed")
        return states.count("running")

    def ready(self) -> bool:
        """Whether the service says that it can diagnose."""
        try:
            return self.http.get("/v1/health/ready").status_code == 200
        except httpx.TransportError:
            return False
