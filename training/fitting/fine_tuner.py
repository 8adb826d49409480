"""Fine-tuning of the trained blocks on whole clips."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.fitting.batches import clip_batches, steps_per_epoch
from training.fitting.configuration import Configuration
from training.fitting.features import Activations, Features, predict
from training.fitting.network import TRAINED, clip_network
from training.tensorflow_setup import load_keras
from worker.model.pooling import attention_pool

Logits = npt.NDArray[np.float64]


class FineTuner:
    """Fine-tunes one network again and again, each time from the same start.

    Attributes:
        network: of `training.network.start_network`; `fit` changes its trained blocks in place.
    """

    def __init__(self, network: Any, configuration: Configuration) -> None:
        keras = load_keras(threads=configuration.threads)
        self.network = network
        self._configuration = configuration
        self._keras = keras
        self._model = clip_network(network.get_layer(TRAINED))
        self._optimiser = keras.optimizers.AdamW(
            learning_rate=configuration.learning_rate,
            weight_decay=configuration.weight_decay,
            global_clipnorm=configuration.clip_norm,
            use_ema=True,
            ema_momentum=configuration.average_momentum,
        )
        self._model.compile(
            optimizer=self._optimiser,
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            metrics=[keras.metrics.AUC(name="auc", from_logits=True)],
        )
        self._optimiser.build(self._model.trainable_variables)
        # Dropout's generator is among the variables: a restart repeats its draws too.
        self._variables = [*self._model.variables, *self._optimiser.variables]
        self._start = [variable.numpy() for variable in self._variables]

    def restart(self) -> None:
        """Put the network back to its starting weights, and forget the optimiser's state."""
        for variable, value in zip(self._variables, self._start, strict=True):
            variable.assign(value)

    def fit(
        self,
        features: Features,
        labels: npt.NDArray[np.float32],
        clips: npt.NDArray[np.intp],
        *,
        logs: Path | None = None,
    ) -> None:
        """Restart, then fine-tune on some clips, with a progress bar an epoch.

        The loss is the binary cross-entropy of the clips' pooled logits. What the network holds
        afterwards is the moving average of its weights.

        Args:
            features: of all clips.
            labels: float32 (all clips,).
            clips: indices of the clips to train on; nothing else is looked at.
            logs: folder for TensorBoard's event files.
        """
        configuration = self._configuration
        self.restart()
        steps = steps_per_epoch(len(clips), configuration)
        rates = learning_rates(steps * configuration.epochs, configuration.learning_rate)

        def set_rate(*_: Any, **__: Any) -> None:
            self._optimiser.learning_rate = next(rates)

        callbacks = [self._keras.callbacks.LambdaCallback(on_train_batch_begin=set_rate)]
        if logs is not None:
            callbacks.append(
                self._keras.callbacks.TensorBoard(log_dir=str(logs), write_graph=False)
            )
        self._model.fit(
            clip_batches(features, labels, clips, configuration, configuration.seed),
            steps_per_epoch=steps,
            epochs=configuration.epochs,
            callbacks=callbacks,
            shuffle=False,
            verbose=1 if sys.stdout.isatty() else 2,
        )


def learning_rates(steps: int, peak: float) -> Iterator[float]:
    """A linear warm-up over a tenth of the steps, then a cosine decay to 2 % of the peak."""
    warm_up = max(1, steps // 10)
    for step in range(steps):
        if step < warm_up:
            yield peak * (0.1 + 0.9 * step / warm_up)
        else:
            progress = (step - warm_up) / max(1, steps - warm_up)
            yield peak * (0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * progress)))


def clip_logits(network: Any, clips: Sequence[Activations]) -> Logits:
    """Logits of whole clips, pooled by the worker's own function.

    Args:
        network: the patch network.
        clips: the clean activations of each clip, any number of patches.

    Returns:
        float64 (clips,).
    """
    outputs = predict(network.get_layer(TRAINED), np.concatenate(clips).astype(np.float32))
    borders = np.cumsum([len(clip) for clip in clips])[:-1]
    logits = np.split(outputs["logit"], borders)
    attention = np.split(outputs["attention"], borders)
    return np.array([attention_pool(*pair) for pair in zip(logits, attention, strict=True)])
