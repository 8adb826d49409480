"""`Accept` where nothing is given that was not asked for (RFC 9110, 12.5.1)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.negotiation import acceptable
from shared.errors import NotAcceptableError

PNG, JSON = "image/png", "application/json"


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        ([], PNG),
        ([""], PNG),
        (["*/*"], PNG),
        (["image/png"], PNG),
        (["application/json"], JSON),
        (["APPLICATION/JSON"], JSON),
        (["application/*"], JSON),
        (["image/*"], PNG),
        (["application/json, image/png"], PNG),
        (["application/json, image/png;q=0.9"], JSON),
        (["application/json;q=0.5,image/png;q=0.4"], JSON),
        (["application/json ; q=0.5 , */* ; q=0.1"], JSON),
        (["application/json;charset=utf-8;q=0.5, image/png;q=0.1"], JSON),
        (["text/html", "application/json"], JSON),
        (["image/png;q=0, */*"], JSON),
        (["*/*;q=0.5, image/*;q=0.1"], JSON),
        (["text/html", "application/json;q=0.001"], JSON),
        (["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"], PNG),
        (["nonsense, application/json"], JSON),
    ],
)
def test_the_best_is_found(accept: list[str], best: str) -> None:
    assert acceptable(", ".join(accept) or None, [PNG, JSON]) == best


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "image/webp, text/csv",
        "*/*;q=0",
        "image/*;q=0.0, application/json;q=0.000",
        "nonsense",
        "image/pngs",
    ],
)
def test_what_we_do_not_have_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptableError, match="image/png or application/json"):
        acceptable(accept, [PNG, JSON])


@given(st.text(max_size=200))
def test_whatever_is_sent_there_is_an_answer(accept: str) -> None:
    with suppress(NotAcceptableError):
        assert acceptable(accept, [PNG, JSON]) in (PNG, JSON)


def test_a_long_one_costs_no_time() -> None:
    assert acceptable("a/b;" * 15_000 + "," + "a/" * 15_000 + ",*/*", [PNG, JSON]) == PNG
