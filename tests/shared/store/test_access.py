"""A key is judged and counted in one step."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import redis

from shared.settings import Settings
from shared.store import keys
from shared.store.access import Access, Admission
from shared.store.api_keys import ApiKey, ApiKeys
from shared.store.client import connect_async


class Door:
    """The gateway's side without asyncio, and the keys."""

    def __init__(self, redis_url: str, per_minute: int) -> None:
        self._loop = asyncio.Runner()
        self._async = connect_async(Settings(redis_url=redis_url))
        self._access = Access(self._async, per_minute)
        self.redis = redis.Redis.from_url(redis_url)
        self.keys = ApiKeys(self.redis)

    def admit(self, key: ApiKey, digest: str | None = None) -> Admission | None:
        """A request with the key, or with a key of its id and another secret."""

        async def judge() -> Admission | None:
            return await self._access.admit(key.id, key.digest if digest is None else digest)

        return self._loop.run(judge())

    def key(self, per_minute: int | None = None) -> ApiKey:
        """A new key."""
        return self.keys.create("clinic", per_minute)[0]

    def close(self) -> None:
        """Give the connections back."""
        self._loop.run(self._async.aclose())
        self._loop.close()
        self.redis.close()


@pytest.fixture
def door(redis_url: str) -> Iterator[Door]:
    """Three requests a minute."""
    door = Door(redis_url, per_minute=3)
    yield door
    door.close()


def _through(admission: Admission | None) -> bool:
    assert admission is not None
    return admission.through


def test_a_key_opens_until_it_is_revoked(door: Door) -> None:
    key = door.key()
    assert _through(door.admit(key))

    door.keys.revoke(key.id)

    assert door.admit(key) is None


def test_another_secret_opens_nothing_and_uses_nothing_up(door: Door) -> None:
    key, other = door.key(), door.key()
    near = key.digest[:-1] + ("0" if key.digest[-1] != "0" else "1")

    for wrong in (other.digest, near, key.digest[:-1], key.digest + "0", "", "0" * 64):
        assert door.admit(key, wrong) is None

    admission = door.admit(key)
    assert admission is not None
    assert admission.quota is not None
    assert admission.quota.left == 2


def test_an_unknown_key_opens_nothing_and_leaves_nothing(door: Door) -> None:
    key = door.key().model_copy(update={"id": "0" * 16})

    assert door.admit(key) is None
    assert not door.redis.exists(keys.rate_key(key.id))


def test_each_key_has_a_limit_to_itself(door: Door) -> None:
    key, other = door.key(), door.key()

    assert [_through(door.admit(key)) for _ in range(5)] == [True] * 3 + [False] * 2
    assert _through(door.admit(other))


def test_it_is_told_what_is_left(door: Door) -> None:
    key = door.key()
    told = []
    for _ in range(4):
        admission = door.admit(key)
        assert admission is not None
        assert admission.quota is not None
        told.append((admission.quota.per_minute, admission.quota.left))
        assert 19 <= admission.quota.wait_s <= 20

    assert told == [(3, 2), (3, 1), (3, 0), (3, 0)]


def test_a_key_may_have_its_own_limit_or_none(door: Door) -> None:
    one, free = door.key(per_minute=1), door.key(per_minute=0)

    assert [_through(door.admit(one)) for _ in range(2)] == [True, False]
    assert [door.admit(free) for _ in range(10)] == [Admission(True, None)] * 10
    assert not door.redis.exists(keys.rate_key(free.id))


def test_what_is_counted_is_forgotten_when_it_does_not_matter_any_more(door: Door) -> None:
    key = door.key()
    door.admit(key)

    assert 19_000 < door.redis.pttl(keys.rate_key(key.id)) <= 20_000


def test_counting_does_not_write_to_the_disk(door: Door) -> None:
    key = door.key(per_minute=1000)
    door.admit(key)
    before = door.redis.info("persistence")["aof_current_size"]

    for _ in range(100):
        door.admit(key)

    assert door.redis.exists(keys.rate_key(key.id))
    assert door.redis.info("persistence")["aof_current_size"] == before


def test_a_full_redis_lets_keys_read(door: Door) -> None:
    key = door.key()
    try:
        door.redis.config_set("maxmemory", 1)
        assert _through(door.admit(key))
    finally:
        door.redis.config_set("maxmemory", 0)
