"""`GET /v1/jobs/{id}/deliveries`: how far we are with telling the job's webhook."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.access import OwnerDep
from api.context import ContextDep
from api.problems import responses
from shared.errors import JobNotFoundError, StoreUnavailableError
from shared.job import JobId
from shared.webhooks import Delivery

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


class DeliveriesView(BaseModel):
    """The deliveries of one job's webhook."""

    deliveries: list[Delivery]


@router.get(
    "/{job_id}/deliveries",
    operation_id="listDeliveries",
    summary="See how a job's webhook was told",
    response_description="One delivery, of the job's end; none before it, or without a webhook",
    responses=responses(JobNotFoundError, StoreUnavailableError),
)
async def list_deliveries(job_id: JobId, context: ContextDep, owner: OwnerDep) -> DeliveriesView:
    """Each attempt with its time and the status or error it met, and when the next one is due."""
    return DeliveriesView(deliveries=await context.deliveries.read(owner, job_id))
