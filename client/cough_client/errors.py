"""The error tree. It mirrors the service's problem codes: one class a code.

CoughError
├── ConfigurationError      the client was made or called with what cannot work
├── UnreachableError        no answer came, after all tries
├── UnexpectedAnswerError   an answer that no version of the service gives
├── WaitTimeoutError        the job or batch had not ended in time; it goes on
├── WebhookError            a webhook that must not be believed
├── LocalUnavailableError   what `--local` needs is not installed
├── ProblemError            the service answered with a problem (RFC 9457)
│   ├── RequestError            4xx: the request cannot be taken
│   └── TryLaterError           not now: 429, and whatever says when to come again
│       └── ServiceError        5xx
└── JobEndedWithoutDiagnosisError
    ├── JobCanceledError
    └── RecordingError          the job failed

A code that this version does not know becomes the class of its status: RequestError, TryLaterError,
ServiceError or ProblemError; of a failed job, RecordingError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class CoughError(Exception):
    """Base of all errors that this package raises on purpose.

    Attributes:
        code: stable, for programs; the service's own where the service gave one.
        status: the HTTP status of the answer; None where there was none.
        detail: what happened this time, for people.
        retry_after: seconds that the service asked to wait; None: it did not.
        attempts: how often the request was sent.
        job_id: the job that it is about, where there is one.
    """

    code: str = "error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        status: int | None = None,
        retry_after: float | None = None,
        attempts: int = 1,
        job_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code or type(self).code
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.attempts = attempts
        self.job_id = job_id

    def __str__(self) -> str:
        return f"{self.detail} ({self.code})"


class ConfigurationError(CoughError):
    code = "configuration"


class UnreachableError(CoughError):
    code = "unreachable"


class UnexpectedAnswerError(CoughError):
    code = "unexpected_answer"


class WaitTimeoutError(CoughError):
    """It goes on: wait for it again. `job_id` tells which job, if it is one and not a batch."""

    code = "wait_timeout"


class WebhookError(CoughError):
    code = "webhook_not_verified"


class LocalUnavailableError(CoughError):
    code = "local_unavailable"


class ProblemError(CoughError):
    """The service answered with a problem.

    Attributes:
        extensions: the problem's members beyond RFC 9457's and `code`.
    """

    code = "problem"

    def __init__(
        self, detail: str, *, extensions: Mapping[str, Any] | None = None, **about: Any
    ) -> None:
        super().__init__(detail, **about)
        self.extensions = dict(extensions or {})


class RequestError(ProblemError):
    code = "request_refused"


class TryLaterError(ProblemError):
    code = "try_later"


class ServiceError(TryLaterError):
    code = "service_unavailable"


class MalformedMultipartError(RequestError):
    code = "malformed_multipart"


class InvalidRequestError(RequestError):
    code = "invalid_request"


class JobNotFoundError(RequestError):
    code = "job_not_found"


class JobEndedError(RequestError):
    code = "job_ended"


class BatchNotFoundError(RequestError):
    code = "batch_not_found"


class TooManyFilesError(RequestError):
    code = "too_many_files"


class RequestTimeoutError(RequestError):
    code = "request_timeout"


class PayloadTooLargeError(RequestError):
    code = "payload_too_large"


class UnsupportedFormatError(RequestError):
    code = "unsupported_format"


class MissingFileError(RequestError):
    code = "missing_file"


class EmptyFileError(RequestError):
    code = "empty_file"


class InvalidCursorError(RequestError):
    code = "invalid_cursor"


class InvalidIdempotencyKeyError(RequestError):
    code = "invalid_idempotency_key"


class IdempotencyKeyReusedError(RequestError):
    code = "idempotency_key_reused"


class InvalidOptionError(RequestError):
    code = "invalid_option"


class InvalidWebhookUrlError(RequestError):
    code = "invalid_webhook_url"


class UnauthorizedError(RequestError):
    code = "unauthorized"


class PicturesNotMadeError(RequestError):
    code = "pictures_not_made"


class NotAcceptableError(RequestError):
    code = "not_acceptable"


class JobNotEndedError(RequestError):
    code = "job_not_ended"


class WebhookSecretMissingError(RequestError):
    code = "webhook_secret_missing"


class UnknownModelError(RequestError):
    code = "unknown_model"

    @property
    def models(self) -> Sequence[str]:
        """The `name@version` that may be asked for."""
        return [str(model) for model in self.extensions.get("models", ())]


class IdempotencyInProgressError(TryLaterError):
    code = "idempotency_in_progress"


class RateLimitedError(TryLaterError):
    code = "rate_limited"


class TooManyWaitingError(TryLaterError):
    code = "too_many_waiting"


class StoreUnavailableError(ServiceError):
    code = "store_unavailable"


class QueueFullError(ServiceError):
    code = "queue_full"


class UploadsFullError(ServiceError):
    code = "uploads_full"


class JobEndedWithoutDiagnosisError(CoughError):
    code = "job_ended_without_diagnosis"


class JobCanceledError(JobEndedWithoutDiagnosisError):
    code = "job_canceled"


class RecordingError(JobEndedWithoutDiagnosisError):
    code = "job_failed"


class CorruptAudioError(RecordingError):
    code = "corrupt_audio"


class TruncatedAudioError(RecordingError):
    code = "truncated_audio"


class NoAudioError(RecordingError):
    code = "no_audio"


class TooLongError(RecordingError):
    code = "too_long"


class TimeLimitError(RecordingError):
    code = "time_limit"


class MemoryLimitError(RecordingError):
    code = "memory_limit"


class WorkerLostError(RecordingError):
    code = "worker_lost"


class RecordingExpiredError(RecordingError):
    code = "recording_expired"


class ModelUnavailableError(RecordingError):
    code = "model_unavailable"


class ModelBrokenError(RecordingError):
    code = "model_broken"


class InternalError(RecordingError):
    code = "internal_error"
