"""Fine-tuning of the trained blocks on whole clips."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.fitting.batches import clip_batches, steps_per_epoch
from training.fitting.checkpoint import Checkpoint
from training.fitting.configuration import Configuration
from training.fitting.features import Activations, Features, predict
from training.fitting.network import TRAINED, clip_network, in_precision
from training.tensorflow_setup import load_keras
from worker.model.pooling import attention_pool

Logits = npt.NDArray[np.float64]


class FineTuner:
    """Fine-tunes one network again and again, each time from the same start.

    Attributes:
        network: of `start_network`; `fit` changes its trained blocks in place.
    """

    def __init__(self, network: Any, configuration: Configuration) -> None:
        keras = load_keras(threads=configuration.threads)
        self.network = network
        self._configuration = configuration
        self._keras = keras
        self._trained = network.get_layer(TRAINED)
        self._fast = in_precision(self._trained, configuration.precision)
        self._model = clip_network(self._fast)
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
        checkpoint: Checkpoint | None = None,
    ) -> None:
        """Restart, then fine-tune on some clips, with a progress bar an epoch.

        The loss is the binary cross-entropy of the clips' pooled logits. What the network holds
        afterwards is the moving average of its weights.

        Args:
            features: of all clips.
            labels: float32 (all clips,).
            clips: indices of the clips to train on; nothing else is looked at.
            logs: folder for TensorBoard's event files.
            checkpoint: of this very fit. The state is saved there after each epoch but the last;
                a fit that finds one goes on from it, and ends as if it had never been
                interrupted. Whoever has kept what the fit gave removes it.

        Raises:
            CannotWriteError: the checkpoint or the logs cannot be written.
        """
        configuration = self._configuration
        self.restart()
        first_epoch = self._go_on(checkpoint) if checkpoint else 0
        steps = steps_per_epoch(len(clips), configuration)
        rates = islice(
            learning_rates(steps * configuration.epochs, configuration.learning_rate),
            first_epoch * steps,
            None,
        )

        def set_rate(*_: Any, **__: Any) -> None:
            self._optimiser.learning_rate = next(rates)

        def save(epoch: int, _: Any = None) -> None:
            if checkpoint and epoch + 1 < configuration.epochs:
                checkpoint.save(epoch + 1, [variable.numpy() for variable in self._variables])

        callbacks = [
            self._keras.callbacks.LambdaCallback(on_train_batch_begin=set_rate, on_epoch_end=save)
        ]
        if logs is not None:
            callbacks.append(
                self._keras.callbacks.TensorBoard(log_dir=str(logs), write_graph=False)
            )
        self._model.fit(
            clip_batches(
                features,
                labels,
                clips,
                configuration,
                configuration.seed,
                first_epoch=first_epoch,
            ),
            steps_per_epoch=steps,
            initial_epoch=first_epoch,
            epochs=configuration.epochs,
            callbacks=callbacks,
            shuffle=False,
            verbose=1 if sys.stdout.isatty() else 2,
        )
        if self._fast is not self._trained:
            self._trained.set_weights(self._fast.get_weights())

    @property
    def weights(self) -> list[npt.NDArray[np.float32]]:
        """Of the trained blocks, as the last fit left them."""
        return list(self._trained.get_weights())

    def stir(self, seeds: Sequence[Sequence[npt.NDArray[np.float32]]]) -> None:
        """Give the network the mean of several fits' weights (Wortsman et al. 2022).

        Args:
            seeds: `weights` after each fit.
        """
        means = [np.mean(layer, axis=0) for layer in zip(*seeds, strict=True)]
        self._trained.set_weights(means)

    def _go_on(self, checkpoint: Checkpoint) -> int:
        """Take the state of a checkpoint, if there is one; returns the epochs that it has done."""
        saved = checkpoint.load(self._start)
        if saved is None:
            return 0
        epochs, values = saved
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)
        return epochs


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
