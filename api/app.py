"""The gateway's app factory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.types import ASGIApp

from api import batches, health, jobs, models
from api.answer_headers import AnswerHeaders
from api.bodies import Bodies
from api.changes import Changes
from api.context import Context
from api.cross_origin import with_cross_origin
from api.documentation import add_documentation
from api.observation import Observation
from api.openapi import TAGS, VERSION, complete_openapi
from api.page.serving import add_page
from api.problems import add_problem_handlers
from api.production import refuse_insecure
from api.webhook_call import declare_webhook
from shared.bundle import DISCLAIMER, read_card
from shared.catalogue import read_catalogue
from shared.job import ModelReference
from shared.queue import job_messages, make_celery
from shared.settings import Settings, get_settings
from shared.store.access import Access
from shared.store.batches import Batches
from shared.store.delivery_log import DeliveryLog
from shared.store.idempotency import Idempotency
from shared.store.listing import Listing
from shared.store.pictures import KeptPictures
from shared.store.submissions import Submissions

DESCRIPTION = f"""\
A recording of a cough goes in, a diagnosis (`sick` / `not sick` and a score) comes out.

1. `POST /v1/jobs` with the recording in the form field `file` answers `202` and the job. Another
   model than the default is asked for in the form field `model`.
2. `GET /v1/jobs/{{id}}` until `status` is `succeeded`, `failed` or `canceled`; wait `Retry-After`
   seconds in between.

With `Prefer: wait=30` either answers when the job has ended, after 30 seconds at the latest.

In production each request carries an API key (`Authorization: Bearer cough_...`), which sees its
own jobs only.

**{DISCLAIMER}**

Errors are `application/problem+json` (RFC 9457) with a stable `code`. Every answer carries
`X-Request-Id`, yours if you send one, by which whoever runs this finds it in the logs.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the gateway.

    Raises:
        InsecureSettingsError: in production, with a setting that leaves a door open.
        BundleError: the configured model has no usable card.
    """
    settings = settings or get_settings()
    refuse_insecure(settings)
    model = ModelReference.parse(settings.model)
    default = read_card(settings.models_dir / model.name / model.version)
    catalogue = read_catalogue(settings.models_dir)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        celery = make_celery(settings)  # never connects: the store puts messages on the queue
        submissions = Submissions(settings, job_messages(celery))
        changes = Changes(submissions.redis)
        app.state.context = Context(
            settings=settings,
            default=default,
            catalogue=catalogue,
            access=Access(submissions.redis, settings.rate_limit_per_minute),
            submissions=submissions,
            listing=Listing(submissions.redis),
            idempotency=Idempotency(submissions.redis),
            batches=Batches(settings, submissions.redis),
            deliveries=DeliveryLog(submissions.redis),
            pictures=KeptPictures(submissions.redis),
            changes=changes,
        )
        listening = asyncio.create_task(changes.listen())
        yield
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await submissions.close()

    app = FastAPI(
        title="Cough screening",
        # All on one level, and first: each router in between costs every request some time.
        routes=[route for part in (jobs, batches, models, health) for route in part.router.routes],
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=lifespan,
        docs_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redoc_url=None,
        # Its own spans and logs carry paths, queries and the texts of exceptions.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    add_documentation(app)
    add_problem_handlers(app)
    add_page(app, settings)
    declare_webhook(app)
    complete_openapi(app, default.reference, catalogue, settings)
    _wrap(app, settings)
    return app


def _wrap(app: FastAPI, settings: Settings) -> None:
    """Put what every answer has around all else, the answer to an exception of ours included."""
    build = app.build_middleware_stack

    def build_and_wrap() -> ASGIApp:
        bounded = Bodies(build(), settings.body_timeout_s, settings.max_incoming_bytes)
        inner = with_cross_origin(bounded, settings)
        return Observation(AnswerHeaders(inner, production=settings.production))

    app.build_middleware_stack = build_and_wrap  # type: ignore[method-assign]
