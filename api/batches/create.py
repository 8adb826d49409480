"""`POST /v1/batches`: accept up to 100 recordings, each for itself."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request, Response, status

from api.access import OwnerDep
from api.batches.views import BATCH_LINKS, BatchView, batch_view
from api.context import Context, ContextDep
from api.forms import File
from api.jobs.views import LOCATION
from api.problems import responses
from api.uploads import BATCH_BODY, BatchUpload, read_batch, read_recording
from shared.errors import (
    InvalidOptionError,
    InvalidWebhookUrlError,
    MalformedMultipartError,
    MissingFileError,
    PayloadTooLargeError,
    RequestTimeoutError,
    ScreeningError,
    StoreUnavailableError,
    TooManyFilesError,
    UnknownModelError,
    UploadsFullError,
    WebhookSecretMissingError,
)
from shared.job import ModelReference, Owner
from shared.store.batches import BatchId, Place, new_batch_id

router = APIRouter(prefix="/v1/batches", tags=["batches"])
logger = logging.getLogger(__name__)


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    operation_id="createBatch",
    summary="Send several recordings",
    response_model=BatchView,
    responses={
        202: {
            "description": "Each file has become a job or was refused, and the answer says which",
            "headers": {"Location": LOCATION | {"description": "The batch's URL"}},
            "links": BATCH_LINKS,
        },
        **responses(
            MalformedMultipartError,
            RequestTimeoutError,
            PayloadTooLargeError,
            MissingFileError,
            TooManyFilesError,
            InvalidOptionError,
            InvalidWebhookUrlError,
            WebhookSecretMissingError,
            UnknownModelError,
            UploadsFullError,
            StoreUnavailableError,
        ),
    },
    openapi_extra={"requestBody": BATCH_BODY},
)
async def create_batch(request: Request, context: ContextDep, owner: OwnerDep) -> Response:
    """Queue each recording for diagnosis, all with the same options.

    A file that cannot be taken, as `POST /v1/jobs` would not take it, keeps no other from being
    taken: look at the `status` and the `problem` of each.
    """
    upload = await read_batch(request, context.settings.max_batch_bytes)
    model = context.model_for(upload.model)
    context.check_webhook(owner, upload.options)
    batch_id = new_batch_id()
    refused = await _accept_each(context, owner, batch_id, upload, model)
    count = len(upload.files)
    await context.batches.seal(owner, batch_id, count, refused)
    logger.info("batch %s: %d of %d accepted", batch_id, count - len(refused), count)
    view = batch_view(await context.batches.read(owner, batch_id))
    body = view.model_dump_json(by_alias=True)
    headers = {"Location": view.links.self}
    return Response(body, status.HTTP_202_ACCEPTED, headers, media_type="application/json")


async def _accept_each(
    context: Context, owner: Owner, batch_id: BatchId, upload: BatchUpload, model: ModelReference
) -> dict[int, ScreeningError]:
    """Make a job of each file; those that were refused, by index, and why.

    Raises:
        StoreUnavailableError: Redis was away from the first file on.
    """
    refused: dict[int, ScreeningError] = {}
    away: StoreUnavailableError | None = None
    for index, file in enumerate(upload.files):
        if away is not None:
            refused[index] = away
            continue
        try:
            await _accept(context, owner, file, upload, model, Place(batch_id, index))
        except StoreUnavailableError as error:
            if len(refused) == index:  # no file was accepted yet
                raise
            refused[index] = away = error
        except ScreeningError as error:
            refused[index] = error
    return refused


async def _accept(
    context: Context,
    owner: Owner,
    file: File | str,
    upload: BatchUpload,
    model: ModelReference,
    place: Place,
) -> None:
    data, audio_format = read_recording(file, context.settings.max_upload_bytes)
    await context.submissions.create(owner, data, audio_format, model, upload.options, place=place)
