"""Log-mel spectrograms as 8-bit grey pictures, and back without loss.

Time runs to the right, low bands are at the bottom, one pixel a value. Text chunks of the PNG say
which recording it is of, and which front end made it.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError
from pydantic import ValidationError

from shared.bundle import FrontEnd
from training.data.clip import DatasetError
from worker.features import Features

_SOURCE, _RECORDING = "source", "recording_sha256"
_FRONT_END, _FRONT_END_HASH = "front_end", "front_end_sha256"


@dataclass(frozen=True)
class SpectrogramPicture:
    """A picture of a recording.

    Attributes:
        levels: float32 (frames, mel_bands), whole numbers 0 to 255: the worker's features.
        front_end: that made them, with its `picture` range.
        source: what the recording was cut from.
        recording_sha256: of the recording's file.
    """

    levels: Features
    front_end: FrontEnd
    source: str
    recording_sha256: str


def front_end_sha256(front_end: FrontEnd) -> str:
    """The hash by which pictures, caches and networks tell front ends apart."""
    return hashlib.sha256(front_end.model_dump_json().encode()).hexdigest()


def encode_picture(picture: SpectrogramPicture) -> bytes:
    """The picture as a PNG; the same picture gives the same bytes."""
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt(_SOURCE, picture.source)
    chunks.add_text(_RECORDING, picture.recording_sha256)
    chunks.add_text(_FRONT_END, picture.front_end.model_dump_json())
    chunks.add_text(_FRONT_END_HASH, front_end_sha256(picture.front_end))
    upright = np.ascontiguousarray(picture.levels.astype(np.uint8).T[::-1])
    buffer = io.BytesIO()
    Image.fromarray(upright).save(buffer, format="PNG", pnginfo=chunks)
    return buffer.getvalue()


def read_picture(path: Path) -> SpectrogramPicture:
    """Read a picture that `encode_picture` made.

    Raises:
        DatasetError: the file cannot be read, is no such picture, or was changed since.
    """
    try:
        with Image.open(path, formats=["PNG"]) as image:
            image.load()
            mode, said = image.mode, dict(image.info)
            upright = np.asarray(image)
    except (UnidentifiedImageError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{path.name} is not a PNG picture") from error
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror or error}") from error
    try:
        front_end = FrontEnd.model_validate_json(said[_FRONT_END])
        source, recording, expected = said[_SOURCE], said[_RECORDING], said[_FRONT_END_HASH]
    except (KeyError, ValidationError) as error:
        raise DatasetError(
            f"{path.name} does not say how it was made: make pictures with "
            "`python -m training spectrograms`"
        ) from error
    if front_end_sha256(front_end) != expected or front_end.picture is None:
        raise DatasetError(f"{path.name} does not say rightly how it was made")
    if mode != "L" or upright.shape[0] != front_end.feature_width:
        raise DatasetError(
            f"{path.name} was changed: it is no grey picture of {front_end.feature_width} bands"
        )
    levels = np.ascontiguousarray(upright[::-1].T, dtype=np.float32)
    return SpectrogramPicture(levels, front_end, str(source), str(recording))
