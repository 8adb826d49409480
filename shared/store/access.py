"""The gateway's look at an API key: is it one, and may it ask now? One round trip to Redis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import redis.asyncio

from shared.store import keys
from shared.store.client import unavailable_when_redis_fails
from shared.store.rate_limit import TAKE

SAME: Final = """
local function same(one, other)
  if #one ~= #other then return false end
  local difference = 0
  for place = 1, #one, 8 do  -- hexadecimal: 32 bits at a time
    local these = tonumber(one:sub(place, place + 7), 16)
    local those = tonumber(other:sub(place, place + 7), 16)
    difference = bit.bor(difference, bit.bxor(these, those))
  end
  return difference == 0
end
"""

# KEYS: the keys, this key's room. ARGV: id, digest of the secret, the service's limit. Returns
# nothing (no such key, not its secret, or revoked), or limit, let through, left, microseconds to
# wait. Secrets are compared in the same time wherever they differ, and before anything is counted:
# who knows an id alone can use up nothing.
_ADMIT: Final = (
    TAKE
    + SAME
    + """
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then return false end
local key = cjson.decode(record)
if not same(key.digest, ARGV[2]) or key.revoked_at then return false end
local limit = key.per_minute or tonumber(ARGV[3])
if limit == 0 then return {0, 1, 0, 0} end

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local full, through, left, wait = take(tonumber(redis.call('GET', KEYS[2])), now, limit)
-- In memory only: a request that merely reads is not to wait for the append-only file. And should
-- Redis be full, reading goes on, unlimited.
redis.set_repl(redis.REPL_NONE)
redis.pcall('SET', KEYS[2], full, 'PX', math.ceil((full - now) / 1000))
return {limit, through and 1 or 0, left, wait}
"""
)


@dataclass(frozen=True, slots=True)
class Quota:
    """What a key may send.

    Args:
        per_minute: requests.
        left: as many would be let through now.
        wait_s: after so many seconds, rounded up, one more.
    """

    per_minute: int
    left: int
    wait_s: int


@dataclass(frozen=True, slots=True)
class Admission:
    """A valid key's request: whether to let it through, and its quota, if it has one."""

    through: bool
    quota: Quota | None


class Access:
    """Judges keys. Every method may raise `StoreUnavailableError`.

    Args:
        per_minute: the limit of keys without one of their own; 0: none.
    """

    def __init__(self, client: redis.asyncio.Redis, per_minute: int) -> None:
        self._admit = client.register_script(_ADMIT)
        self._per_minute = per_minute

    @unavailable_when_redis_fails
    async def admit(self, key_id: str, digest: str) -> Admission | None:
        """Judge a request and count it.

        Returns:
            None: there is no such key, this is not its secret, or it is revoked.
        """
        answer = await self._admit(
            keys=[keys.API_KEYS, keys.rate_key(key_id)], args=[key_id, digest, self._per_minute]
        )
        if answer is None:
            return None
        per_minute, through, left, wait_us = answer
        quota = Quota(per_minute, left, math.ceil(wait_us / 1e6)) if per_minute else None
        return Admission(bool(through), quota)
