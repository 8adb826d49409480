"""`POST /v1/jobs`: accept a recording."""

from __future__ import annotations

import logging

import anyio.to_thread
from fastapi import APIRouter, Request, Response, status

from api.access import OwnerDep
from api.bodies import forget_body
from api.context import Context, context_of
from api.direct_route import DirectRoute
from api.idempotency import IDEMPOTENCY_KEY, REPLAYED, fingerprint, idempotency_key, reserved
from api.jobs.views import ETAG, JOB_LINKS, LOCATION, RETRY_AFTER, JobView, job_response
from api.preferences import PREFER, PREFERENCE_APPLIED, applied, wait_asked
from api.problems import responses
from api.uploads import REQUEST_BODY, Upload, read_upload
from api.waiting import has_ended, wait_for
from shared.errors import (
    EmptyFileError,
    IdempotencyInProgressError,
    IdempotencyKeyReusedError,
    InvalidIdempotencyKeyError,
    InvalidOptionError,
    InvalidWebhookUrlError,
    JobNotFoundError,
    MalformedMultipartError,
    MissingFileError,
    PayloadTooLargeError,
    QueueFullError,
    RateLimitedError,
    RequestTimeoutError,
    ScreeningError,
    StoreUnavailableError,
    TooManyWaitingError,
    UnknownModelError,
    UnsupportedFormatError,
    UploadsFullError,
    WebhookSecretMissingError,
)
from shared.job import JobId, Owner
from shared.store.idempotency import Made, Reservation, in_progress
from shared.store.records import StoredJob
from shared.store.submissions import Once
from shared.telemetry.logs import fields

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], route_class=DirectRoute)
logger = logging.getLogger(__name__)


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    operation_id="createJob",
    summary="Send a recording",
    response_model=JobView,
    responses={
        200: {
            "description": "The job, which ended within the wait that was asked for, or "
            "which the same `Idempotency-Key` had made before",
            "model": JobView,
            "headers": {
                "Location": LOCATION,
                "ETag": ETAG,
                "Preference-Applied": PREFERENCE_APPLIED,
                "Retry-After": RETRY_AFTER,
                "Idempotency-Replayed": REPLAYED,
            },
            "links": JOB_LINKS,
        },
        202: {
            "description": "Accepted: the job and its recording are stored, and it will end",
            "headers": {
                "Location": LOCATION,
                "ETag": ETAG,
                "Retry-After": RETRY_AFTER,
            },
            "links": JOB_LINKS,
        },
        **responses(
            MalformedMultipartError,
            InvalidIdempotencyKeyError,
            IdempotencyInProgressError,
            RequestTimeoutError,
            PayloadTooLargeError,
            UnsupportedFormatError,
            MissingFileError,
            EmptyFileError,
            InvalidOptionError,
            InvalidWebhookUrlError,
            WebhookSecretMissingError,
            UnknownModelError,
            IdempotencyKeyReusedError,
            RateLimitedError,
            TooManyWaitingError,
            QueueFullError,
            UploadsFullError,
            StoreUnavailableError,
        ),
    },
    openapi_extra={"requestBody": REQUEST_BODY, "parameters": [PREFER, IDEMPOTENCY_KEY]},
)
async def create_job(request: Request, owner: OwnerDep) -> Response:
    """Queue a recording for diagnosis. Poll the job at `Location` until it has ended.

    With `Prefer: wait=N` the answer is `200` and the ended job, if it ends within N seconds. With
    an `Idempotency-Key` that has made a job before, it is `200` and that job.
    """
    context = context_of(request)
    wait, key = wait_asked(request), idempotency_key(request)
    async with reserved(context, owner, key) as claim:
        upload = await read_upload(request, context.settings.max_upload_bytes)
        if isinstance(claim, Made):
            stored = await _made_before(context, owner, claim, upload)
        else:
            stored = await _accept(context, owner, upload, claim)
        del upload
    forget_body(request.scope)
    replayed = isinstance(claim, Made)
    if wait:
        stored = await _wait(context, stored, wait)
    headers = {"Location": f"/v1/jobs/{stored.job.id}"}
    if wait and has_ended(stored):
        headers |= applied(wait)
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    code = status.HTTP_200_OK if replayed or has_ended(stored) else status.HTTP_202_ACCEPTED
    return job_response(stored, code, headers)


async def _accept(
    context: Context, owner: Owner, upload: Upload, reservation: Reservation | None
) -> StoredJob:
    model = context.model_for(upload.model)
    context.check_webhook(owner, upload.options)
    once = None
    if reservation is not None:
        once = Once(reservation, await anyio.to_thread.run_sync(fingerprint, upload))
    stored = await context.submissions.create(
        owner, upload.data, upload.format, model, upload.options, once
    )
    size = len(upload.data)
    its = fields(job_id=stored.job.id)
    text = "job %s: accepted for %s, %s, %d bytes"
    logger.info(text, stored.job.id, model, upload.format, size, extra=its)
    return stored


async def _made_before(context: Context, owner: Owner, made: Made, upload: Upload) -> StoredJob:
    if await anyio.to_thread.run_sync(fingerprint, upload) != made.fingerprint:
        raise IdempotencyKeyReusedError("Take a new key for a new recording or other options")
    try:
        return await context.submissions.read(owner, made.job_id)
    except JobNotFoundError as error:  # deleted in this moment, and the key with it
        raise in_progress() from error


async def _wait(context: Context, stored: StoredJob, seconds: int) -> StoredJob:
    try:
        return await wait_for(context, stored.owner, JobId(stored.job.id), seconds, has_ended)
    except ScreeningError:  # it is accepted all the same, and we must not say otherwise
        return stored
