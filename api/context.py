"""What the endpoints share: settings, the models' cards, the store and the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from celery import Celery
from fastapi import Depends, Request

from api.changes import Changes
from shared.bundle import Card
from shared.catalogue import Catalogue
from shared.settings import Settings
from shared.store.batches import Batches
from shared.store.idempotency import Idempotency
from shared.store.listing import Listing
from shared.store.submissions import Submissions


@dataclass(frozen=True, slots=True)
class Context:
    """Made once per app, before it serves."""

    settings: Settings
    default: Card
    catalogue: Catalogue
    submissions: Submissions
    listing: Listing
    batches: Batches
    idempotency: Idempotency
    changes: Changes
    celery: Celery


async def _context(request: Request) -> Context:
    return cast(Context, request.app.state.context)


ContextDep = Annotated[Context, Depends(_context)]
