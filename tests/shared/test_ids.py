"""Ids cannot be guessed: 122 random bits, from the system's own source."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from shared.job import new_job_id
from shared.store.batches import new_batch_id

FIXED = 0xF << 76 | 0x3 << 62  # the version and the variant of a random UUID (RFC 9562)


@pytest.mark.parametrize("new_id", [new_job_id, new_batch_id])
def test_122_bits_take_either_value_evenly(new_id: Callable[[], str]) -> None:
    ids = [new_id() for _ in range(4000)]

    assert len(set(ids)) == len(ids)
    assert all(uuid.UUID(hex=one).version == 4 and len(one) == 32 for one in ids)
    values = [int(one, 16) for one in ids]
    free = [bit for bit in range(128) if not FIXED >> bit & 1]
    assert len(free) == 122
    for bit in free:
        # Eight standard deviations: never by chance.
        assert abs(sum(value >> bit & 1 for value in values) - 2000) < 250


@pytest.mark.parametrize("new_id", [new_job_id, new_batch_id])
def test_they_come_from_the_system(
    new_id: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.urandom", lambda count: b"\xab" * count)
    assert new_id() == uuid.UUID(bytes=b"\xab" * 16, version=4).hex
