"""The pipeline's steps as spans of a trace; the pipeline itself knows nothing of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Final, Self

from shared.telemetry.tracing import span

_STEPS: Final = ("decode", "spectrogram", "inference")


class TracedSteps:
    """A context in which one step is under way after the other, from the first one on.

    Args:
        between_steps: what else lies between two of them; what it raises ends the one before.
    """

    def __init__(self, between_steps: Callable[[], None]) -> None:
        self._between_steps = between_steps
        self._coming = iter(_STEPS)
        self._step = ExitStack()

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._step.__exit__(kind, error, traceback)

    def next(self) -> None:
        """One step is done: the next begins."""
        self._step.close()
        self._between_steps()
        self._begin()

    def _begin(self) -> None:
        self._step.enter_context(span(next(self._coming)))
