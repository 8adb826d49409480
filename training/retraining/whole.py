"""A whole network trained from its start weights: for networks that nobody has pretrained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from training.retraining.learner import StepResult
from training.retraining.network import CLASSES
from training.retraining.samples import Sample
from training.tensorflow_setup import load_keras

Floats = npt.NDArray[np.float32]

_CLIP_NORM = 1.0
_PREDICTED_TOGETHER = 64


class WholeNetwork:
    """Backbone and last layer together, by Adam (Kingma and Ba 2015).

    Batches are drawn as `training.retraining.head.Head` draws them; of a clip of several patches
    one is drawn. A clip's logits are the mean of its patches'.
    """

    def __init__(
        self,
        embedder: Any,
        samples: Sequence[Sample],
        training: Sequence[int],
        *,
        learning_rate: float,
        batch: int,
        seed: int,
    ) -> None:
        """Args:
        embedder: keras.Model from patches to (batch, channels), all of it trainable.
        samples: all clips.
        training: indices of the clips to learn from; both classes must be among them.
        learning_rate: of Adam.
        batch: clips a step.
        seed: of the last layer's start weights and of every draw.
        """
        import tensorflow as tf

        keras = load_keras()
        start = keras.initializers.GlorotUniform(seed=seed)
        self._head = keras.layers.Dense(len(CLASSES), kernel_initializer=start)
        self._network = keras.Model(embedder.input, self._head(embedder.output))
        self._samples, self._batch = samples, batch
        self._by_class = [
            [i for i in training if samples[i].label == row] for row in range(len(CLASSES))
        ]
        self._rng = np.random.default_rng(seed)
        optimiser = keras.optimizers.Adam(learning_rate, global_clipnorm=_CLIP_NORM)
        optimiser.build(self._network.trainable_variables)
        network, shape = self._network, embedder.input_shape[1:]

        @tf.function(  # type: ignore[untyped-decorator]
            input_signature=[
                tf.TensorSpec((None, *shape), tf.float32),
                tf.TensorSpec((None,), tf.int64),
            ]
        )
        def step(patches: Any, labels: Any) -> Any:
            with tf.GradientTape() as tape:
                logits = network(patches, training=True)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
                loss = tf.reduce_mean(losses)
            variables = network.trainable_variables
            optimiser.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
            right = tf.equal(tf.argmax(logits, 1), labels)
            return tf.reduce_mean(tf.cast(right, tf.float32)), loss

        self._step = step
        self._predict = tf.function(
            lambda patches: network(patches, training=False),
            input_signature=[tf.TensorSpec((None, *shape), tf.float32)],
        )

    def advance(self, steps: int) -> StepResult:
        """Take steps; the result is that of the last batch, before its step."""
        accuracy: Any = 0.0
        loss: Any = 0.0
        for _ in range(steps):
            rows = self._rng.integers(len(CLASSES), size=self._batch)
            drawn = [self._samples[self._rng.choice(self._by_class[row])] for row in rows]
            patches = [its.patches[self._rng.integers(len(its.patches))] for its in drawn]
            accuracy, loss = self._step(np.stack(patches), rows)
        return StepResult(float(accuracy), float(loss))

    def logits(self, clips: Sequence[int]) -> Floats:
        """Both classes' logits, (clips, 2)."""
        chosen = [self._samples[i].patches for i in clips]
        patches = np.concatenate(chosen)
        outputs = np.concatenate(
            [
                self._predict(patches[start : start + _PREDICTED_TOGETHER]).numpy()
                for start in range(0, len(patches), _PREDICTED_TOGETHER)
            ]
        )
        borders = np.cumsum([len(its) for its in chosen])[:-1]
        return np.stack([its.mean(axis=0) for its in np.split(outputs, borders)])

    @property
    def weights(self) -> tuple[Floats, Floats]:
        """The last layer's kernel (channels, 2) and bias (2,)."""
        kernel, bias = self._head.get_weights()
        return kernel, bias

    def distributions(self) -> dict[str, Any]:
        """What TensorBoard shows as histograms."""
        kernel, bias = self.weights
        return {"final_training_ops/weights": kernel, "final_training_ops/biases": bias}
