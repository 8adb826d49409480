"""`/v1/jobs`: send a recording, follow its job, delete both."""

from __future__ import annotations

from fastapi import APIRouter

from api.jobs import cancel, create, deletion, deliveries, events, listing, pictures, read

router = APIRouter()
for part in (create, listing, read, events, pictures, deliveries, cancel, deletion):
    router.routes.extend(part.router.routes)  # one level: each costs every request some time
