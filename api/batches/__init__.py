"""`/v1/batches`: send several recordings in one request, and get their diagnoses in one answer."""

from __future__ import annotations

from fastapi import APIRouter

from api.batches import create, read, results

router = APIRouter()
for part in (create, read, results):
    router.routes.extend(part.router.routes)  # one level: each costs every request some time
