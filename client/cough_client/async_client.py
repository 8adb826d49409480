"""The asyncio client: `CoughClient`, whose docstrings say more, with `await`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any, Self, TypeVar

import httpx

from cough_client import batches, steps
from cough_client import pictures as drawn
from cough_client.answers import Diagnosis, Job
from cough_client.batches import Batch, FileResult
from cough_client.calls import Call, Pause, Steps
from cough_client.client import TIMEOUT_S
from cough_client.configuration import Configuration, request_arguments
from cough_client.events import is_event_stream
from cough_client.options import Options
from cough_client.pictures import Explanation, Spectrogram
from cough_client.recordings import Recording, read_recording, read_recordings
from cough_client.retrying import Answer, RetryPolicy
from cough_client.watching import Watching
from cough_client.webhooks import verify_webhook

T = TypeVar("T")


class AsyncCoughClient:
    """An asyncio client of the service: research software, not a medical device.

    Arguments, results and errors are those of `CoughClient`.
    """

    verify_webhook = staticmethod(verify_webhook)

    def __init__(
        self,
        server: str | None = None,
        api_key: str | None = None,
        *,
        retries: RetryPolicy | None = None,
    ) -> None:
        configuration = Configuration.of(server, api_key)
        self.server = configuration.server
        self._retries = retries or RetryPolicy()
        self._http = httpx.AsyncClient(**configuration.client_arguments())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def diagnose(
        self,
        recording: Recording,
        *,
        model: str | None = None,
        pictures: bool = False,
        webhook_url: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Diagnosis:
        """Send a recording and wait for its diagnosis."""
        options = Options(model, pictures, webhook_url)
        submission = steps.Submission(await _read(recording), options)
        return await self._run(steps.diagnose(submission, self._retries, timeout_s))

    async def submit(
        self,
        recording: Recording,
        *,
        model: str | None = None,
        pictures: bool = False,
        webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Send a recording and give its job."""
        options = Options(model, pictures, webhook_url)
        submission = steps.Submission(await _read(recording), options)
        if idempotency_key is not None:
            submission = steps.with_key(submission, idempotency_key)
        return await self._run(steps.submit(submission, self._retries))

    async def job(self, job_id: str) -> Job:
        """The job as it stands."""
        return await self._run(steps.get_job(job_id, self._retries))

    async def wait(self, job_id: str, *, timeout_s: float = TIMEOUT_S) -> Job:
        """The job when it has ended, however it has."""
        return await self._run(steps.wait(job_id, self._retries, timeout_s))

    async def watch(self, job_id: str, *, timeout_s: float = TIMEOUT_S) -> AsyncIterator[Job]:
        """The job at each change, up to its end: by its event stream, else by polling."""
        watching = Watching(job_id, self._retries, timeout_s)
        for request in watching.streams():
            try:
                async with self._http.stream(**request) as response:
                    if not is_event_stream(response.status_code, response.headers):
                        break
                    async for line in response.aiter_lines():
                        if (job := watching.feed(line)) is not None:
                            yield job
                        if watching.ended:
                            return
            except httpx.TransportError:
                pass
            await asyncio.sleep(watching.backoff_s())
        while not watching.ended:
            yield await self._run(watching.poll())

    async def jobs(
        self, *, status: str | None = None, model: str | None = None
    ) -> AsyncIterator[Job]:
        """One's own jobs, newest first; pages are asked for as they are needed."""
        cursor: str | None = None
        while True:
            filters = {"status": status, "model": model}
            page, cursor = await self._run(steps.list_jobs(filters, cursor, self._retries))
            for job in page:
                yield job
            if cursor is None:
                return

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job: a queued one at once, a running one at its next step."""
        return await self._run(steps.cancel(job_id, self._retries))

    async def delete(self, job_id: str) -> None:
        """Delete the job, its recording and its result, whatever its state."""
        await self._run(steps.delete(job_id, self._retries))

    async def submit_batch(
        self,
        recordings: Iterable[Recording],
        *,
        model: str | None = None,
        pictures: bool = False,
        webhook_url: str | None = None,
    ) -> Batch:
        """Send up to 100 recordings in one request."""
        read = await asyncio.to_thread(read_recordings, recordings)
        options = Options(model, pictures, webhook_url)
        return await self._run(batches.submit_batch(read, options, self._retries))

    async def batch(self, batch_id: str) -> Batch:
        """The batch as it stands."""
        return await self._run(batches.get_batch(batch_id, self._retries))

    async def wait_for_batch(self, batch_id: str, *, timeout_s: float = TIMEOUT_S) -> Batch:
        """The batch when all its jobs have ended, however they have."""
        return await self._run(batches.wait_for_batch(batch_id, self._retries, timeout_s))

    async def batch_results(self, batch_id: str) -> list[FileResult]:
        """Each file's job as it stands, with its diagnosis if there is one; in their order."""
        return await self._run(batches.get_results(batch_id, self._retries))

    async def spectrogram_png(self, job_id: str) -> bytes:
        """A PNG of the sound: seconds, Hz (even in mel) and dB."""
        return await self._run(drawn.get_png(job_id, "spectrogram", self._retries))

    async def explanation_png(self, job_id: str) -> bytes:
        """A PNG of what the diagnosis rests on; errors as of `spectrogram_png`."""
        return await self._run(drawn.get_png(job_id, "explanation", self._retries))

    async def spectrogram(self, job_id: str) -> Spectrogram:
        """What `spectrogram_png` shows, in numbers."""
        return await self._run(drawn.get_spectrogram(job_id, self._retries))

    async def explanation(self, job_id: str) -> Explanation:
        """What `explanation_png` shows, in numbers."""
        return await self._run(drawn.get_explanation(job_id, self._retries))

    async def models(self) -> dict[str, Any]:
        """`default`, and the cards of all `models` that may be asked for."""
        return await self._run(steps.list_models(self._retries))

    async def _run(self, operation: Steps[T]) -> T:
        outcome: Answer | None = None
        while True:
            try:
                step = operation.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            outcome = await self._take(step)

    async def _take(self, step: Call | Pause) -> Answer | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return await self._http.request(**request_arguments(step))
        except httpx.TransportError as error:
            return error


async def _read(recording: Recording) -> bytes:
    return await asyncio.to_thread(read_recording, recording)
