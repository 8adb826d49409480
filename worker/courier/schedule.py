"""When a webhook that could not be told is tried again."""

from __future__ import annotations

from typing import Final

DAY_S: Final = 24 * 3600.0
LONGEST_S: Final = 4 * 3600.0
JITTER: Final = 0.2
_GROWTH: Final = 3


def next_delay(
    failures: int, elapsed_s: float, first_s: float, chance: float, retry_after_s: float | None
) -> float | None:
    """How long to wait: three times as long after each failure, up to four hours, for a day.

    With 5 s first: 5 s, 15 s, 45 s, 2 min, 7 min, 20 min, 1 h, 3 h, and every 4 h from then on.

    Args:
        failures: how many attempts have failed, from 1.
        elapsed_s: seconds since the first attempt.
        first_s: the wait after the first failure, in seconds.
        chance: from 0 to 1; moves the wait by up to a fifth either way, so that those who failed
            together do not come back together.
        retry_after_s: what the receiver asked for; it lengthens the wait, to four hours at most.

    Returns:
        Seconds, or None: a day is over, give up.
    """
    # The exponent is bounded: 3 ** 1000 is no float.
    delay = min(first_s * float(_GROWTH) ** min(failures - 1, 20), LONGEST_S)
    delay *= 1 - JITTER + 2 * JITTER * chance
    if retry_after_s is not None:
        delay = max(delay, min(retry_after_s, LONGEST_S))
    return delay if elapsed_s + delay <= DAY_S else None
