"""`/v1/models`: the cards of the bundles that may be asked for."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.access import NEEDS_KEY
from api.context import ContextDep
from shared.bundle import Card
from shared.settings import Settings

router = APIRouter(prefix="/v1/models", tags=["models"], dependencies=[NEEDS_KEY])


class Models(BaseModel):
    """What diagnoses here, and all that is known of it."""

    default: str = Field(
        description="name@version of the model that diagnoses unless another is asked for",
        examples=[Settings.model_fields["model"].default],
    )
    models: list[Card] = Field(description="The default first, then by name, newest first")


@router.get("", operation_id="listModels", summary="The models that may be asked for")
async def list_models(context: ContextDep) -> Models:
    """Each model's card: caveat, data, figures with their confidence intervals, limits."""
    default = context.default
    others = [card for card in context.catalogue.cards if card.reference != default.reference]
    return Models(default=default.reference, models=[default, *others])
