"""`python -m training data` from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.data import trees
from training.__main__ import main
from training.data.dataset import load_dataset, read_dataset


def test_it_reports_and_writes_a_table_that_reads_back_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = trees.coswara(tmp_path / "data")
    table, report = tmp_path / "tables" / "coswara.csv", tmp_path / "report.json"
    assert main(["data", str(data), "--out", str(table), "--report", str(report)]) == 0
    assert capsys.readouterr().out.startswith("data, read as coswara\nclips             9 of 5")
    figures = json.loads(report.read_bytes())
    assert (figures["layout"], figures["clips"], figures["subjects"]) == ("coswara", 9, 5)
    before, after = read_dataset(data), read_dataset(table)
    assert [clip.path.resolve() for clip in after] == [clip.path.resolve() for clip in before]
    for name in ("label", "source", "subject", "device", "split"):
        assert [getattr(clip, name) for clip in after] == [getattr(clip, name) for clip in before]
    assert sorted(path.name for path in table.parent.iterdir()) == ["coswara.csv"]
    assert str(tmp_path) not in table.read_text(encoding="utf-8")
    assert str(tmp_path) not in report.read_text(encoding="utf-8")


def test_what_cannot_be_used_is_refused_unless_it_is_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = trees.covid19_cough(tmp_path / "data", published=True)
    entries = json.loads((data / "metadata.json").read_bytes())
    trees.text(data / "metadata.json", json.dumps([*entries, {**entries[0], "filename": "9.mp3"}]))
    table = tmp_path / "table.csv"
    assert main(["data", str(data), "--out", str(table)]) == 2
    out, err = capsys.readouterr()
    assert "missing           1 files\n                  9.mp3 is missing" in out
    assert err.splitlines()[-1].endswith("1 files are missing, first 9.mp3 is missing")
    assert not table.exists()
    assert main(["data", str(data), "--out", str(table), "--skip-unusable"]) == 0
    assert len(load_dataset(table).clips) == 4


def test_the_report_of_data_that_cannot_be_trained_on_is_printed_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = trees.manifest(tmp_path, "a.wav,sick,1\nb.wav,sick,2\n")
    assert main(["data", str(table), "--out", str(tmp_path / "out.csv")]) == 2
    out, err = capsys.readouterr()
    assert "sick              2 clips of 2 sources" in out
    assert err.splitlines()[-1].endswith("manifest.csv has no clip labelled not sick")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("location", ["manifest.csv", "."])
def test_the_data_sets_own_table_is_not_replaced(
    tmp_path: Path, location: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "a.wav,sick,1\nb.wav,not_sick,2\nc.wav,sick,3\nd.wav,not_sick,4\n"
    table = trees.manifest(tmp_path, rows)
    before = table.read_bytes()
    assert main(["data", str(tmp_path / location), "--out", str(table)]) == 2
    assert "is the data set's own table" in capsys.readouterr().err
    assert table.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = trees.esc(tmp_path / "data", published=True)
    (tmp_path / "file").write_bytes(b"")
    assert main(["data", str(data), "--out", str(tmp_path / "file" / "x.csv")]) == 2
    assert "x.csv cannot be written" in capsys.readouterr().err.splitlines()[-1]
    (tmp_path / "taken").mkdir()
    assert main(["data", str(data), "--report", str(tmp_path / "taken")]) == 2
    assert "taken cannot be written" in capsys.readouterr().err.splitlines()[-1]
    assert sorted(its.name for its in tmp_path.iterdir()) == ["data", "file", "taken"]


def test_an_unknown_layout_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", str(tmp_path), "--layout", "tape"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "there is no layout tape; there are auto, coswara, " in said[0]
