"""Attention pooling is a weighted mean of the patches' logits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from worker.model.pooling import attention_pool

Floats = npt.NDArray[np.float32]
values = st.floats(-1e4, 1e4, width=32)
pairs = st.integers(1, 130).flatmap(
    lambda count: st.tuples(
        arrays(np.float32, count, elements=values), arrays(np.float32, count, elements=values)
    )
)


@given(pair=pairs)
def test_it_lies_between_the_smallest_and_the_largest(pair: tuple[Floats, Floats]) -> None:
    logits, attention = pair

    pooled = attention_pool(logits, attention)

    slack = 1e-6 * (1 + np.abs(logits).max())
    assert logits.min() - slack <= pooled <= logits.max() + slack


@given(pair=pairs, constant=values)
def test_with_even_attention_it_is_the_mean(pair: tuple[Floats, Floats], constant: float) -> None:
    logits, _ = pair

    pooled = attention_pool(logits, np.full_like(logits, constant))

    assert pooled == pytest.approx(float(logits.astype(np.float64).mean()), rel=1e-9, abs=1e-6)


@given(pair=pairs, seed=st.integers(0, 100))
def test_the_order_of_patches_does_not_matter(pair: tuple[Floats, Floats], seed: int) -> None:
    logits, attention = pair
    order = np.random.default_rng(seed).permutation(len(logits))

    shuffled = attention_pool(logits[order], attention[order])

    assert shuffled == pytest.approx(attention_pool(logits, attention), rel=1e-6, abs=1e-6)


def test_all_attention_on_one_patch_gives_its_logit() -> None:
    logits = np.array([-3.0, 2.0, 7.0], np.float32)

    assert attention_pool(logits, np.array([0, 500, 0], np.float32)) == pytest.approx(2.0)


def test_it_is_the_softmax() -> None:
    logits, attention = np.array([1.0, 3.0], np.float32), np.log(np.array([1.0, 3.0], np.float32))

    assert attention_pool(logits, attention) == pytest.approx((1 + 3 * 3) / 4, rel=1e-6)
