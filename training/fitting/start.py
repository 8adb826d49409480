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


def front_end_of(network: Any, weights: Path | None, configuration: Configuration) -> FrontEnd:
    """What the patches of a network are made by.

    Args:
        network: of `start_as_configured`; on YAMNet's layers it tells how long its patches are.
        weights: see `start_network`; new heads on a bundle take its card's front end.
        configuration: of the fits.

    Raises:
        BundleError: see `card_beside`.
    """
    if configuration.backbone == BUNDLE:
        return card_beside(weights).front_end
    own = backbone(configuration.backbone).front_end
    if configuration.backbone != "yamnet":
        return own
    frames = int(network.input_shape[1])
    configured = frames == configuration.patch_frames
    hop = configuration.patch_hop_frames if configured else frames // 2  # as YAMNet's own
    return own.model_copy(update={"patch_frames": frames, "patch_hop_frames": hop})


def start_network(
    weights: Path | None,
    *,
    first_trained: int,
    dropout: float,
    seed: int,
    threads: int,
    name: str = "yamnet",
    cut: str | None = None,
    patch_frames: int = 96,
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
        patch_frames: see `build_network`; for YAMNet alone.

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
    return build_network(
        read_weights(weights),
        first_trained=first_trained,
        dropout=dropout,
        patch_frames=patch_frames,
        dense=True,
    )


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
        patch_frames=configuration.patch_frames,
    )
