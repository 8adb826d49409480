"""New heads on the network of a bundle, which stays whole as it was.

What the bundle's network learned to hear serves another question, and its own answer stays among
the outputs: `event`, each patch's logit of a cough or a sneeze. Both come from one pass through
its layers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.bundle import Card, read_card, verify_files
from shared.errors import BundleError
from training.fitting.heads import map_heads
from training.fitting.network import FROZEN, TRAINED, join, load_network
from training.tensorflow_setup import load_keras

BUNDLE = "bundle"
NEEDS_WEIGHTS = "new heads on a bundle need --weights models/NAME/VERSION/network.keras"


def build_on_bundle(weights: Path, *, dropout: float) -> Any:
    """Put new heads on the last feature map that a bundle's heads see.

    Args:
        weights: the bundle's `network.keras`.
        dropout: rate on the feature map's channels, during training only.

    Returns:
        keras.Model from `patches` to {"logit": (batch,), "attention": (batch,), "evidence":
        (batch, time, bands), "event": (batch,)}; `event` is the bundle's own `logit`. Its
        submodel `frozen_blocks` gives {"activations", "event"}.

    Raises:
        BundleError: the file cannot be read, or its heads see no feature map.
    """
    keras = load_keras()
    listener = load_network(weights)
    lower, upper = listener.get_layer(FROZEN), listener.get_layer(TRAINED)
    maps = [its.input for its in upper.layers if isinstance(its, keras.layers.SpatialDropout2D)]
    if not maps:
        raise BundleError(f"the heads of {weights.name} see no feature map: new ones cannot either")
    heard = {"activations": maps[-1], "event": upper.output["logit"]}
    trunk = keras.Model(upper.input, heard, name="trunk")
    patches = keras.Input(lower.input_shape[1:], name="patches")
    activations = lower(patches)
    if isinstance(activations, dict):
        activations = activations["activations"]
    frozen_blocks = keras.Model(patches, trunk(activations), name=FROZEN)
    feature_map = keras.Input(maps[-1].shape[1:], name="activations")
    return join(
        frozen_blocks, keras.Model(feature_map, map_heads([feature_map], dropout), name=TRAINED)
    )


def card_beside(weights: Path | None) -> Card:
    """The card of the bundle whose `network.keras` is given.

    Raises:
        BundleError: no file is given, no card that can be used lies beside it, or it is not the
            card's.
    """
    if weights is None:
        raise BundleError(NEEDS_WEIGHTS)
    folder = weights.resolve().parent
    card = read_card(folder)
    verify_files(folder, card)
    if weights.name != card.network.keras:
        raise BundleError(f"{weights.name} is not the Keras network of {card.reference}")
    return card
