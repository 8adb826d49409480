"""The data report tells what is there and what tells the label too well."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shared.audio_format import AudioFormat
from tests.support.recordings import cough, encode
from tests.training.data import trees
from training.data.dataset import load_dataset
from training.data.report import make_report
from training.data.report_text import render

HEADER = "file,label,source_id,subject,device,split"


def test_everything_is_counted(tmp_path: Path) -> None:
    rows = "a.wav,sick,1,Ann,phone,x\nb.wav,sick,2,Ann,phone,x\nc.wav,not_sick,3,,phone,y\n"
    trees.manifest(tmp_path, rows + "d.wav,not_sick,4,Bob,mic,y\ne.wav,sick,5,,mic,y\n", HEADER)
    shutil.copy(tmp_path / "d.wav", tmp_path / "copy.wav")
    stereo = encode(cough(0.5, 8000, seed=9), 8000, AudioFormat.FLAC, channels=2)
    (tmp_path / "long.flac").write_bytes(stereo)
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    with (tmp_path / "manifest.csv").open("a") as file:
        file.write("copy.wav,not_sick,6,,mic,y\nlong.flac,not_sick,7,,,y\nbad.wav,sick,8,,,y\n")
    report = make_report(load_dataset(tmp_path))
    assert (report.layout, report.clips, report.sources, report.subjects) == ("manifest", 6, 4, 2)
    assert report.clips_without_subject == 3
    sick, well = report.labels["sick"], report.labels["not sick"]
    assert (sick.clips, sick.sources, sick.subjects) == (2, 1, 1)
    assert (well.clips, well.sources, well.subjects) == (4, 3, 1)
    assert (well.shortest_s, well.median_s, well.longest_s, well.total_s) == (0.2, 0.2, 0.5, 1.1)
    assert report.splits == {"x": {"sick": 2, "not sick": 0}, "y": {"sick": 0, "not sick": 4}}
    assert report.by_device.counts == {
        "mic": {"sick": 0, "not sick": 2},
        "phone": {"sick": 2, "not sick": 1},
        "unknown": {"sick": 0, "not sick": 1},
    }
    assert report.by_kind.counts == {
        "flac 8000 Hz 2 ch": {"sick": 0, "not sick": 1},
        "wav 16000 Hz 1 ch": {"sick": 2, "not sick": 3},
    }
    assert (report.duplicate_groups, report.duplicate_clips) == (1, 2)
    assert report.missing == ["e.wav is missing"]
    assert report.unreadable == ["bad.wav is not in a known audio format"]


def test_a_device_that_tells_the_label_is_warned_of(tmp_path: Path) -> None:
    # 2 of 3 by phone are sick, 1 of 4 elsewhere: 2 * 3 + (2 * 1 + 1 * 3) / 2 of 3 * 4 pairs.
    rows = "".join(
        f"{index}.wav,{label},{index},,{device},\n"
        for index, (label, device) in enumerate(
            [("sick", "phone")] * 2
            + [("not_sick", "phone"), ("sick", "mic")]
            + [("not_sick", "mic")] * 3
        )
    )
    trees.text(tmp_path / "manifest.csv", f"{HEADER}\n{rows}")
    for index in range(7):
        trees.recording(tmp_path / f"{index}.wav", index)
    report = make_report(load_dataset(tmp_path))
    assert report.by_device.auc == pytest.approx(8.5 / 12, abs=1e-4)
    assert report.by_device.accuracy == pytest.approx(5 / 7, abs=1e-4)
    assert report.by_device.majority == pytest.approx(4 / 7, abs=1e-4)
    assert len(report.warnings) == 1
    text = render(report, "mine")
    assert "WARNING: the device alone tells the label with AUC 0.71" in text
    assert "kind of file      wav 16000 Hz 1 ch, all of them" in text


def test_the_text_tells_what_was_left_out(tmp_path: Path) -> None:
    trees.coughvid(tmp_path, compiled=True)
    shutil.copy(tmp_path / "ccc.webm", tmp_path / "bbb.ogg")
    text = render(make_report(load_dataset(tmp_path)), "coughs")
    assert text.startswith("coughs, read as coughvid\nclips             2 of 2 sources; nobody")
    assert "contradictions    2 files of both labels, left out\n" in text
    assert "bbb.ogg, ccc.webm" in text
    assert "left out          1: cough_detected below 0.8\n" in text
    assert "left out          1: status not given\n" in text


def test_an_empty_data_set_has_a_report(tmp_path: Path) -> None:
    (tmp_path / "sick").mkdir()
    report = make_report(load_dataset(tmp_path))
    assert (report.clips, report.labels, report.by_device.auc) == (0, {}, 0.5)
    assert "clips             0 of 0 sources" in render(report, "nothing")
