"""`/v1/models`: the cards of the bundles that are served."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.context import ContextDep
from shared.bundle import Card

router = APIRouter(prefix="/v1/models", tags=["models"])


class Models(BaseModel):
    """What diagnoses here, and all that is known of it."""

    default: str = Field(description="name@version", examples=["sick-sounds@1.0.0"])
    models: list[Card]


@router.get("", operation_id="listModels", summary="The models served")
async def list_models(context: ContextDep) -> Models:
    """Each model's card: data, figures with their confidence intervals, limits."""
    return Models(default=context.card.reference, models=[context.card])
