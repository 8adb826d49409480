"""`GET /v1/jobs/{id}`: the job as it stands."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.access import OwnerDep
from api.context import context_of
from api.direct_route import DirectRoute
from api.entity_tags import IF_NONE_MATCH, known_tags
from api.jobs.views import (
    ETAG,
    RETRY_AFTER,
    JobView,
    entity_tag,
    job_response,
    unchanged_response,
)
from api.preferences import PREFER, PREFERENCE_APPLIED, applied, wait_asked
from api.problems import responses
from api.waiting import has_ended, wait_for
from shared.errors import JobNotFoundError, StoreUnavailableError
from shared.job import JobId
from shared.store.records import StoredJob

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], route_class=DirectRoute)


@router.get(
    "/{job_id}",
    operation_id="getJob",
    summary="Poll a job",
    response_model=JobView,
    responses={
        200: {
            "description": "The job as it stands",
            "headers": {
                "ETag": ETAG,
                "Retry-After": RETRY_AFTER,
                "Preference-Applied": PREFERENCE_APPLIED,
            },
        },
        304: {
            "description": "You have the job as it stands: its `ETag` is in `If-None-Match`",
            "headers": {"ETag": ETAG, "Retry-After": RETRY_AFTER},
        },
        **responses(JobNotFoundError, StoreUnavailableError),
    },
    openapi_extra={"parameters": [PREFER, IF_NONE_MATCH]},
)
async def get_job(request: Request, job_id: JobId, owner: OwnerDep) -> Response:
    """The job. `result` is there when it succeeded, `error` when it failed.

    Research software, not a medical device: `sick` means "this sounds like the coughs and sneezes
    labelled sick in the training data".

    With `Prefer: wait=N` the answer comes when the job has ended, or, with `If-None-Match` as well,
    when it has changed from what you have.
    """
    wait, known = wait_asked(request), known_tags(request)

    def enough(stored: StoredJob) -> bool:
        return has_ended(stored) or (bool(known) and entity_tag(stored) not in known)

    context = context_of(request)
    stored = await wait_for(context, owner, job_id, wait, enough)
    headers = applied(wait) if wait and enough(stored) else {}
    if entity_tag(stored) in known:
        return unchanged_response(stored)
    return job_response(stored, headers=headers)
