"""Who asks: each sees their own jobs only."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from shared.job import ANONYMOUS, Owner


async def _owner() -> Owner:
    return ANONYMOUS


OwnerDep = Annotated[Owner, Depends(_owner)]
