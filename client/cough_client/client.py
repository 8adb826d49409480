"""The blocking client."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, Self, TypeVar

import httpx

from cough_client import batches, steps
from cough_client import pictures as drawn
from cough_client.answers import Diagnosis, Job
from cough_client.batches import Batch, FileResult
from cough_client.calls import Call, Pause, Steps
from cough_client.configuration import Configuration, request_arguments
from cough_client.events import is_event_stream
from cough_client.options import Options
from cough_client.pictures import Explanation, Spectrogram
from cough_client.recordings import Recording, read_recording, read_recordings
from cough_client.retrying import Answer, RetryPolicy
from cough_client.watching import Watching
from cough_client.webhooks import verify_webhook

T = TypeVar("T")

TIMEOUT_S = 120.0


class CoughClient:
    """A client of the cough screening service: research software, not a medical device.

    Safe to share between threads. Every method may raise a `CoughError`; those that send again
    what failed do so as `retries` says, and never for longer.

    Args:
        server: the service's address; None: COUGH_SERVER, else http://localhost:8000.
        api_key: None: COUGH_API_KEY; without one, requests carry none.
        retries: when a request is sent again.
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
        self._http = httpx.Client(**configuration.client_arguments())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def diagnose(
        self,
        recording: Recording,
        *,
        model: str | None = None,
        pictures: bool = False,
        webhook_url: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Diagnosis:
        """Send a recording and wait for its diagnosis.

        Args:
            recording: its bytes, or the path of its file.
            model: `name@version`, or `name` for its newest version; None: the service's own.
            pictures, webhook_url: as in `submit`.
            timeout_s: how long to wait for the diagnosis at most, seconds.

        Raises:
            RecordingError: it cannot be diagnosed; the subclass tells why.
            WaitTimeoutError: not in time; its job goes on.
            OSError: the file cannot be read.
        """
        options = Options(model, pictures, webhook_url)
        submission = steps.Submission(read_recording(recording), options)
        return self._run(steps.diagnose(submission, self._retries, timeout_s))

    def submit(
        self,
        recording: Recording,
        *,
        model: str | None = None,
        pictures: bool = False,
        webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Send a recording and give its job, which is accepted and will end.

        Args:
            recording: its bytes, or the path of its file.
            model: as in `diagnose`.
            pictures: whether the spectrogram and its explanation are drawn, for
                `spectrogram_png` and its like.
            webhook_url: told of the job's end.
            idempotency_key: the same key and recording give the same job; None: a random one, so
                that tries of this call make one job.
        """
        options = Options(model, pictures, webhook_url)
        submission = steps.Submission(read_recording(recording), options)
        if idempotency_key is not None:
            submission = steps.with_key(submission, idempotency_key)
        return self._run(steps.submit(submission, self._retries))

    def job(self, job_id: str) -> Job:
        """The job as it stands."""
        return self._run(steps.get_job(job_id, self._retries))

    def wait(self, job_id: str, *, timeout_s: float = TIMEOUT_S) -> Job:
        """The job when it has ended, however it has.

        Raises:
            WaitTimeoutError: it has not ended within `timeout_s` seconds; it goes on.
        """
        return self._run(steps.wait(job_id, self._retries, timeout_s))

    def watch(self, job_id: str, *, timeout_s: float = TIMEOUT_S) -> Iterator[Job]:
        """The job at each change, up to its end: by its event stream, else by polling.

        Raises:
            WaitTimeoutError: it has not ended within `timeout_s` seconds; it goes on.
        """
        watching = Watching(job_id, self._retries, timeout_s)
        for request in watching.streams():
            try:
                with self._http.stream(**request) as response:
                    if not is_event_stream(response.status_code, response.headers):
                        break
                    for line in response.iter_lines():
                        if (job := watching.feed(line)) is not None:
                            yield job
                        if watching.ended:
                            return
            except httpx.TransportError:
                pass
            time.sleep(watching.backoff_s())
        while not watching.ended:
            yield self._run(watching.poll())

    def jobs(self, *, status: str | None = None, model: str | None = None) -> Iterator[Job]:
        """One's own jobs, newest first; pages are asked for as they are needed."""
        cursor: str | None = None
        while True:
            filters = {"status": status, "model": model}
            page, cursor = self._run(steps.list_jobs(filters, cursor, self._retries))
            yield from page
            if cursor is None:
                return

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: a queued one at once, a running one at its next step.

        Raises:
            JobEndedError: it had ended already.
        """
        return self._run(steps.cancel(job_id, self._retries))

    def delete(self, job_id: str) -> None:
        """Delete the job, its recording and its result, whatever its state."""
        self._run(steps.delete(job_id, self._retries))

    def submit_batch(
        self,
        recordings: Iterable[Recording],
        *,
        model: str | None = None,
        pictures: bool = False,
        webhook_url: str | None = None,
    ) -> Batch:
        """Send up to 100 recordings in one request.

        Each becomes a job of its own, or is refused and keeps no other from being taken: look at
        the `status` and the `problem` of each file. A batch has no idempotency key, so it is sent
        again only when the service has certainly taken none of it.

        Args:
            recordings: their bytes, or the paths of their files.
            model: as in `diagnose`, and the others as in `submit`, for all of them.

        Raises:
            UnreachableError: no answer came; the batch may have been taken: look at `jobs`.
        """
        read = read_recordings(recordings)
        options = Options(model, pictures, webhook_url)
        return self._run(batches.submit_batch(read, options, self._retries))

    def batch(self, batch_id: str) -> Batch:
        """The batch as it stands."""
        return self._run(batches.get_batch(batch_id, self._retries))

    def wait_for_batch(self, batch_id: str, *, timeout_s: float = TIMEOUT_S) -> Batch:
        """The batch when all its jobs have ended, however they have.

        Raises:
            WaitTimeoutError: they have not within `timeout_s` seconds; they go on.
        """
        return self._run(batches.wait_for_batch(batch_id, self._retries, timeout_s))

    def batch_results(self, batch_id: str) -> list[FileResult]:
        """Each file's job as it stands, with its diagnosis if there is one; in their order."""
        return self._run(batches.get_results(batch_id, self._retries))

    def spectrogram_png(self, job_id: str) -> bytes:
        """A PNG of the sound: seconds, Hz (even in mel) and dB.

        Raises:
            PicturesNotMadeError: they were not asked for with the recording, or there is nothing
                to draw.
            JobNotEndedError: they are not there yet.
        """
        return self._run(drawn.get_png(job_id, "spectrogram", self._retries))

    def explanation_png(self, job_id: str) -> bytes:
        """A PNG of what the diagnosis rests on; errors as of `spectrogram_png`."""
        return self._run(drawn.get_png(job_id, "explanation", self._retries))

    def spectrogram(self, job_id: str) -> Spectrogram:
        """What `spectrogram_png` shows, in numbers."""
        return self._run(drawn.get_spectrogram(job_id, self._retries))

    def explanation(self, job_id: str) -> Explanation:
        """What `explanation_png` shows, in numbers."""
        return self._run(drawn.get_explanation(job_id, self._retries))

    def models(self) -> dict[str, Any]:
        """`default`, and the cards of all `models` that may be asked for."""
        return self._run(steps.list_models(self._retries))

    def _run(self, operation: Steps[T]) -> T:
        outcome: Answer | None = None
        while True:
            try:
                step = operation.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            outcome = self._take(step)

    def _take(self, step: Call | Pause) -> Answer | None:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return self._http.request(**request_arguments(step))
        except httpx.TransportError as error:
            return error
