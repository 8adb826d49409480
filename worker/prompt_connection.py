"""A connection that is back a second after Redis is, however long Redis was away."""

from __future__ import annotations

from typing import Any, Final, Self

from kombu.connection import Connection

_EVERY: Final = {"interval_start": 1, "interval_step": 0, "interval_max": 1}  # seconds


class PromptConnection(Connection):
    """By itself Kombu waits for longer after each failure, up to 30 s."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Self:
        """Connect, trying once a second."""
        super().ensure_connection(*args, **_EVERY | kwargs)  # type: ignore[no-untyped-call]
        return self
