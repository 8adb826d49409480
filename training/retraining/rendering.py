"""Folders of recordings → folders of pictures of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from shared.bundle import FrontEnd
from shared.errors import ScreeningError
from training.bundles.staging import staged
from training.data.clip import Clip
from training.data.recordings import decode_file, in_parallel, read_bytes
from training.retraining.pictures import SpectrogramPicture, encode_picture
from worker.audio.level import normalise_level
from worker.features import compute_features

PICTURE_SUFFIX = ".png"
FOLDERS = {1: "sick", 0: "not sick"}


class PicturesExistError(ScreeningError):
    """The folder to write is not free."""

    code = "pictures_exist"
    title = "The pictures cannot be written there"


def render_recording(path: Path, source: str, front_end: FrontEnd) -> SpectrogramPicture:
    """The picture of one recording, by the worker's decoder, level and front end.

    Args:
        path: the recording.
        source: what it was cut from.
        front_end: of log-mel features with a `picture` range.

    Raises:
        DatasetError: the recording cannot be read or decoded.
    """
    data = read_bytes(path)
    waveform = decode_file(path, data, front_end.sample_rate).waveform
    levels = compute_features(normalise_level(waveform, front_end.level), front_end)
    return SpectrogramPicture(levels, front_end, source, hashlib.sha256(data).hexdigest())


def render_folder(clips: list[Clip], front_end: FrontEnd, out: Path, *, replace: bool) -> None:
    """Write a picture of each clip, in the folders `sick/` and `not sick/`: all or none.

    Args:
        clips: labelled recordings.
        front_end: of log-mel features with a `picture` range.
        out: the folder to write.
        replace: whether pictures that are there may be replaced.

    Raises:
        PicturesExistError: `out` is there, and may not be replaced or holds other things.
        DatasetError: a recording cannot be read or decoded.
        CannotWriteError: the disk is full, or the folder may not be written.
    """
    check_free(out, replace=replace)
    by_path = {clip.path: clip for clip in clips}

    def encoded(path: Path) -> bytes:
        return encode_picture(render_recording(path, by_path[path].source, front_end))

    with staged(out) as folder:
        for label_folder in FOLDERS.values():
            (folder / label_folder).mkdir()
        pictures = in_parallel(encoded, by_path, "spectrograms")
        for clip, picture in zip(clips, pictures, strict=True):
            (folder / FOLDERS[clip.label] / _free_name(folder, clip)).write_bytes(picture)


def check_free(out: Path, *, replace: bool) -> None:
    """Raise PicturesExistError if `out` holds what may not be replaced."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not replace:
        raise PicturesExistError(f"{out} exists: give another folder, or --replace")
    if not out.is_dir() or any(
        path.suffix != PICTURE_SUFFIX for path in out.rglob("*") if path.is_file()
    ):
        raise PicturesExistError(f"{out} holds more than pictures: give another folder")


def _free_name(folder: Path, clip: Clip) -> str:
    """The recording's name; numbered where another folder or format has one of the same name."""
    name, number = f"{clip.path.stem}{PICTURE_SUFFIX}", 1
    while (folder / FOLDERS[clip.label] / name).exists():
        number += 1
        name = f"{clip.path.stem}-{number}{PICTURE_SUFFIX}"
    return name
