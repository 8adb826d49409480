"""`/v1/health`: is the process alive, and can the service do its work?"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.context import ContextDep
from shared.errors import StoreUnavailableError
from shared.store.submissions import Health

router = APIRouter(prefix="/v1/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: str = Field(default="alive")


class Ready(BaseModel):
    """Whether a recording sent now would be diagnosed, and if not, what is missing."""

    ready: bool
    redis_answers: bool
    redis_persists: bool = Field(description="Append-only file on and written without error")
    redis_takes_writes: bool
    worker_consumes: bool = Field(description="A worker took a message from the queue of late")
    waiting_jobs: int | None
    worker_age_s: float | None = Field(description="Since a worker last took a message")


@router.get("/live", operation_id="getLive", summary="Is the gateway alive?")
async def live() -> Live:
    """Says only that the process answers; it asks nobody else."""
    return Live()


@router.get(
    "/ready",
    operation_id="getReady",
    summary="Can the service diagnose?",
    response_model=Ready,
    responses={
        503: {
            "description": "Not ready; the body says why",
            "model": Ready,
            "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}},
        }
    },
)
async def ready(context: ContextDep) -> JSONResponse:
    """Ready when Redis answers, persists and takes writes, and a worker consumes."""
    try:
        health = await context.submissions.health()
    except StoreUnavailableError:
        body = _judge(None, context.settings.heartbeat_max_age_s)
    else:
        body = _judge(health, context.settings.heartbeat_max_age_s)
    headers = None if body.ready else {"Retry-After": "5"}
    return JSONResponse(body.model_dump(), 200 if body.ready else 503, headers)


def _judge(health: Health | None, heartbeat_max_age_s: float) -> Ready:
    if health is None:
        return Ready(
            ready=False,
            redis_answers=False,
            redis_persists=False,
            redis_takes_writes=False,
            worker_consumes=False,
            waiting_jobs=None,
            worker_age_s=None,
        )
    age = health.worker_age_s
    consumes = age is not None and age <= heartbeat_max_age_s
    return Ready(
        ready=health.persists and health.takes_writes and consumes,
        redis_answers=True,
        redis_persists=health.persists,
        redis_takes_writes=health.takes_writes,
        worker_consumes=consumes,
        waiting_jobs=health.waiting_jobs,
        worker_age_s=None if age is None else round(age, 2),
    )
