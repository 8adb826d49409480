"""The new last layer, trained by gradient descent on bottlenecks, many steps a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from training.retraining.bottlenecks import Bottlenecks
from training.retraining.learner import StepResult
from training.retraining.network import CLASSES

Floats = npt.NDArray[np.float32]

_START_DEVIATION = 0.001  # of retrain.py's truncated normal


class Head:
    """A dense softmax layer, as TensorFlow's retrain.py trained it.

    Each batch draws a class, then a clip of it, with replacement: batches are balanced whatever
    the classes' sizes. The whole loop is one compiled graph: 100 steps take a few milliseconds.
    """

    def __init__(
        self,
        bottlenecks: Bottlenecks,
        labels: npt.NDArray[np.int64],
        training: Sequence[int],
        *,
        learning_rate: float,
        batch: int,
        seed: int,
    ) -> None:
        """Args:
        bottlenecks: (clips, channels), of all clips.
        labels: (clips,), 0 or 1.
        training: indices of the clips to learn from; both classes must be among them.
        learning_rate: of plain gradient descent.
        batch: clips a step.
        seed: of the start weights and of every draw.
        """
        import tensorflow as tf

        start = np.random.default_rng(seed).standard_normal((bottlenecks.shape[1], len(CLASSES)))
        truncated = np.clip(start, -2, 2) * _START_DEVIATION
        self._kernel = tf.Variable(truncated.astype(np.float32), name="weights")
        self._bias = tf.Variable(tf.zeros(len(CLASSES)), name="biases")
        self._bottlenecks = bottlenecks
        self._step = 0
        self._advance = self._compile(labels, np.asarray(training), learning_rate, batch, seed)

    def advance(self, steps: int) -> StepResult:
        """Take steps of gradient descent; the result is that of the last batch, before its step."""
        import tensorflow as tf

        accuracy, loss = self._advance(
            tf.constant(self._step, tf.int64), tf.constant(self._step + steps, tf.int64)
        )
        self._step += steps
        return StepResult(float(accuracy), float(loss))

    def logits(self, clips: Sequence[int]) -> Floats:
        """Both classes' logits, (clips, 2)."""
        kernel, bias = self.weights
        return self._bottlenecks[np.asarray(clips, dtype=np.intp)] @ kernel + bias

    @property
    def weights(self) -> tuple[Floats, Floats]:
        """Kernel (channels, 2) and bias (2,)."""
        return self._kernel.numpy(), self._bias.numpy()

    def distributions(self) -> dict[str, Any]:
        """What TensorBoard shows as histograms."""
        kernel, bias = self.weights
        return {
            "final_training_ops/weights": kernel,
            "final_training_ops/biases": bias,
            "final_training_ops/Wx_plus_b": self.logits(range(len(self._bottlenecks))),
        }

    def _compile(
        self,
        labels: npt.NDArray[np.int64],
        training: npt.NDArray[np.intp],
        learning_rate: float,
        batch: int,
        seed: int,
    ) -> Any:
        """One graph that takes steps `first` to `end`."""
        import tensorflow as tf

        by_class = [training[labels[training] == row] for row in range(len(CLASSES))]
        members = tf.constant(np.concatenate(by_class))
        starts = tf.constant(np.cumsum([0, *map(len, by_class[:-1])]), tf.float32)
        counts = tf.constant([len(its) for its in by_class], tf.float32)
        inputs = tf.constant(self._bottlenecks)
        kernel, bias = self._kernel, self._bias

        def step(number: Any, _accuracy: Any, _loss: Any) -> Any:
            draws = tf.random.stateless_uniform((2, batch), [seed, number])
            rows = tf.cast(draws[0] * len(CLASSES), tf.int32)
            offsets = tf.floor(draws[1] * tf.gather(counts, rows))
            clips = tf.gather(members, tf.cast(tf.gather(starts, rows) + offsets, tf.int32))
            given = tf.gather(inputs, clips)
            logits = given @ kernel + bias
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=rows, logits=logits)
            # The gradient of softmax and cross entropy, written out.
            error = (tf.nn.softmax(logits) - tf.one_hot(rows, len(CLASSES))) / batch
            kernel.assign_sub(learning_rate * tf.matmul(given, error, transpose_a=True))
            bias.assign_sub(learning_rate * tf.reduce_sum(error, axis=0))
            right = tf.equal(tf.argmax(logits, 1, tf.int32), rows)
            return number + 1, tf.reduce_mean(tf.cast(right, tf.float32)), tf.reduce_mean(losses)

        @tf.function(  # type: ignore[untyped-decorator]
            input_signature=[tf.TensorSpec((), tf.int64), tf.TensorSpec((), tf.int64)]
        )
        def advance(first: Any, end: Any) -> Any:
            _, accuracy, loss = tf.while_loop(
                lambda number, _accuracy, _loss: number < end,
                step,
                (first, tf.constant(0.0), tf.constant(0.0)),
            )
            return accuracy, loss

        return advance
