"""A network on patches sees an upright picture, and its map comes back as time by bands."""

from __future__ import annotations

import numpy as np
import pytest

from shared.bundle import Picture
from training.backbones.front_ends import PICTURE_FRONT_END, as_pictures
from training.backbones.pictures import as_log_mel, on_pictures
from training.front_end import YAMNET_FRONT_END
from training.tensorflow_setup import load_keras

SQUARE = PICTURE_FRONT_END.model_copy(update={"mel_bands": 8, "patch_frames": 8})
LEVELS = np.arange(128, dtype=np.float32).reshape(2, 8, 8)


def test_the_network_sees_time_to_the_right_and_low_bands_at_the_bottom() -> None:
    # A network whose map is the top left corner of its picture.
    network = on_pictures(
        lambda picture: picture[:, :2, :3], SQUARE, size=8, scale=0.5, offset=-1.0, name="corner"
    )

    seen = network.predict(LEVELS, verbose=0)

    assert seen.shape == (2, 3, 2, 3)
    corner = LEVELS[:, :3, 6:] * 0.5 - 1.0  # the first frames of the highest bands, low band first
    assert np.allclose(seen, corner[..., None].repeat(3, axis=3))


def test_the_whole_picture_is_resized() -> None:
    network = on_pictures(lambda its: its, SQUARE, size=16, scale=1.0, offset=0.0, name="large")

    seen = network.predict(LEVELS, verbose=0)

    assert seen.shape == (2, 16, 16, 3)
    assert seen[:, ::15, ::15, 0] == pytest.approx(LEVELS[:, ::7, ::7])  # its corners


def test_levels_stand_for_log_mel_values() -> None:
    keras = load_keras()
    front_end = as_pictures(YAMNET_FRONT_END)
    assert isinstance(front_end.picture, Picture)
    patches = keras.Input((96, 64))
    values = keras.Model(patches, as_log_mel(patches, front_end))

    ends = values.predict(np.tile(np.array([0, 255], np.float32), (1, 96, 32)), verbose=0)

    assert ends[0, 0, :2] == pytest.approx(
        [front_end.picture.low, front_end.picture.high], abs=1e-4
    )
    assert front_end.picture.low == pytest.approx(np.log(0.001))
    assert as_log_mel(patches, YAMNET_FRONT_END) is patches
