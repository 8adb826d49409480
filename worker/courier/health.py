"""`python -m worker.courier.health`: is this machine's courier on its rounds? Exit status 0 if so.

A courier that does has a key in Redis, which expires unless it is renewed.
"""

from __future__ import annotations

import asyncio
import socket
import sys

import redis
import redis.asyncio

from shared.settings import Settings, get_settings
from shared.store import keys
from shared.store.client import connect


class Pulse:
    """Renews this machine's key, when a third of its life is over."""

    def __init__(self, client: redis.asyncio.Redis, settings: Settings) -> None:
        self._redis = client
        self._ttl_s = settings.heartbeat_max_age_s
        self._renew_at = 0.0

    async def beat(self) -> None:
        """Renew it, if it is time.

        Raises:
            redis.RedisError: Redis is away.
        """
        now = asyncio.get_running_loop().time()
        if now >= self._renew_at:
            await self._redis.set(keys.courier_key(socket.gethostname()), 1, ex=self._ttl_s)
            self._renew_at = now + self._ttl_s / 3


def main() -> int:
    """Ask Redis for the key."""
    try:
        alive = connect(get_settings()).exists(keys.courier_key(socket.gethostname()))
    except redis.RedisError as error:
        print(f"Redis is away: {type(error).__name__}", file=sys.stderr)
        return 1
    if not alive:
        print("the courier of this machine is not on its rounds", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
