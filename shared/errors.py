"""The error tree. Each error carries a stable code; those a client meets, an HTTP status too.

ScreeningError
├── RequestError        the sender's request cannot be taken (4xx)
├── TryLaterError       not now (a status of its own, with Retry-After)
│   └── ServiceError    the request is fine, but we cannot serve it (503)
├── RecordingError      an accepted recording cannot be diagnosed: its job fails
└── BundleError         a model bundle is missing, malformed or was changed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class ScreeningError(Exception):
    """Base of all errors that this service raises on purpose.

    `code` is stable and for programs, `title` names the kind of error for people, and the
    message (`detail`) says what happened this time. Never put file names or keys in a detail.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    status: ClassVar[int] = 500

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def extensions(self) -> Mapping[str, Any]:
        """What else programs are told: extension members of the problem (RFC 9457, 3.2)."""
        return {}


class RequestError(ScreeningError):
    """The request cannot be taken as it is."""

    status = 400


class MalformedMultipartError(RequestError):
    code = "malformed_multipart"
    title = "The body is not well-formed multipart/form-data"


class UnauthorizedError(RequestError):
    """`presented`: there was a key, but it opens nothing."""

    code = "unauthorized"
    title = "A valid API key is needed"
    status = 401

    def __init__(self, detail: str, *, presented: bool = False) -> None:
        super().__init__(detail)
        self.presented = presented

    @property
    def challenge(self) -> str:
        """The value of `WWW-Authenticate` (RFC 6750, 3)."""
        return 'Bearer realm="cough"' + (', error="invalid_token"' if self.presented else "")


class JobNotFoundError(RequestError):
    code = "job_not_found"
    title = "There is no such job"
    status = 404


class PicturesNotMadeError(RequestError):
    code = "pictures_not_made"
    title = "The job has no pictures"
    status = 404


class NotAcceptableError(RequestError):
    code = "not_acceptable"
    title = "It cannot be had in any of the forms that are accepted"
    status = 406


class JobNotEndedError(RequestError):
    code = "job_not_ended"
    title = "The job has not ended yet"
    status = 409


class BatchNotFoundError(RequestError):
    code = "batch_not_found"
    title = "There is no such batch"
    status = 404


class JobEndedError(RequestError):
    code = "job_ended"
    title = "The job has ended already"
    status = 409


class RequestTimeoutError(RequestError):
    code = "request_timeout"
    title = "The request took too long to arrive"
    status = 408


class PayloadTooLargeError(RequestError):
    code = "payload_too_large"
    title = "The upload is larger than the limit"
    status = 413


class UnsupportedFormatError(RequestError):
    code = "unsupported_format"
    title = "The file is not in a known audio format"
    status = 415


class MissingFileError(RequestError):
    code = "missing_file"
    title = "The form has no file in its field 'file'"
    status = 422


class TooManyFilesError(RequestError):
    code = "too_many_files"
    title = "The form has more files than a batch may have"
    status = 422


class EmptyFileError(RequestError):
    code = "empty_file"
    title = "The file is empty"
    status = 422


class InvalidRequestError(RequestError):
    code = "invalid_request"
    title = "The request is invalid"
    status = 422


class InvalidIdempotencyKeyError(RequestError):
    code = "invalid_idempotency_key"
    title = "The header 'Idempotency-Key' has a value that it cannot have"


class IdempotencyKeyReusedError(RequestError):
    code = "idempotency_key_reused"
    title = "The key was used for another recording or other options"
    status = 422


class InvalidCursorError(RequestError):
    code = "invalid_cursor"
    title = "The cursor was not made here"
    status = 422


class InvalidOptionError(RequestError):
    code = "invalid_option"
    title = "A field of the form has a value that it cannot have"
    status = 422


class InvalidWebhookUrlError(RequestError):
    code = "invalid_webhook_url"
    title = "The field 'webhook_url' is not a URL that we can call"
    status = 422


class WebhookSecretMissingError(RequestError):
    code = "webhook_secret_missing"
    title = "There is no secret to sign a webhook with"
    status = 422


class UnknownModelError(RequestError):
    """`models` are the `name@version` that may be asked for."""

    code = "unknown_model"
    title = "There is no such model here"
    status = 422

    def __init__(self, detail: str, *, models: Sequence[str]) -> None:
        super().__init__(detail)
        self.models = list(models)

    @property
    def extensions(self) -> Mapping[str, Any]:
        return {"models": self.models}


class TryLaterError(ScreeningError):
    """The same request may be taken later: in `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class IdempotencyInProgressError(TryLaterError):
    code = "idempotency_in_progress"
    title = "A request with this key is under way"
    status = 409


class RateLimitedError(TryLaterError):
    code = "rate_limited"
    title = "Too many requests with this API key"
    status = 429


class TooManyWaitingError(TryLaterError):
    code = "too_many_waiting"
    title = "Too many recordings of this API key are waiting"
    status = 429


class ServiceError(TryLaterError):
    """The request is fine, but we cannot serve it now."""

    status = 503


class StoreUnavailableError(ServiceError):
    code = "store_unavailable"
    title = "The job store is away"


class QueueFullError(ServiceError):
    code = "queue_full"
    title = "The queue is full"


class UploadsFullError(ServiceError):
    code = "uploads_full"
    title = "Too many recordings are being received"


class RecordingError(ScreeningError):
    """The recording was accepted, but no diagnosis can be given: its job ends as failed."""


class CorruptAudioError(RecordingError):
    code = "corrupt_audio"
    title = "The recording cannot be decoded"


class TruncatedAudioError(RecordingError):
    code = "truncated_audio"
    title = "The recording is cut short"


class NoAudioError(RecordingError):
    code = "no_audio"
    title = "The file holds no audio"


class TooLongError(RecordingError):
    code = "too_long"
    title = "The recording is longer than the limit"


class TimeLimitError(RecordingError):
    code = "time_limit"
    title = "The diagnosis took longer than the limit"


class MemoryLimitError(RecordingError):
    code = "memory_limit"
    title = "The diagnosis needed more memory than the limit"


class WorkerLostError(RecordingError):
    code = "worker_lost"
    title = "The worker died each time it tried this recording"


class RecordingExpiredError(RecordingError):
    code = "recording_expired"
    title = "The recording waited longer than recordings are kept"


class ModelUnavailableError(RecordingError):
    code = "model_unavailable"
    title = "The model that was asked for is not here"


class ModelBrokenError(RecordingError):
    code = "model_broken"
    title = "The model that was asked for cannot be used"


class InternalError(RecordingError):
    code = "internal_error"
    title = "Something failed on our side"


class BundleError(ScreeningError):
    code = "invalid_bundle"
    title = "The model bundle cannot be used"
