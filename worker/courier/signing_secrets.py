"""Which secrets sign an owner's webhooks."""

from __future__ import annotations

from shared.job import ANONYMOUS, Owner
from shared.settings import Settings


class SigningSecrets:
    """The settings' for what came without a key."""

    def __init__(self, settings: Settings) -> None:
        self._anonymous = [secret.get_secret_value() for secret in settings.webhook_secrets]

    async def of(self, owner: Owner) -> list[str]:
        """The owner's valid secrets, the newest first; none: nothing can be signed."""
        return self._anonymous if owner == ANONYMOUS else []
