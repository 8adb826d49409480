"""Every published layout becomes the same table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.data import trees
from training.data.dataset import DatasetError, load_dataset, read_dataset

Row = tuple[str, int, str, str, str, str]


def rows(root: Path, location: Path | None = None) -> list[Row]:
    """The table, with paths relative to the root."""
    return [
        (
            clip.path.relative_to(root).as_posix(),
            clip.label,
            clip.source,
            clip.subject,
            clip.device,
            clip.split,
        )
        for clip in read_dataset(location or root)
    ]


@pytest.mark.parametrize("location", [".", "Extracted_data"])
def test_coswara(tmp_path: Path, location: str) -> None:
    dataset = load_dataset(trees.coswara(tmp_path) / location)
    assert dataset.layout == "coswara"
    assert {(its.path.parent.name, its.path.stem, its.label) for its in dataset.clips} == {
        ("p1", "cough-heavy", 1),
        ("p1", "cough-shallow", 1),
        ("p2", "cough-heavy", 1),
        ("p2", "cough-shallow", 1),
        ("p3", "cough-heavy", 1),
        ("p3", "cough-shallow", 1),
        ("h1", "cough-shallow", 0),
        ("h2", "cough-heavy", 0),
        ("h2", "cough-shallow", 0),
    }
    assert all(its.source == its.subject == its.path.parent.name for its in dataset.clips)
    assert {its.device for its in dataset.clips} == {"web"}
    assert dataset.left_out == {
        "covid_status recovered_full": 2,
        "graded as badly recorded": 1,
        "not in combined_data.csv": 2,
        "participant's folder is not here": 2,
    }


def test_a_coswara_cough_that_was_not_sent_is_missing(tmp_path: Path) -> None:
    trees.coswara(tmp_path)
    (tmp_path / "Extracted_data" / "20200413" / "p1" / "cough-shallow.wav").unlink()
    with pytest.raises(DatasetError, match="1 files are missing, first cough-shallow"):
        read_dataset(tmp_path)
    assert len(read_dataset(tmp_path, skip_unusable=True)) == 8


@pytest.mark.parametrize("compiled", [True, False])
def test_coughvid(tmp_path: Path, compiled: bool) -> None:
    trees.coughvid(tmp_path, compiled=compiled)
    assert rows(tmp_path) == [
        ("aaa.webm", 1, "aaa", "", "webm", ""),
        ("bbb.ogg", 1, "bbb", "", "ogg", ""),
        ("ccc.webm", 0, "ccc", "", "webm", ""),
        ("ddd.ogg", 0, "ddd", "", "ogg", ""),
    ]
    dataset = load_dataset(tmp_path)
    assert dataset.layout == "coughvid"
    assert dataset.left_out == {"cough_detected below 0.8": 1, "status not given": 1}


def test_a_converted_coughvid_is_read(tmp_path: Path) -> None:
    trees.coughvid(tmp_path, compiled=True)
    (tmp_path / "aaa.webm").unlink()
    assert rows(tmp_path)[0] == ("aaa.wav", 1, "aaa", "", "wav", "")
    (tmp_path / "aaa.wav").unlink()
    with pytest.raises(DatasetError, match=r"1 files are missing, first aaa\.webm"):
        read_dataset(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"cough_detected": "much"}, "bbb: cough_detected 'much' is no number"),
        ({"cough_detected": "0.9", "status": "tired"}, "bbb: status 'tired' is not one of"),
        (["0.9"], r"bbb\.json is not an object"),
    ],
)
def test_coughvid_metadata_that_cannot_be_understood(
    tmp_path: Path, content: object, said: str
) -> None:
    trees.coughvid(tmp_path, compiled=False)
    trees.text(tmp_path / "bbb.json", json.dumps(content))
    with pytest.raises(DatasetError, match=said):
        read_dataset(tmp_path)
    trees.text(tmp_path / "bbb.json", "{")
    with pytest.raises(DatasetError, match=r"bbb\.json is not JSON"):
        read_dataset(tmp_path)


@pytest.mark.parametrize("location", [".", "clinical"])
def test_virufy(tmp_path: Path, location: str) -> None:
    trees.virufy(tmp_path)
    table = rows(tmp_path, tmp_path / location)
    assert len(table) == 8
    assert table[0] == (
        "clinical/segmented/neg/neg-0421-083-cough-m-53-0.mp3",
        0,
        "0421-083",
        "0421-083",
        "",
        "",
    )
    assert {(label, subject) for _, label, _, subject, _, _ in table} == {
        (0, "0421-083"),
        (0, "0422-098"),
        (1, "0421-084"),
        (1, "0421-087"),
    }
    assert load_dataset(tmp_path).layout == "virufy"


def test_virufy_coughs_whose_test_says_otherwise_are_left_out(tmp_path: Path) -> None:
    labels = trees.virufy(tmp_path) / "clinical" / "labels.csv"
    first = labels.read_text(encoding="utf-8").replace("positive", "negative", 1)
    trees.text(labels, first)
    dataset = load_dataset(tmp_path)
    assert dataset.left_out == {"labels.csv contradicts the folder": 2}
    assert "0421-084" not in {clip.subject for clip in dataset.clips}


def test_virufy_files_must_name_their_patients(tmp_path: Path) -> None:
    trees.virufy(tmp_path)
    trees.recording(tmp_path / "clinical" / "segmented" / "pos" / "cough.mp3", 9)
    with pytest.raises(DatasetError, match=r"cough\.mp3 does not name its patient"):
        read_dataset(tmp_path)


@pytest.mark.parametrize("published", [True, False])
def test_covid19_cough(tmp_path: Path, published: bool) -> None:
    trees.covid19_cough(tmp_path, published=published)
    folder = "raw" if published else "clips"
    assert rows(tmp_path) == [
        (f"{folder}/0.mp3", 1, "0", "", "call-center", ""),
        (f"{folder}/1.mp3", 0, "1", "", "call-center", ""),
        (f"{folder}/2.mp3", 1, "2", "", "telegram", ""),
        (f"{folder}/3.mp3", 0, "3", "", "telegram", ""),
    ]
    assert load_dataset(tmp_path).layout == "covid19-cough"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({}, "metadata.json is not a list"),
        ([{"covid19": True}], "entry 1: no filename"),
        ([{"filename": "0.mp3", "covid19": "maybe"}], "entry 1: covid19 'maybe' is not one of"),
    ],
)
def test_covid19_cough_metadata_that_cannot_be_understood(
    tmp_path: Path, entries: object, said: str
) -> None:
    trees.covid19_cough(tmp_path, published=True)
    trees.text(tmp_path / "metadata.json", json.dumps(entries))
    with pytest.raises(DatasetError, match=said):
        read_dataset(tmp_path)


def test_what_covid19_cough_lists_twice_counts_once_unless_its_labels_differ(
    tmp_path: Path,
) -> None:
    metadata = trees.covid19_cough(tmp_path, published=True) / "metadata.json"
    entries = json.loads(metadata.read_bytes())
    other = {**entries[1], "covid19": not entries[1]["covid19"]}
    trees.text(metadata, json.dumps([*entries, entries[0], other]))
    dataset = load_dataset(tmp_path)
    assert [clip.path.name for clip in dataset.clips] == ["0.mp3", "2.mp3", "3.mp3"]
    assert dataset.left_out == {"listed twice": 1}
    assert [[path.name for path in group] for group in dataset.contradictions] == [
        ["1.mp3", "1.mp3"]
    ]


@pytest.mark.parametrize("published", [True, False])
def test_esc(tmp_path: Path, published: bool) -> None:
    trees.esc(tmp_path, published=published)
    assert [(Path(path).stem, *rest) for path, *rest in rows(tmp_path)] == [
        ("d1", 0, "3", "", "", "1"),
        ("d2", 0, "4", "", "", "2"),
        ("s1", 1, "1", "", "", "1"),
        ("s2", 1, "2", "", "", "2"),
    ]
    assert load_dataset(tmp_path).layout == "esc"


def test_a_recording_without_a_source_is_refused(tmp_path: Path) -> None:
    table = trees.esc(tmp_path, published=False) / "manifest.csv"
    trees.text(table, table.read_text(encoding="utf-8").replace(",3\n", ",\n"))
    with pytest.raises(DatasetError, match=r"1 recordings have no source, first d1\.wav"):
        read_dataset(tmp_path)
