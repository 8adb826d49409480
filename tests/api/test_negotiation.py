"""`Accept` chooses among what we offer; where it chooses nothing, our first offer is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.negotiation import preferred

JSON, CSV = "application/json", "text/csv"


@pytest.mark.parametrize(
    ("accept", "given_type"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("text/*", CSV),
        ("text/csv, application/json", JSON),
        ("text/csv, application/json;q=0.9", CSV),
        ("text/csv;q=0.5, application/json;q=0.6", JSON),
        ("text/csv;charset=utf-8", CSV),
        ("*/*;q=0.5, text/csv", CSV),
        ("application/json;q=0, */*", CSV),
        ("text/html, */*;q=0.1", JSON),
        ("image/png", JSON),
        ("text/csv;q=2", JSON),
        ("text/csv;q=", JSON),
        (", ;q=1,/", JSON),
    ],
)
def test_examples(accept: str | None, given_type: str) -> None:
    assert preferred(accept, (JSON, CSV)) == given_type


@given(st.text(st.characters(codec="latin-1") | st.sampled_from("text/csv*;q=01.,")))
def test_whatever_is_asked_for_one_is_given(accept: str) -> None:
    assert preferred(accept, (JSON, CSV)) in (JSON, CSV)
