"""The service's error tree, as a list."""

from __future__ import annotations

from shared.errors import ScreeningError


def kinds(base: type[ScreeningError]) -> list[type[ScreeningError]]:
    """Those at and below `base` that have a code."""
    own = [base] if "code" in vars(base) else []
    return own + [kind for child in base.__subclasses__() for kind in kinds(child)]
