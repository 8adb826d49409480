"""`POST /v1/jobs`: accept a recording."""

from __future__ import annotations

import logging

import anyio.to_thread
from fastapi import APIRouter, Request, Response, status
from kombu.exceptions import OperationalError

from api.access import OwnerDep
from api.context import Context, ContextDep
from api.jobs.views import ETAG, LOCATION, RETRY_AFTER, JobView, job_response
from api.preferences import PREFERENCE_APPLIED, WaitDep, applied
from api.problems import responses
from api.uploads import REQUEST_BODY, read_upload
from api.waiting import has_ended, wait_for
from shared.errors import (
    EmptyFileError,
    InvalidOptionError,
    InvalidWebhookUrlError,
    MalformedMultipartError,
    MissingFileError,
    PayloadTooLargeError,
    QueueFullError,
    ScreeningError,
    StoreUnavailableError,
    UnknownModelError,
    UnsupportedFormatError,
    WebhookSecretMissingError,
)
from shared.job import JobId, ModelReference
from shared.queue import send_job
from shared.store.records import StoredJob

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
logger = logging.getLogger(__name__)


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    operation_id="createJob",
    summary="Send a recording",
    response_model=JobView,
    responses={
        200: {
            "description": "The job, which ended within the wait that was asked for",
            "model": JobView,
            "headers": {
                "Location": LOCATION,
                "ETag": ETAG,
                "Preference-Applied": PREFERENCE_APPLIED,
            },
        },
        202: {
            "description": "Accepted: the job and its recording are stored, and it will end",
            "headers": {
                "Location": LOCATION,
                "ETag": ETAG,
                "Retry-After": RETRY_AFTER,
            },
        },
        **responses(
            MalformedMultipartError,
            PayloadTooLargeError,
            UnsupportedFormatError,
            MissingFileError,
            EmptyFileError,
            InvalidOptionError,
            InvalidWebhookUrlError,
            WebhookSecretMissingError,
            UnknownModelError,
            QueueFullError,
            StoreUnavailableError,
        ),
    },
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def create_job(
    request: Request, context: ContextDep, owner: OwnerDep, wait: WaitDep
) -> Response:
    """Queue a recording for diagnosis. Poll the job at `Location` until it has ended.

    With `Prefer: wait=N` the answer is `200` and the ended job, if it ends within N seconds.
    """
    upload = await read_upload(request, context.settings.max_upload_bytes)
    card = context.default if upload.model is None else context.catalogue.find(upload.model)
    model = ModelReference.parse(card.reference)
    stored = await context.submissions.create(
        owner, upload.data, upload.format, model, upload.options
    )
    job_id = JobId(stored.job.id)
    size = len(upload.data)
    logger.info("job %s: accepted for %s, %s, %d bytes", job_id, model, upload.format, size)
    await _queue(context, job_id)
    headers = {"Location": f"/v1/jobs/{job_id}"}
    if wait:
        stored = await _wait(context, stored, wait)
    if has_ended(stored):
        return job_response(stored, status.HTTP_200_OK, {**headers, **applied(wait)})
    return job_response(stored, status.HTTP_202_ACCEPTED, headers)


async def _wait(context: Context, stored: StoredJob, seconds: int) -> StoredJob:
    try:
        return await wait_for(context, stored.owner, JobId(stored.job.id), seconds, has_ended)
    except ScreeningError:  # it is accepted all the same, and we must not say otherwise
        return stored


async def _queue(context: Context, job_id: JobId) -> None:
    try:
        await anyio.to_thread.run_sync(send_job, context.celery, job_id)
    except OperationalError as error:
        # The job is stored, so it is accepted: recovery finds it without a message and sends one.
        logger.warning("job %s is stored but not yet queued: %s", job_id, type(error).__name__)
