"""`python -m worker.diagnose FILE...`: one JSON line a file, as the proof of concept printed it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared.audio_format import AudioFormat
from shared.bundle import DISCLAIMER, read_card
from shared.settings import REPOSITORY, get_settings
from tests.support import recordings
from tests.support.bundles import change_card, copy_bundle
from tests.support.networks import put_network, tiny_network
from worker.diagnose import main
from worker.diagnosis import calibrated

LINE = re.compile(r'\{"Diagnóstico": "(sick|not sick)", "score": (0|1|0\.\d+|1\.0)\}')

Done = subprocess.CompletedProcess[bytes]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same cough in every format; the names tell nothing."""
    folder = tmp_path_factory.mktemp("coughs")
    paths = []
    for number, audio_format in enumerate(AudioFormat):
        path = folder / f"{number}.txt"
        path.write_bytes(recordings.encode(recordings.cough(), 16_000, audio_format))
        paths.append(path)
    return paths


@pytest.fixture(scope="module")
def done(files: list[Path]) -> Done:
    """The command as people run it: without Redis, and in a terminal that knows no ó."""
    environment = {
        "REDIS_URL": "unix:///nowhere/redis.sock",
        "PYTHONIOENCODING": "ascii",
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "worker.diagnose", *files],
        cwd=REPOSITORY,
        env=os.environ | environment,
        capture_output=True,
        check=False,
        timeout=120,
    )


def test_one_line_a_file_in_utf_8(done: Done, files: list[Path]) -> None:
    lines = done.stdout.decode("utf-8").splitlines()

    assert done.returncode == 0
    assert len(lines) == len(files)
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert all(0 <= json.loads(line)["score"] <= 1 for line in lines)


def test_the_disclaimer_is_no_part_of_the_answer(done: Done) -> None:
    assert done.stderr.decode().count(DISCLAIMER) == 1
    assert DISCLAIMER not in done.stdout.decode()


def test_it_needs_neither_redis_nor_tensorflow(done: Done) -> None:
    imported = {line.split("|")[-1].strip() for line in done.stderr.decode().splitlines()}

    assert "worker.pipeline" in imported
    assert not imported & {"tensorflow", "keras", "celery", "redis", "fastapi"}


def test_a_bad_file_costs_the_others_nothing(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, broken = tmp_path / "note.wav", tmp_path / "broken.wav"
    text.write_text("The patient coughs.")
    broken.write_bytes(files[0].read_bytes()[:5000])
    bad = [text, broken, tmp_path / "missing.wav", tmp_path]

    status = main([str(path) for path in (files[0], *bad, files[1])])

    printed = capsys.readouterr()
    assert status == 1
    assert len(printed.out.splitlines()) == 2
    for path in bad:
        assert f"{path}: " in printed.err


def test_no_file_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([])

    assert end.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("model", ["sick-sounds@9.9.9", "no-such-model@1.0.0", "nonsense"])
def test_without_its_model_it_can_do_nothing(
    files: list[Path], model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", model, str(files[0])]) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of bundles that the settings name: two versions of one, the newer with a caveat."""
    folder = tmp_path / "models"
    copy_bundle(folder, "other", "1.9.0")
    newest = copy_bundle(folder, "other", "1.10.0")
    change_card(newest, lambda card: card.update(caveat="Only an experiment."))
    monkeypatch.setenv("MODELS_DIR", str(folder))
    get_settings.cache_clear()
    yield folder
    get_settings.cache_clear()


@pytest.mark.parametrize("model", ["other", "other@1.10.0"])
def test_any_bundle_diagnoses_and_its_caveat_is_said_first(
    files: list[Path], models: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", model, str(files[0])]) == 0

    printed = capsys.readouterr()
    assert printed.err.startswith(f"Only an experiment. {DISCLAIMER}\n")
    assert LINE.fullmatch(printed.out.strip())


def test_a_name_means_its_newest_version(
    files: list[Path], models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", "other@1.9.0", str(files[0])]) == 0
    assert "experiment" not in capsys.readouterr().err


def test_the_evidence_sums_to_the_logit(
    files: list[Path], models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = models / "other" / "1.10.0"
    put_network(folder, tiny_network())

    assert main(["--model", "other", "--evidence", str(files[0])]) == 0

    answer = json.loads(capsys.readouterr().out)
    evidence, calibration = answer["evidence"], read_card(folder).calibration
    values = np.array(evidence["map"]["values"])
    logit = np.dot(evidence["attention"], evidence["logits"])
    assert values.sum() == pytest.approx(logit, abs=1e-5)
    sick = calibrated(float(logit), calibration)
    assert answer["score"] == pytest.approx(max(sick, 1 - sick), abs=1e-4)
    assert values.shape == (len(evidence["map"]["times_s"]) - 1, 4)
    assert len(evidence["map"]["bands_hz"]) == 5
    assert len(evidence["patches_s"]) == len(evidence["attention"])


def test_a_network_without_evidence_still_tells_its_attention(
    files: list[Path], models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_network(models / "other" / "1.10.0", tiny_network(("logit", "attention")), grid=None)

    assert main(["--model", "other", "--evidence", str(files[0])]) == 0

    evidence = json.loads(capsys.readouterr().out)["evidence"]
    assert sum(evidence["attention"]) == pytest.approx(1)
    assert all(end - begin == pytest.approx(0.96) for begin, end in evidence["patches_s"])


def test_pictures_are_put_where_they_are_wanted(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "not" / "yet"

    assert main(["--pictures", str(folder), *map(str, files[:2])]) == 0

    assert sorted(path.name for path in folder.iterdir()) == [
        f"{number}.txt.{name}.png" for number in (0, 1) for name in ("explanation", "spectrogram")
    ]
    for path in folder.iterdir():
        with Image.open(path) as picture:
            picture.load()
            assert picture.format == "PNG"
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_where_no_pictures_can_be_put_the_answer_is_no_success(
    files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--pictures", str(files[1]), str(files[0])]) == 1
    assert str(files[0]) in capsys.readouterr().err
