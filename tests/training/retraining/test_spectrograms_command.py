"""`spectrograms`: folders of recordings become folders of pictures, all or none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from training.__main__ import main
from training.backbones.registry import backbone
from training.retraining.pictures import read_picture


def test_each_recording_has_its_picture_in_the_folder_of_its_label(
    recordings: Path, pictures: Path
) -> None:
    for label, folder in (("sick", "sick"), ("not_sick", "not sick")):
        expected = {path.stem for path in (recordings / label).iterdir()}
        assert {path.stem for path in (pictures / folder).iterdir()} == expected
    picture = read_picture(pictures / "sick" / "sick3_0_1.png")
    assert picture.front_end == backbone("inception_v3").front_end
    assert picture.source == "sick3"


def test_another_networks_front_end_may_be_asked_for(recordings: Path, tmp_path: Path) -> None:
    command = ["spectrograms", str(recordings), "--out", str(tmp_path / "out")]

    assert main([*command, "--architecture", "yamnet"]) == 0

    picture = read_picture(tmp_path / "out" / "sick" / "sick3_0_1.png")
    backbone("yamnet").check_front_end(picture.front_end)
    assert picture.levels.shape[1] == 64


def test_what_is_there_stays_unless_it_may_be_replaced(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    (out / "sick").mkdir(parents=True)
    (out / "sick" / "old.png").write_bytes(b"old")
    command = ["spectrograms", str(recordings), "--out", str(out)]

    assert main(command) == 2
    assert "--replace" in capsys.readouterr().err
    assert (out / "sick" / "old.png").read_bytes() == b"old"
    assert main([*command, "--replace"]) == 0
    assert not (out / "sick" / "old.png").exists()

    (out / "thesis.txt").write_text("years of work")
    assert main([*command, "--replace"]) == 2
    assert "more than pictures" in capsys.readouterr().err
    assert (out / "thesis.txt").exists()


def test_a_broken_recording_leaves_nothing_behind(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "recordings", tmp_path / "pictures" / "train"
    shutil.copytree(recordings, folder)
    (folder / "sick" / "broken.wav").write_bytes(b"RIFF\0\0\0\0WAVE")

    assert main(["spectrograms", str(folder), "--out", str(out)]) == 2

    assert "broken.wav" in capsys.readouterr().err
    assert not out.parent.exists()


def test_recordings_of_one_name_have_a_picture_each(recordings: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "recordings", tmp_path / "out"
    shutil.copytree(recordings, folder)
    (folder / "sick" / "deeper").mkdir()
    shutil.copy(recordings / "sick" / "sick0_0_1.wav", folder / "sick" / "deeper" / "sick1_0_1.wav")

    assert main(["spectrograms", str(folder), "--out", str(out)]) == 0

    names = {path.name for path in (out / "sick").iterdir()}
    assert {"sick1_0_1.png", "sick1_0_1-2.png"} <= names
    assert len(names) == 7
