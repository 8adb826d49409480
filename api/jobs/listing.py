"""`GET /v1/jobs`: the caller's own jobs, newest first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.access import OwnerDep
from api.context import ContextDep
from api.jobs.views import JobView, view
from api.problems import responses
from shared.errors import InvalidCursorError, InvalidRequestError, StoreUnavailableError
from shared.job import JobStatus
from shared.store.listing import Cursor

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


class JobPage(BaseModel):
    """Some jobs, and how to get more."""

    jobs: list[JobView] = Field(description="The newest first")
    next: str | None = Field(
        description="The `cursor` of the next page; null: this is the last",
        examples=["MTc5NTU2MDcyMTAwMDowYjNkZTk0YjJjMTM0YTVmOWYxZDRjMGYxYjdhMmU1NQ"],
    )


@router.get(
    "",
    operation_id="listJobs",
    summary="List your jobs",
    response_model=JobPage,
    responses={
        200: {
            "description": "A page; each job as it stands",
            "links": {
                "getJob": {
                    "operationId": "getJob",
                    "parameters": {"job_id": "$response.body#/jobs/0/id"},
                }
            },
        },
        **responses(InvalidCursorError, InvalidRequestError, StoreUnavailableError),
    },
)
async def list_jobs(
    context: ContextDep,
    owner: OwnerDep,
    limit: Annotated[int, Query(ge=1, le=100, description="Jobs on a page, at most")] = 20,
    cursor: Annotated[
        str | None, Query(description="Where to go on: `next` of the page before")
    ] = None,
    status: Annotated[JobStatus | None, Query(description="Only jobs in this state")] = None,
    model: Annotated[
        str | None,
        Query(
            description="Only jobs for this `name@version`, or for any version of this `name`",
            examples=["sick-sounds"],
        ),
    ] = None,
) -> Response:
    """Your jobs, newest first, as long as they are kept.

    A page may have fewer jobs than `limit`, even none, when the filters let few through: there may
    be more as long as `next` is not null. Research software, not a medical device.
    """
    after = None if cursor is None else Cursor.parse(cursor)
    page = await context.listing.page(owner, limit, after, status, model)
    body = JobPage(
        jobs=[view(stored) for stored in page.jobs],
        next=None if page.next is None else str(page.next),
    )
    return Response(body.model_dump_json(by_alias=True), media_type="application/json")
