"""What the endpoints share: settings, the models' cards, the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.changes import Changes
from shared.bundle import Card
from shared.catalogue import Catalogue
from shared.errors import WebhookSecretMissingError
from shared.job import ANONYMOUS, ModelReference, Options, Owner
from shared.settings import Settings
from shared.store.access import Access
from shared.store.batches import Batches
from shared.store.delivery_log import DeliveryLog
from shared.store.idempotency import Idempotency
from shared.store.listing import Listing
from shared.store.pictures import KeptPictures
from shared.store.submissions import Submissions


@dataclass(frozen=True, slots=True)
class Context:
    """Made once per app, before it serves."""

    settings: Settings
    default: Card
    catalogue: Catalogue
    access: Access
    submissions: Submissions
    listing: Listing
    batches: Batches
    idempotency: Idempotency
    deliveries: DeliveryLog
    pictures: KeptPictures
    changes: Changes

    def model_for(self, asked: str | None) -> ModelReference:
        """The model that was asked for, or the default.

        Raises:
            UnknownModelError: there is none such.
        """
        card = self.default if asked is None else self.catalogue.find(asked)
        return ModelReference.parse(card.reference)

    def check_webhook(self, owner: Owner, options: Options) -> None:
        """Refuse a webhook that nothing could sign. An API key always has a secret of its own.

        Raises:
            WebhookSecretMissingError: it is nobody's key's, and the settings have no secret.
        """
        if options.webhook_url and owner == ANONYMOUS and not self.settings.webhook_secrets:
            raise WebhookSecretMissingError("Send an API key, or set the service's WEBHOOK_SECRETS")


def context_of(request: Request) -> Context:
    """The context of the app that serves the request."""
    return cast(Context, request.app.state.context)


async def _context(request: Request) -> Context:
    return context_of(request)


ContextDep = Annotated[Context, Depends(_context)]
