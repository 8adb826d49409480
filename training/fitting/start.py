"""What fine-tuning starts from: a network and the front end of its patches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.bundle import FrontEnd
from shared.errors import BundleError
from training.backbones.registry import backbone
from training.backbones.yamnet import read_weights
from training.fitting.configuration import Configuration
from training.fitting.network import build_network, build_on, load_network
from training.fitting.on_bundle import BUNDLE, NEEDS_WEIGHTS, build_on_bundle, card_beside
from training.tensorflow_setup import load_keras


def front_end_of(name: str, weights: Path | None = None) -> FrontEnd:
    """What the patches of a network are made by.

    Args:
        name: of the backbone; `bundle`: as the card beside the weights says.
        weights: see `start_network`.

    Raises:
        BundleError: see `card_beside`.
    """
    return card_beside(weights).front_end if name == BUNDLE else backbone(name).front_end


def start_network(
    weights: Path | None,
    *,
    first_trained: int,
    dropout: float,
    seed: int,
    threads: int,
    name: str = "yamnet",
    cut: str | None = None,
) -> Any:
    """The network that fine-tuning starts from.

    Args:
        weights: a bundle's `network.keras` to go on training, which brings its own split into
            frozen and trained layers; or the backbone's weights, for YAMNet its int8 LiteRT file
            (`.tflite`); None where the backbone finds its own.
        first_trained: see `build_network`; for YAMNet alone.
        dropout: see `build_network`.
        seed: of the new heads' weights.
        threads: see `load_keras`.
        name: of the backbone; `bundle`: the weights' network stays as it is, with new heads; see
            `build_on_bundle`.
        cut: see `build_on`.

    Raises:
        BundleError: the file is of neither kind, or cannot be read.
        BackboneError: the backbone or its weights are not to be had.
    """
    load_keras(threads=threads).utils.set_random_seed(seed)
    if name == BUNDLE:
        if weights is None:
            raise BundleError(NEEDS_WEIGHTS)
        return build_on_bundle(weights, dropout=dropout)
    if weights is not None and weights.suffix == ".keras" and name == "yamnet":
        return load_network(weights)
    if name != "yamnet":
        return build_on(name, weights, cut, dropout=dropout)
    if weights is None or weights.suffix != ".tflite":
        given = "no file" if weights is None else weights.name
        raise BundleError(f"YAMNet starts from a .tflite or a .keras file; {given} is neither")
    return build_network(read_weights(weights), first_trained=first_trained, dropout=dropout)


def start_as_configured(
    weights: Path | None, configuration: Configuration, seed: int | None = None
) -> Any:
    """`start_network` by a configuration.

    Args:
        weights: see `start_network`.
        configuration: of the fits.
        seed: of the new heads' weights; default: the configuration's.
    """
    return start_network(
        weights,
        first_trained=configuration.first_trained_layer,
        dropout=configuration.dropout,
        seed=configuration.seed if seed is None else seed,
        threads=configuration.threads,
        name=configuration.backbone,
        cut=configuration.cut or None,
    )
