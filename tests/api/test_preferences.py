"""The `Prefer` header is read as RFC 7240 has it: what is malformed in it is ignored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.preferences import MAX_WAIT_S, wait_s


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ([], 0),
        (["wait=10"], 10),
        (["WAIT=10"], 10),
        (["wait = 10"], 10),
        (['wait="10"'], 10),
        (["wait=010"], 10),
        (["wait=0"], 0),
        (["wait=30"], 30),
        (["wait=31"], 30),
        (["wait=" + "9" * 5000], 30),
        (["wait=10; foo=bar"], 10),
        (["respond-async, wait=10"], 10),
        (["respond-async", "wait=10"], 10),
        (['foo="a, wait=3", wait=10'], 10),
        (["wait=10, wait=20"], 10),
        (["wait=10", "wait=20"], 10),
        (["wait"], 0),
        (["wait="], 0),
        (['wait=""'], 0),
        (['wait="10'], 0),
        (["wait=-1"], 0),
        (["wait=1.5"], 0),
        (["wait=soon"], 0),
        (["wait=²"], 0),
        (["await=10"], 0),
        ([", ,;=,"], 0),
    ],
)
def test_examples(fields: list[str], seconds: int) -> None:
    assert wait_s(fields) == seconds


@given(st.lists(st.text(st.characters(codec="latin-1") | st.sampled_from('wait=",;0123456789 '))))
def test_anything_is_a_wait_within_bounds(fields: list[str]) -> None:
    assert 0 <= wait_s(fields) <= MAX_WAIT_S
