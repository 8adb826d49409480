"""Copies, contradictions and files that cannot be used."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
import soundfile

from tests.training.data.trees import recording
from training.data.dataset import DatasetError, load_dataset, read_dataset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings of each label."""
    for seed in range(6):
        label = ("sick", "not_sick")[seed // 3]
        recording(tmp_path / label / f"{seed}.wav", seed)
    return tmp_path


def test_copies_by_bytes_become_one_source(folder: Path) -> None:
    shutil.copy(folder / "sick" / "0.wav", folder / "sick" / "copy.wav")
    dataset = load_dataset(folder)
    sources = {clip.path.name: clip.source for clip in dataset.clips}
    assert sources["0.wav"] == sources["copy.wav"] == "0"
    assert [[dataset.clips[i].path.name for i in its] for its in dataset.duplicates] == [
        ["0.wav", "copy.wav"]
    ]


def test_copies_in_another_container_become_one_source(folder: Path) -> None:
    samples, rate = soundfile.read(folder / "sick" / "0.wav", dtype="int16")
    soundfile.write(folder / "sick" / "copy.flac", samples, rate)
    sources = {clip.path.name: clip.source for clip in read_dataset(folder)}
    assert sources["0.wav"] == sources["copy.flac"]
    assert len(set(sources.values())) == 6


def test_copies_under_both_labels_are_left_out_with_a_warning(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(folder / "sick" / "0.wav", folder / "not_sick" / "other.wav")
    with caplog.at_level(logging.WARNING):
        names = {clip.path.name for clip in read_dataset(folder)}
    assert names == {"1.wav", "2.wav", "3.wav", "4.wav", "5.wav"}
    assert "2 files have the same content under both labels: left out" in caplog.text
    assert load_dataset(folder).contradictions == [
        [folder / "not_sick" / "other.wav", folder / "sick" / "0.wav"]
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"1 files are unreadable, first 0\.wav is not in a known audio format"),
        (b"this is text", r"first 0\.wav is not in a known audio format"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", r"first 0\.wav cannot be decoded: "),
    ],
)
def test_a_file_that_cannot_be_read_is_named_or_skipped(
    folder: Path, content: bytes, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "sick" / "0.wav").write_bytes(content)
    with pytest.raises(DatasetError, match=said):
        read_dataset(folder)
    assert len(read_dataset(folder, skip_unusable=True)) == 5
    assert "1 files are missing or unreadable: left out" in caplog.text


def test_many_problems_are_counted_and_the_first_named(folder: Path) -> None:
    for path in sorted(folder.rglob("*.wav")):
        path.write_bytes(b"no")
    with pytest.raises(DatasetError) as caught:
        read_dataset(folder)
    assert caught.value.detail.startswith("6 files are unreadable, first 3.wav is not")
    assert caught.value.detail.count("is not in a known audio format") == 3
    with pytest.raises(DatasetError, match="no clip labelled sick"):
        read_dataset(folder, skip_unusable=True)


def test_merging_may_leave_a_class_with_one_source(folder: Path) -> None:
    for name in ("1.wav", "2.wav"):
        shutil.copy(folder / "sick" / "0.wav", folder / "sick" / name)
    with pytest.raises(DatasetError, match="all clips labelled sick come from one source"):
        read_dataset(folder)
