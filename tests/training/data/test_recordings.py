"""Recordings are decoded in parallel, but come in order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.data.trees import recording
from training.data.clip import DatasetError
from training.data.recordings import MAX_THREADS, in_parallel, read_waveform, read_waveforms


def test_waveforms_come_in_the_order_of_the_paths(tmp_path: Path) -> None:
    paths = [recording(tmp_path / f"{seed}.flac", seed) for seed in range(4 * MAX_THREADS)]
    for path, waveform in zip(paths, read_waveforms(iter(paths), 16_000), strict=True):
        np.testing.assert_array_equal(waveform, read_waveform(path, 16_000))


def test_the_first_error_in_order_ends_it(tmp_path: Path) -> None:
    def work(path: Path) -> str:
        if path.name in ("5", "9"):
            raise DatasetError(path.name)
        return path.name

    results = in_parallel(work, [Path(str(number)) for number in range(20)], "working")
    assert [next(results) for _ in range(5)] == ["0", "1", "2", "3", "4"]
    with pytest.raises(DatasetError, match="5"):
        next(results)


@pytest.mark.parametrize("content", [b"", b"this is text", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_an_unreadable_recording_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"broken\.wav"):
        read_waveforms([path], 16_000)
    with pytest.raises(DatasetError, match=r"nowhere\.wav cannot be read: No such file"):
        read_waveform(tmp_path / "nowhere.wav", 16_000)
