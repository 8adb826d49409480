"""The learning rate's course."""

from __future__ import annotations

import pytest

from training.fitting.fine_tuner import learning_rates


@pytest.mark.parametrize("steps", [1, 7, 100])
def test_the_rate_warms_up_and_decays(steps: int) -> None:
    rates = list(learning_rates(steps, 1e-3))
    assert len(rates) == steps
    assert all(0.0 < rate <= 1e-3 for rate in rates)
    assert rates[0] == pytest.approx(1e-4)
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


def test_a_long_run_reaches_its_peak_and_nearly_stops() -> None:
    rates = list(learning_rates(1000, 1e-3))
    assert max(rates) == pytest.approx(1e-3)
    assert rates[-1] < 0.03 * 1e-3
