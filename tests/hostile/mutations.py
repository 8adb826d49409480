"""Damage, drawn by a seeded generator: the same seed gives the same files."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from tests.hostile.odd import Odd

_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_HEADER = 600  # bytes at either end, where most of what can go wrong is


def mutated(recordings: Sequence[Odd], count: int, seed: int) -> Iterator[Odd]:
    """So many damaged files: of each recording in turn, with one to eight changes."""
    generator = random.Random(seed)
    for number in range(count):
        odd = recordings[number % len(recordings)]
        data = bytearray(odd.data)
        for _ in range(generator.choice((1, 1, 1, 2, 3, 5, 8))):
            _change(data, generator, recordings)
        yield Odd(f"{seed}/{number}: {odd.name}", odd.format, bytes(data), odd.seconds)


def truncated(recordings: Sequence[Odd], cuts: int) -> Iterator[Odd]:
    """Each recording, cut at so many places: every one of its first bytes, and evenly behind."""
    for odd in recordings:
        length = len(odd.data)
        ends = {*range(min(cuts // 2, length)), *range(0, length, max(1, 2 * length // cuts))}
        for end in sorted(ends):
            yield Odd(f"{odd.name}, cut at {end}", odd.format, odd.data[:end], odd.seconds)


def _change(data: bytearray, generator: random.Random, recordings: Sequence[Odd]) -> None:
    at = _place(len(data), generator)
    length = generator.choice((1, 2, 4, 8, 16, 64, 256))
    match generator.randrange(9):
        case 0 if at < len(data):
            data[at] ^= 1 << generator.randrange(8)
        case 1:
            data[at : at + length] = generator.randbytes(length)
        case 2:
            order = generator.choice(("little", "big"))
            number = generator.choice(_NUMBERS)
            data[at : at + 4] = number.to_bytes(4, "little" if order == "little" else "big")
        case 3:
            del data[at : at + length]
        case 4:
            data[at:at] = generator.randbytes(length)
        case 5:
            data[at:at] = data[at : at + length] * generator.choice((1, 2, 50))
        case 6:
            data[at : at + length] = bytes(min(length, len(data) - at))
        case 7:  # from here on, another recording
            other = generator.choice(recordings).data
            data[at:] = other[_place(len(other), generator) :]
        case 8:
            del data[at:]


def _place(length: int, generator: random.Random) -> int:
    match generator.randrange(4):
        case 0:
            return generator.randrange(length + 1)
        case 1:
            return max(0, length - generator.randrange(_HEADER))
        case _:
            return min(length, generator.randrange(_HEADER))
