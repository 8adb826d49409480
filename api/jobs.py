"""`/v1/jobs`: send a recording, poll its diagnosis, delete both."""

from __future__ import annotations

import logging

import anyio.to_thread
from fastapi import APIRouter, Request, Response, status
from kombu.exceptions import OperationalError
from pydantic import BaseModel, Field

from api.context import ContextDep
from api.problems import responses
from api.uploads import REQUEST_BODY, read_upload
from shared.errors import (
    EmptyFileError,
    JobNotFoundError,
    MalformedMultipartError,
    MissingFileError,
    PayloadTooLargeError,
    QueueFullError,
    StoreUnavailableError,
    UnknownModelError,
    UnsupportedFormatError,
)
from shared.job import Job, JobId, ModelReference
from shared.queue import send_job

RETRY_AFTER_S = 1

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
logger = logging.getLogger(__name__)

_RETRY_AFTER = {
    "schema": {"type": "integer"},
    "description": "Seconds to wait before the next poll; while the job has not ended",
}


class Links(BaseModel):
    """Where to go from here."""

    self: str = Field(examples=["/v1/jobs/0b3de94b2c134a5f9f1d4c0f1b7a2e55"])


class JobView(Job):
    """A job, as the API shows it."""

    links: Links


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    operation_id="createJob",
    summary="Send a recording",
    responses={
        202: {
            "description": "Accepted: the job and its recording are stored, and it will end",
            "headers": {
                "Location": {"schema": {"type": "string"}, "description": "The job's URL"},
                "Retry-After": _RETRY_AFTER,
            },
        },
        **responses(
            MalformedMultipartError,
            PayloadTooLargeError,
            UnsupportedFormatError,
            MissingFileError,
            EmptyFileError,
            UnknownModelError,
            QueueFullError,
            StoreUnavailableError,
        ),
    },
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def create_job(request: Request, response: Response, context: ContextDep) -> JobView:
    """Queue a recording for diagnosis. Poll the job at `Location` until it has ended."""
    upload = await read_upload(request, context.settings.max_upload_bytes)
    card = context.default if upload.model is None else context.catalogue.find(upload.model)
    model = ModelReference.parse(card.reference)
    job = await context.submissions.create(upload.data, upload.format, model)
    size = len(upload.data)
    logger.info("job %s: accepted for %s, %s, %d bytes", job.id, model, upload.format, size)
    try:
        await anyio.to_thread.run_sync(send_job, context.celery, JobId(job.id))
    except OperationalError as error:
        # The job is stored, so it is accepted: recovery finds it without a message and sends one.
        logger.warning("job %s is stored but not yet queued: %s", job.id, type(error).__name__)
    view = _view(job)
    response.headers["Location"] = view.links.self
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return view


@router.get(
    "/{job_id}",
    operation_id="getJob",
    summary="Poll a job",
    responses={
        200: {"description": "The job as it stands", "headers": {"Retry-After": _RETRY_AFTER}},
        **responses(JobNotFoundError, StoreUnavailableError),
    },
)
async def get_job(job_id: JobId, response: Response, context: ContextDep) -> JobView:
    """The job. `result` is there when it succeeded, `error` when it failed.

    Research software, not a medical device: `sick` means "this sounds like the coughs and sneezes
    labelled sick in the training data".
    """
    job = await context.submissions.read(job_id)
    if not job.status.terminal:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return _view(job)


@router.delete(
    "/{job_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    operation_id="deleteJob",
    summary="Delete a job",
    responses=responses(JobNotFoundError, StoreUnavailableError),
)
async def delete_job(job_id: JobId, context: ContextDep) -> None:
    """Delete the job, its recording and its result, whatever its state."""
    await context.submissions.delete(job_id)


def _view(job: Job) -> JobView:
    return JobView.model_construct(**dict(job), links=Links(self=f"/v1/jobs/{job.id}"))
