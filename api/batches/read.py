"""`GET /v1/batches/{id}`: what has become of each file."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.access import OwnerDep
from api.batches.views import BatchView, batch_view
from api.context import ContextDep
from api.jobs.views import RETRY_AFTER, RETRY_AFTER_S
from api.problems import responses
from shared.errors import BatchNotFoundError, StoreUnavailableError
from shared.store.batches import BatchId

router = APIRouter(prefix="/v1/batches", tags=["batches"])


@router.get(
    "/{batch_id}",
    operation_id="getBatch",
    summary="Poll a batch",
    response_model=BatchView,
    responses={
        200: {"description": "The batch as it stands", "headers": {"Retry-After": RETRY_AFTER}},
        **responses(BatchNotFoundError, StoreUnavailableError),
    },
)
async def get_batch(batch_id: BatchId, context: ContextDep, owner: OwnerDep) -> Response:
    """How many files are in which state, and which."""
    view = batch_view(await context.batches.read(owner, batch_id))
    headers = {} if view.ended else {"Retry-After": str(RETRY_AFTER_S)}
    body = view.model_dump_json(by_alias=True)
    return Response(body, headers=headers, media_type="application/json")
