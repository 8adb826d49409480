"""The model bundle's card: everything that serving must know about a network.

A bundle is a folder `models/<name>/<version>/` with the LiteRT network, the Keras network it came
from, this card as `card.json`, and `CARD.md` for people. The worker configures its front end from
the card, so training and serving cannot drift apart.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import BundleError

CARD_FILE = "card.json"

DISCLAIMER = (
    "Research software, not a medical device. 'sick' means: this sounds like the coughs and "
    "sneezes labelled sick in the training data. It is not a medical diagnosis."
)

Label = Literal["sick", "not sick"]
ModelName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Quantisation = Literal["float32", "dynamic-int8", "int8"]
ModelVersion = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$", max_length=32)]


class _CardPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(_CardPart):
    """Level normalisation of the waveform before anything else looks at it."""

    method: Literal["none", "peak", "rms"]
    target_dbfs: float = Field(default=-20.0, le=0.0, description="dB relative to full scale")
    max_gain_db: float = Field(
        default=60.0, ge=0.0, description="Near-silence is not amplified by more than this"
    )


class Picture(_CardPart):
    """Log-mel values as the 256 grey levels of an 8-bit picture: clipped to a range, rounded.

    Networks that were pretrained on pictures see these levels, 0 to 255.
    """

    low: float = Field(description="log-mel value of level 0")
    high: float = Field(description="log-mel value of level 255")


class FrontEnd(_CardPart):
    """Every parameter between the decoded samples and the network's input."""

    features: Literal["logmel", "mfcc", "waveform"] = Field(
        default="logmel",
        description="waveform: frames of hop_length samples; mfcc: coefficients of the log-mel "
        "spectrogram, their first and their second differences",
    )
    mfcc_coefficients: int = Field(default=20, gt=0, description="looked at by mfcc alone")
    picture: Picture | None = Field(default=None, description="log-mel levels as a picture's")
    sample_rate: int = Field(gt=0, description="Hz")
    level: Level
    window: Literal["hann"] = "hann"
    window_length: int = Field(gt=0, description="samples")
    hop_length: int = Field(gt=0, description="samples")
    fft_length: int = Field(gt=0, description="samples")
    power: float = Field(gt=0, description="1: magnitude, 2: power spectrogram")
    mel_bands: int = Field(gt=0)
    mel_scale: Literal["htk", "slaney"]
    fmin_hz: float = Field(ge=0)
    fmax_hz: float = Field(gt=0)
    log_offset: float = Field(gt=0, description="log(mel + log_offset), natural logarithm")
    log_shift: float = Field(default=0.0, description="added after the logarithm")
    patch_frames: int = Field(gt=0)
    patch_hop_frames: int = Field(gt=0)

    @property
    def feature_width(self) -> int:
        """Values a frame: mel bands, coefficients with their differences, or samples."""
        widths = {
            "logmel": self.mel_bands,
            "mfcc": 3 * self.mfcc_coefficients,
            "waveform": self.hop_length,
        }
        return widths[self.features]


class EvidenceGrid(_CardPart):
    """The cells of a patch that the output `evidence` speaks of.

    `evidence` is a class-activation map (Zhou et al. 2016), float32 (batch, time_cells,
    band_cells); a patch's cells sum to its logit.
    """

    time_cells: int = Field(gt=0)
    band_cells: int = Field(gt=0)


class Network(_CardPart):
    """The network's files and the names of its input and outputs.

    The LiteRT signature takes `patches`, float32 (batch, patch_frames, feature_width), and gives
    for each patch its `logit` of being sick and its `attention` score (before the softmax over the
    clip's patches), both float32 (batch,). Where the card has an evidence grid it also gives
    `evidence`; where its doubts name a calibration of their own, `event`, float32 (batch,): the
    logit of a cough or a sneeze being in the patch.
    """

    litert: str = "network.tflite"
    keras: str = "network.keras"
    batch: int = Field(default=1, gt=0, description="patches per invocation, fixed at export")
    quantisation: Quantisation
    parameters: int = Field(gt=0)
    evidence: EvidenceGrid | None = None


class Export(_CardPart):
    """One file that the Keras network was converted to, held against it."""

    file: str
    quantisation: Quantisation
    bytes: int = Field(gt=0)
    clips: int = Field(gt=0, description="that it was compared on")
    greatest_difference: float = Field(ge=0, description="in P(sick), from Keras")
    answers_changed: float = Field(ge=0, le=1, description="share, from Keras")
    accuracy: float = Field(ge=0, le=1, description="on clips that Keras was trained on")
    keras_accuracy: float = Field(ge=0, le=1, description="the Keras network's on the same clips")


class Calibration(_CardPart):
    """Platt scaling: P(sick) = sigmoid(scale * logit + offset), fitted on held-out folds.

    Platt 1999, "Probabilistic outputs for support vector machines".
    """

    scale: float = Field(gt=0)
    offset: float


class Doubts(_CardPart):
    """When a result is warned of as doubtful."""

    uncertain_from: float = Field(
        ge=0, le=1, description="`uncertain` when P(sick) is at least this"
    )
    uncertain_to: float = Field(ge=0, le=1, description="and less than this")
    event_below: float = Field(
        ge=0,
        le=1,
        description="`no_cough_or_sneeze_heard` when P(a cough or a sneeze) is less than this",
    )
    event: Calibration | None = Field(
        default=None,
        description="of the greatest `event` logit over patches; none: P(sick) itself is "
        "P(a cough or a sneeze)",
    )
    chosen: str = Field(description="how these thresholds were chosen")


class Figure(_CardPart):
    """A measured figure with its 95 % bootstrap confidence interval over sources."""

    value: float
    low: float
    high: float


class Evaluation(_CardPart):
    """Figures, how they were measured, and the command that reproduces them."""

    protocol: str
    command: str
    clips: int = Field(gt=0)
    sources: int = Field(gt=0)
    figures: dict[str, Figure]
    baselines: dict[str, Figure]
    probes: dict[str, Figure] = Field(
        default_factory=dict, description="share of answers that a change of the recording turns"
    )


class DataSet(_CardPart):
    name: str
    licence: str
    use: str


class Provenance(_CardPart):
    """Where the network comes from: data, base weights, code, and how it was trained."""

    data_sets: list[DataSet]
    base_weights: str
    base_weights_sha256: str
    trained_with: str = Field(description="the command")
    seed: int
    configuration: dict[str, Any] = Field(default_factory=dict)
    software: dict[str, str] = Field(default_factory=dict)


class Card(_CardPart):
    """`card.json` of a model bundle."""

    name: ModelName
    version: ModelVersion
    description: str
    labels: list[Label] = Field(min_length=2, max_length=2)
    disclaimer: str = DISCLAIMER
    licence: str
    front_end: FrontEnd
    network: Network
    calibration: Calibration
    threshold: float = Field(gt=0, lt=1, description="sick when P(sick) is at least this")
    caveat: str | None = Field(
        default=None, description="what a reader must know before anything else"
    )
    doubts: Doubts | None = None
    exports: list[Export] = Field(default_factory=list)
    evaluation: Evaluation
    provenance: Provenance
    intended_use: list[str] = Field(default_factory=list, description="uses and users")
    not_for: list[str] = Field(default_factory=list, description="uses that are out of scope")
    factors: list[str] = Field(
        default_factory=list, description="groups, instruments, surroundings that may matter"
    )
    ethics: list[str] = Field(default_factory=list, description="risks, harms, consent")
    limits: list[str]
    tripod: dict[str, str] = Field(
        default_factory=dict,
        description="answers to items of TRIPOD+AI, by number, that no other part of the card has",
    )
    sha256: dict[str, str] = Field(description="of each other file in the bundle")

    @property
    def reference(self) -> str:
        """`name@version`, as settings and messages write it."""
        return f"{self.name}@{self.version}"

    @property
    def full_disclaimer(self) -> str:
        """What every answer of this model comes with: its caveat first, if it has one."""
        return self.disclaimer if self.caveat is None else f"{self.caveat} {self.disclaimer}"


def read_card(folder: Path) -> Card:
    """Read and validate the card of the bundle in `folder`.

    Raises:
        BundleError: the card is missing, malformed, or belongs to another folder.
    """
    try:
        card = Card.model_validate_json((folder / CARD_FILE).read_bytes())
    except OSError as error:
        raise BundleError(f"no readable {CARD_FILE} in {folder}: {error.strerror}") from error
    except ValidationError as error:
        wrong = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors())
        raise BundleError(f"{folder / CARD_FILE} is not a valid card: {wrong}") from error
    if (folder.parent.name, folder.name) != (card.name, card.version):
        raise BundleError(f"{folder} holds the card of {card.reference}")
    return card


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "the whole"


def verify_files(folder: Path, card: Card) -> None:
    """Check the bundle's files against the SHA-256 that the card gives of each.

    What serving does not need, such as the Keras network, may be left out of an image, but a file
    that is there must be the card's.

    Raises:
        BundleError: a file was changed, the network is missing, or the card gives no hash of it.
    """
    if card.network.litert not in card.sha256:
        raise BundleError(f"the card of {card.reference} gives no hash of {card.network.litert}")
    for name, expected in card.sha256.items():
        try:
            with (folder / name).open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            if name == card.network.litert:
                raise BundleError(f"{card.reference} lacks {name}") from error
            continue
        except OSError as error:
            raise BundleError(f"{card.reference}: cannot read {name}: {error.strerror}") from error
        if actual != expected:
            raise BundleError(f"{name} of {card.reference} is not the file that its card names")
