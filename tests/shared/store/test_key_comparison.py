"""A wrong key is compared as long as the right one, wherever it differs."""

from __future__ import annotations

import hashlib

import redis

from shared.store.access import SAME

DIGEST = hashlib.sha256(b"a secret").hexdigest()
# As the script has it, but that it counts the parts that it looks at.
COUNTED = f"""
local looked_at, real = 0, tonumber
local function tonumber(...) looked_at = looked_at + 1 return real(...) end
{SAME}
return {{same(ARGV[1], ARGV[2]) and 1 or 0, looked_at}}
"""


def test_the_work_tells_nothing(redis_client: redis.Redis) -> None:
    others = [
        DIGEST[:place] + ("0" if DIGEST[place] != "0" else "1") + DIGEST[place + 1 :]
        for place in range(len(DIGEST))
    ]
    assert redis_client.eval(COUNTED, 0, DIGEST, DIGEST) == [1, 16]
    for other in [*others, "0" * 64, "f" * 64]:
        assert redis_client.eval(COUNTED, 0, DIGEST, other) == [0, 16]


def test_another_length_is_another_secret(redis_client: redis.Redis) -> None:
    for other in ("", DIGEST[:-8], DIGEST + "00000000"):
        assert redis_client.eval(COUNTED, 0, DIGEST, other) == [0, 0]
