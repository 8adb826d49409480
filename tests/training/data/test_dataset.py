"""The table of clips, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.conftest import SOURCES
from training.data.dataset import DatasetError, read_dataset, source_of
from training.data.recordings import read_waveform

HEADER = "file,label,source_id\n"
ROWS = "a.wav,sick,1\nb.wav,not_sick,2\nc.wav,sick,3\nd.wav,not sick,4\n"


def manifest(folder: Path, text: str, *, name: str = "manifest.csv") -> Path:
    for file in "abcd":
        (folder / f"{file}.wav").write_bytes(b"")
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_folders_give_labels_and_sources(recordings: Path) -> None:
    clips = read_dataset(recordings)
    assert len(clips) == 2 * SOURCES
    assert {clip.path.parent.name: clip.label for clip in clips} == {"sick": 1, "not_sick": 0}
    assert clips[0].source == "not_sick0"


def test_a_folder_may_be_called_not_sick_with_a_space(tmp_path: Path) -> None:
    for label in ("sick", "not sick"):
        (tmp_path / label).mkdir()
        for name in ("a.flac", "b.mp3", "notes.txt"):
            (tmp_path / label / name).write_bytes(b"")
    assert [clip.label for clip in read_dataset(tmp_path)] == [0, 0, 1, 1]


@pytest.mark.parametrize("location", ["manifest.csv", "."])
def test_a_manifest_is_read_by_itself_and_by_its_folder(tmp_path: Path, location: str) -> None:
    manifest(tmp_path, HEADER + ROWS)
    clips = read_dataset(tmp_path / location)
    assert [(clip.path.name, clip.label, clip.source) for clip in clips] == [
        ("a.wav", 1, "1"),
        ("b.wav", 0, "2"),
        ("c.wav", 1, "3"),
        ("d.wav", 0, "4"),
    ]


def test_the_source_column_may_have_another_name(tmp_path: Path) -> None:
    path = manifest(tmp_path, "file,label,video\n" + ROWS)
    assert len(read_dataset(path, source_column="video")) == 4
    with pytest.raises(DatasetError, match="lacks the column source_id"):
        read_dataset(path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ROWS.replace("not_sick", "healthy"), "line 3: label 'healthy'"),
        (ROWS.replace(",4", ","), "line 5: no source_id"),
        (ROWS.replace("d.wav", "e.wav"), "1 files are missing, first e.wav"),
        (ROWS.replace("c.wav", "a.wav"), "lists a file twice"),
        ("a.wav,sick,1\nc.wav,sick,2\n", "no clip labelled not sick"),
        (ROWS.replace(",3", ",1"), "labelled sick come from one source"),
    ],
)
def test_a_manifest_that_cannot_be_trained_on_is_refused(
    tmp_path: Path, rows: str, said: str
) -> None:
    with pytest.raises(DatasetError, match=said):
        read_dataset(manifest(tmp_path, HEADER + rows))


def test_a_place_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no clip labelled sick"):
        read_dataset(tmp_path)
    with pytest.raises(DatasetError, match="there is no file or folder"):
        read_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"this is text", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_an_unreadable_recording_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"broken\.wav"):
        read_waveform(path, 16_000)


@pytest.mark.parametrize(
    ("name", "source"),
    [("0OLpIiSBlfc_60_65.flac", "0OLpIiSBlfc"), ("_a_b_1_2.wav", "_a_b"), ("x_1.wav", "x_1")],
)
def test_names_tell_sources(name: str, source: str) -> None:
    assert source_of(Path(name)) == source
