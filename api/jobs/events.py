"""`GET /v1/jobs/{id}/events`: the job's changes as they happen, as Server-Sent Events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from fastapi.sse import EventSourceResponse

from api.access import OwnerDep
from api.context import Context, ContextDep
from api.jobs.views import view
from api.problems import responses
from api.waiting import has_ended
from shared.errors import JobNotFoundError, StoreUnavailableError
from shared.job import JobId, Owner
from shared.store.records import StoredJob

_HEARTBEAT = ": still there\n\n"
# OpenAPI 3.1 has no word for what is in a stream: the examples show it.
_EVENTS: dict[str, Any] = {"description": "Server-Sent Events"}
router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get(
    "/{job_id}/events",
    operation_id="followJob",
    summary="Follow a job",
    response_class=Response,
    responses={
        200: {
            "description": "One event `job` for each change, its `id` the job's version and its "
            "`data` the job; the stream ends with the job",
            "content": {"text/event-stream": {"schema": _EVENTS}},
            "headers": {
                "X-Accel-Buffering": {
                    "schema": {"type": "string"},
                    "description": "`no`: a proxy is to pass each event on at once",
                }
            },
        },
        204: {"description": "The job has ended, and `Last-Event-ID` says that you know it"},
        **responses(JobNotFoundError, StoreUnavailableError),
    },
)
async def follow_job(
    job_id: JobId,
    context: ContextDep,
    owner: OwnerDep,
    last_event_id: Annotated[
        str | None, Header(description="The last event that you have", examples=["1"])
    ] = None,
) -> Response:
    """Each change of the job's state, from the first on, or from the one after `Last-Event-ID`.

    While nothing changes, comment lines keep the connection alive.
    """
    known = _version(last_event_id)
    stored = await context.submissions.read(owner, job_id)
    if has_ended(stored) and known >= stored.version:
        return Response(status_code=204)  # which tells an EventSource not to come back
    events = _events(context, owner, job_id, min(known, stored.version))
    # Proxies are not to keep events back, nor anybody to keep them.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(events, headers=headers)


def _version(last_event_id: str | None) -> int:
    """The version in our event ids; 0: none, and whatever is not ours."""
    if last_event_id and last_event_id.isascii() and last_event_id.isdecimal():
        return int(last_event_id[:9])
    return 0


async def _events(context: Context, owner: Owner, job_id: JobId, known: int) -> AsyncIterator[str]:
    with context.changes.watch(job_id) as watch:
        while not context.changes.stopping:
            try:
                stored = await context.submissions.read(owner, job_id)
            except (JobNotFoundError, StoreUnavailableError):
                return  # deleted, or for a while unknown: whoever comes back is told which
            for version in range(known + 1, stored.version + 1):
                yield _event(stored, version)
            known = stored.version
            if has_ended(stored):
                return
            while not await watch.changed(context.settings.event_heartbeat_s):
                yield _HEARTBEAT


def _event(stored: StoredJob, version: int) -> str:
    data = view(stored.at(version)).model_dump_json(by_alias=True)
    return f"id: {version}\nevent: job\ndata: {data}\n\n"
