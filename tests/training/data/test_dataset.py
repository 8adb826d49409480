"""The table of clips by way of folders and manifests, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.conftest import SOURCES
from tests.training.data.trees import manifest, recording, text
from training.data.clip import Clip
from training.data.dataset import DatasetError, load_dataset, read_dataset
from training.data.layouts.sick_sounds import source_of

ROWS = "a.wav,sick,1\nb.wav,not_sick,2\nc.wav,sick,3\nd.wav,not sick,4\n"


def test_folders_give_labels_and_sources(recordings: Path) -> None:
    clips = read_dataset(recordings)
    assert len(clips) == 2 * SOURCES
    assert {clip.path.parent.name: clip.label for clip in clips} == {"sick": 1, "not_sick": 0}
    assert clips[0].source == "not_sick0"


def test_a_folder_may_be_called_not_sick_with_a_space(tmp_path: Path) -> None:
    for seed, label in enumerate(("sick", "not sick")):
        recording(tmp_path / label / "a.flac", 2 * seed)
        recording(tmp_path / label / "within" / "b.mp3", 2 * seed + 1)
        text(tmp_path / label / "notes.txt", "not a recording")
    assert [clip.label for clip in read_dataset(tmp_path)] == [0, 0, 1, 1]


@pytest.mark.parametrize("location", ["manifest.csv", "."])
def test_a_manifest_is_read_by_itself_and_by_its_folder(tmp_path: Path, location: str) -> None:
    manifest(tmp_path, ROWS)
    clips = read_dataset(tmp_path / location)
    assert [(clip.path.name, clip.label, clip.source) for clip in clips] == [
        ("a.wav", 1, "1"),
        ("b.wav", 0, "2"),
        ("c.wav", 1, "3"),
        ("d.wav", 0, "4"),
    ]


def test_a_manifest_may_tell_more(tmp_path: Path) -> None:
    header = "file,label,source_id,subject,device,split,duration_s,peak"
    rows = ROWS.replace("1\n", "1,Ann,phone,train,0.2,0.9\n", 1)
    path = manifest(tmp_path, rows, header)
    first, second = read_dataset(path)[:2]
    assert first == Clip(path.parent / "a.wav", 1, "1", "Ann", "phone", "train")
    assert (second.subject, second.device, second.split) == ("", "", "")


def test_the_source_column_may_have_another_name(tmp_path: Path) -> None:
    path = manifest(tmp_path, ROWS, "file,label,video")
    assert len(read_dataset(path, source_column="video")) == 4
    with pytest.raises(DatasetError, match="lacks the column source_id; it has file, label, video"):
        read_dataset(path)


def test_unknown_columns_are_named_beside_the_known_ones(tmp_path: Path) -> None:
    path = manifest(tmp_path, ROWS.replace("\n", ",x,y\n"), "file,label,source_id,mood,weather")
    said = "unknown columns: mood, weather; known are file, label, source_id, subject"
    with pytest.raises(DatasetError, match=said):
        read_dataset(path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ROWS.replace("not_sick", "healthy"), "line 3: label 'healthy'"),
        (ROWS.replace(",4", ","), "line 5: no source_id"),
        (ROWS.replace("d.wav", ""), "line 5: no file"),
        (ROWS.replace(",4", ",4,5"), "line 5: 4 values for 3 columns"),
        (ROWS.replace("d.wav", "e.wav"), r"1 files are missing, first e\.wav"),
        (ROWS.replace("c.wav", "a.wav"), r"lists a file twice: a\.wav"),
        ("a.wav,sick,1\nc.wav,sick,2\n", "no clip labelled not sick"),
        (ROWS.replace(",3", ",1"), "labelled sick come from one source"),
    ],
)
def test_a_manifest_that_cannot_be_trained_on_is_refused(
    tmp_path: Path, rows: str, said: str
) -> None:
    with pytest.raises(DatasetError, match=said):
        read_dataset(manifest(tmp_path, rows))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"file,label,source_id\n\xff.wav,sick,1\n", "is not UTF-8"),
        (b'file,label,source_id\n"a.wav"x,sick,1\n', "is not a CSV file"),
        (b"", "lacks the column file, label, source_id"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "manifest.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=said):
        read_dataset(path)


def test_a_place_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is in no known layout: covid19-cough has a metadata"):
        read_dataset(tmp_path)
    (tmp_path / "sick").mkdir()
    with pytest.raises(DatasetError, match="no clip labelled sick"):
        read_dataset(tmp_path)
    with pytest.raises(DatasetError, match="there is no file or folder"):
        read_dataset(tmp_path / "nowhere")


def test_a_layout_can_be_forced(tmp_path: Path) -> None:
    manifest(tmp_path, "a.wav,sick,1\n")
    for seed, label in enumerate(("sick", "not_sick")):
        recording(tmp_path / label / "x.wav", 10 + seed)
    assert load_dataset(tmp_path).layout == "manifest"
    forced = load_dataset(tmp_path, layout="sick-sounds")
    assert [clip.path.parent.name for clip in forced.clips] == ["not_sick", "sick"]
    known = "auto, coswara, coughvid, covid19-cough, esc, manifest, sick-sounds, virufy"
    with pytest.raises(DatasetError, match=f"there is no layout tape; there are {known}"):
        load_dataset(tmp_path, layout="tape")


@pytest.mark.parametrize("layout", ["coswara", "covid19-cough", "esc"])
def test_a_forced_layout_misses_its_table(recordings: Path, layout: str) -> None:
    with pytest.raises(DatasetError, match=r"\.csv cannot be read: No such file"):
        load_dataset(recordings, layout=layout)


@pytest.mark.parametrize("layout", ["coughvid", "virufy"])
def test_a_forced_layout_finds_nothing(recordings: Path, layout: str) -> None:
    with pytest.raises(DatasetError, match="has no clip labelled sick"):
        read_dataset(recordings, layout=layout)


@pytest.mark.parametrize(
    ("name", "source"),
    [("0OLpIiSBlfc_60_65.flac", "0OLpIiSBlfc"), ("_a_b_1_2.wav", "_a_b"), ("x_1.wav", "x_1")],
)
def test_names_tell_sources(name: str, source: str) -> None:
    assert source_of(Path(name)) == source
