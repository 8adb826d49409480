"""The pictures of a job: their names, and their arrays as JSON gives them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field


class PictureName(StrEnum):
    """What a job may have pictures of."""

    SPECTROGRAM = "spectrogram"
    EXPLANATION = "explanation"


class PictureFormat(StrEnum):
    """How a picture is kept and given: drawn, or as its arrays."""

    PNG = "png"
    JSON = "json"


Pictures = Mapping[tuple[PictureName, PictureFormat], bytes]
"""All of a job's."""

NO_PICTURES: Final[Pictures] = {}


class _Arrays(BaseModel):
    model_config = ConfigDict(frozen=True)


class SpectrogramArrays(_Arrays):
    """How loud each frequency was at each time."""

    times_s: list[float] = Field(
        description="Borders of the columns, seconds; one more than there are columns"
    )
    bands_hz: list[float] = Field(
        description="Borders of the bands, Hz, even in mel; one more than there are bands"
    )
    levels_db: list[list[int]] = Field(
        description="For each column, each band's loudest level, dB; 0 is a sine of full scale"
    )
    lowest_db: int = Field(description="What is softer is given as this", examples=[-91])
    highest_db: int = Field(description="The end of the picture's colours", examples=[-11])


class AttentionArrays(_Arrays):
    """When the network listened."""

    patches_s: list[tuple[float, float]] = Field(
        description="Where each patch begins and ends, seconds; the last one may be filled with "
        "silence"
    )
    shares: list[float] = Field(description="Each patch's share of the attention; they sum to 1")
    logits: list[float] = Field(
        description="What was heard in each patch; above 0 speaks for `sick`"
    )


class MapArrays(_Arrays):
    """Where in time and frequency the network heard it: its class-activation map."""

    times_s: list[float] = Field(
        description="Borders of the cells, seconds; the last may lie in the silence after the end"
    )
    bands_hz: list[float] | None = Field(
        description="Their borders, Hz; null: the network's features have no frequencies"
    )
    values: list[list[float]] = Field(
        description="For each time, each band's part of the logit: above 0 speaks for `sick`, "
        "below 0 against. They sum to `logit`"
    )


class ExplanationArrays(_Arrays):
    """What a diagnosis rests on."""

    logit: float = Field(
        description="What calibration makes P(sick) of: the mean of the patches' logits, weighted "
        "by their shares"
    )
    attention: AttentionArrays
    map: MapArrays | None = Field(description="null: the network gives none")
    disclaimer: str
