"""Which secrets sign an owner's webhooks."""

from __future__ import annotations

import redis.asyncio

from shared.job import ANONYMOUS, Owner
from shared.settings import Settings
from shared.store.api_keys import signing_secrets


class SigningSecrets:
    """An API key's own, and the settings' for what came without a key."""

    def __init__(self, client: redis.asyncio.Redis, settings: Settings) -> None:
        self._redis = client
        self._anonymous = [secret.get_secret_value() for secret in settings.webhook_secrets]

    async def of(self, owner: Owner) -> list[str]:
        """The owner's valid secrets, the newest first; none: nothing can be signed.

        Raises:
            redis.RedisError: Redis is away.
        """
        if owner == ANONYMOUS:
            return self._anonymous
        return await signing_secrets(self._redis, owner)
