"""Pictures read back exactly: the picture's way and the recording's give the same input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shared.audio_format import AudioFormat
from shared.bundle import FrontEnd
from tests.support.recordings import cough, encode
from training.backbones.front_ends import AISFX_FRONT_END, PICTURE_FRONT_END, as_pictures
from training.data.clip import DatasetError
from training.data.recordings import read_waveform
from training.front_end import YAMNET_FRONT_END
from training.retraining.pictures import SpectrogramPicture, encode_picture, read_picture
from training.retraining.rendering import render_recording
from worker.audio.level import normalise_level
from worker.features import compute_features, cut_patches, waveform_to_patches

FRONT_ENDS = [PICTURE_FRONT_END, as_pictures(YAMNET_FRONT_END), as_pictures(AISFX_FRONT_END)]


def _picture(levels: npt.NDArray[np.float64] | None = None) -> SpectrogramPicture:
    shape = (7, PICTURE_FRONT_END.mel_bands)
    values = np.arange(7 * 128).reshape(shape) % 256 if levels is None else levels
    return SpectrogramPicture(values.astype(np.float32), PICTURE_FRONT_END, "Ünï_1", "ab" * 32)


@pytest.mark.parametrize("front_end", FRONT_ENDS)
@pytest.mark.parametrize("audio_format", [AudioFormat.WAV, AudioFormat.MP3])
def test_the_network_input_is_the_same_bit_for_bit(
    front_end: FrontEnd, audio_format: AudioFormat, tmp_path: Path
) -> None:
    recording, file = tmp_path / "cough", tmp_path / "cough.png"
    recording.write_bytes(encode(cough(2.0), 16_000, audio_format))

    file.write_bytes(encode_picture(render_recording(recording, "someone", front_end)))
    picture = read_picture(file)

    by_picture = cut_patches(picture.levels, picture.front_end)
    by_audio = waveform_to_patches(read_waveform(recording, front_end.sample_rate), front_end)
    assert picture.front_end == front_end
    assert by_picture.dtype == by_audio.dtype == np.float32
    assert np.array_equal(by_picture, by_audio)
    assert len(np.unique(by_audio)) > 50


@settings(deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 2**32 - 1),
    samples=st.integers(1, 20_000),
    loudness=st.floats(-120.0, 40.0),
    which=st.integers(0, len(FRONT_ENDS) - 1),
)
def test_any_waveform_comes_back_as_it_was(
    seed: int, samples: int, loudness: float, which: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    front_end = FRONT_ENDS[which]
    noise = np.random.default_rng(seed).standard_normal(samples).astype(np.float32)
    waveform = noise * np.float32(10 ** (loudness / 20))
    levels = compute_features(normalise_level(waveform, front_end.level), front_end)
    file = tmp_path_factory.getbasetemp() / "any.png"

    file.write_bytes(encode_picture(SpectrogramPicture(levels, front_end, "source", "hash")))

    read = cut_patches(read_picture(file).levels, front_end)
    assert np.array_equal(read, waveform_to_patches(waveform, front_end))


def test_a_person_sees_time_to_the_right_and_low_bands_at_the_bottom(tmp_path: Path) -> None:
    levels = np.zeros((7, 128))
    levels[2, 0] = 200  # the lowest band of the third frame
    file = tmp_path / "picture.png"
    file.write_bytes(encode_picture(_picture(levels)))

    with Image.open(file) as image:
        assert (image.width, image.height, image.mode) == (7, 128, "L")
        assert image.getpixel((2, 127)) == 200


def test_it_says_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(encode_picture(_picture()))

    read = read_picture(file)

    assert (read.source, read.recording_sha256) == ("Ünï_1", "ab" * 32)
    assert encode_picture(read) == file.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.convert("RGB"),
        lambda image: image.resize((7, 64)),
        lambda image: image.rotate(90, expand=True),
    ],
)
def test_a_changed_picture_is_refused(change: object, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(encode_picture(_picture()))
    with Image.open(file) as image:
        from PIL.PngImagePlugin import PngInfo

        chunks = PngInfo()
        for key, value in image.info.items():
            chunks.add_text(str(key), str(value))
        change(image).save(file, pnginfo=chunks)  # type: ignore[operator]

    with pytest.raises(DatasetError, match=r"picture\.png was changed"):
        read_picture(file)


def test_a_picture_of_something_else_is_refused(tmp_path: Path) -> None:
    Image.new("L", (7, 128)).save(tmp_path / "other.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")

    with pytest.raises(DatasetError, match=r"other\.png does not say how it was made"):
        read_picture(tmp_path / "other.png")
    with pytest.raises(DatasetError, match=r"broken\.png"):
        read_picture(tmp_path / "broken.png")
