"""One retraining, from a folder of pictures or recordings to a network and its test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from training.backbones.applications import DOWNLOADED, keep_imagenet_weights
from training.backbones.registry import Backbone, backbone
from training.bundles.writing import check_free
from training.data.clip import DatasetError
from training.data.splits import split_by_source
from training.retraining.bottlenecks import network_sha256, read_bottlenecks
from training.retraining.bundle import about_of, ship
from training.retraining.head import Head
from training.retraining.loop import train
from training.retraining.network import embedder_of, patch_network, softmax_network
from training.retraining.outcome import Outcome, measure
from training.retraining.outputs import (
    FROZEN_GRAPH,
    check_output,
    graph_folder,
    litert_file,
    write_graph,
    write_labels,
)
from training.retraining.samples import Samples, read_samples
from training.retraining.settings import HEAD_LEARNING_RATE, WHOLE_LEARNING_RATE, Settings
from training.retraining.whole import WholeNetwork
from training.tensorflow_setup import load_keras


def retrain(settings: Settings, command: str) -> Outcome:
    """Retrain, test, and write all that was asked for; says on the terminal what it does.

    Args:
        settings: of the run.
        command: as a card quotes it.

    Returns:
        The figures on the test clips.

    Raises:
        ScreeningError: what was given cannot be used; nothing half-written is left behind.
    """
    chosen = backbone(settings.architecture)
    # What can be refused at once is refused before minutes of work.
    if not (settings.testing_percentage > 0 and settings.validation_percentage > 0):
        raise DatasetError("testing and validation each need clips: give both a percentage")
    check_output(settings.output_graph)
    if settings.bundle is not None:
        check_free(settings.bundle, replace=settings.replace)
    about = about_of(settings, chosen)
    found = read_samples(settings.image_dir, chosen, settings.features)
    sides = split_by_source(
        found.labels,
        found.sources,
        testing=settings.testing_percentage / 100,
        validation=settings.validation_percentage / 100,
        seed=settings.seed,
    )
    _say_split(found, sides)

    load_keras().utils.set_random_seed(settings.seed)
    network = chosen.build(_weights_of(chosen, settings), settings.cut, found.front_end)
    embedder = embedder_of(chosen, network)
    weights_sha256 = network_sha256(embedder)
    learner = _make_learner(settings, chosen, embedder, found, sides)
    labels = np.array(found.labels, dtype=np.int64)
    train(
        learner,
        labels,
        [i for i, side in enumerate(sides) if side == "validation"],
        steps=settings.how_many_training_steps,
        eval_step_interval=settings.eval_step_interval,
        summaries=settings.summaries_dir,
    )
    outcome = measure(
        learner.logits(range(len(labels))), labels, found.sources, sides, seed=settings.seed
    )
    print("\n".join(outcome.lines()))

    write_graph(softmax_network(embedder, *learner.weights), settings.output_graph)
    write_labels(settings.output_labels)
    _say_outputs(settings.output_graph, settings.output_labels)
    if settings.bundle is not None:
        card = ship(
            patch_network(embedder, *learner.weights),
            found.samples,
            found.front_end,
            outcome,
            settings,
            about=about,
            command=command,
            weights_sha256=weights_sha256,
        )
        print(f"wrote the bundle {card.reference}")
    return outcome


def _weights_of(chosen: Backbone, settings: Settings) -> Path | None:
    """The weights to build with; those that must be downloaded are kept in `model_dir`."""
    if settings.weights is not None or chosen.name not in DOWNLOADED:
        return settings.weights
    kept = settings.model_dir / f"{chosen.name}.weights.h5"
    if not kept.is_file():
        keep_imagenet_weights(chosen.name, kept)
    return kept


def _make_learner(
    settings: Settings, chosen: Backbone, embedder: Any, found: Samples, sides: list[str]
) -> Head | WholeNetwork:
    training = [i for i, side in enumerate(sides) if side == "training"]
    if not chosen.pretrained and settings.weights is None:
        print(f"{chosen.name} has no pretrained weights: all of it is trained, by Adam")
        return WholeNetwork(
            embedder,
            found.samples,
            training,
            learning_rate=settings.learning_rate or WHOLE_LEARNING_RATE,
            batch=settings.train_batch_size,
            seed=settings.seed,
        )
    bottlenecks = read_bottlenecks(
        found.samples,
        embedder,
        found.front_end,
        settings.bottleneck_dir,
        architecture=chosen.name,
        cut=settings.cut,
    )
    return Head(
        bottlenecks,
        np.array(found.labels, dtype=np.int64),
        training,
        learning_rate=settings.learning_rate or HEAD_LEARNING_RATE,
        batch=settings.train_batch_size,
        seed=settings.seed,
    )


def _say_split(found: Samples, sides: list[str]) -> None:
    for side in ("training", "validation", "testing"):
        chosen = [its for its, where in zip(found.samples, sides, strict=True) if where == side]
        sick = sum(its.label for its in chosen)
        sources = len({its.source for its in chosen})
        print(f"{side}: {len(chosen)} clips of {sources} sources, {sick} sick")


def _say_outputs(output_graph: Path, output_labels: Path) -> None:
    if output_graph.suffix == FROZEN_GRAPH:
        print(f"TensorFlow 2 writes no frozen graph: there is no {output_graph}, but its successor")
    print(f"wrote {graph_folder(output_graph)}/ (SavedModel), {litert_file(output_graph)} (LiteRT)")
    print(f"wrote {output_labels}")
