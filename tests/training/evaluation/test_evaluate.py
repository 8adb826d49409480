"""The command from outside: a record and recordings in, one page and its figures out."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from shared.audio_format import AudioFormat
from tests.support.bundles import served_bundle
from tests.support.recordings import cough, encode
from tests.training.evaluation.conftest import loudness, make_record
from training.__main__ import main
from training.data.clip import DatasetError
from training.evaluation.assessment import Assessment, read_assessment
from training.evaluation.record import EvaluationRecord, SeedResult
from training.fitting.calibration import sigmoid
from worker.features import waveform_to_patches
from worker.model.bundle import load_bundle
from worker.spectrogram import Waveform


class Page(HTMLParser):
    """What a page refers to, its alternative texts, its headings and its words."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.references: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.scripts = 0
        self.words: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.references += [its for name in ("src", "href") if (its := given.get(name))]
        self.scripts += tag == "script"
        if tag == "img":
            self.images.append(given)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def write(record: EvaluationRecord, path: Path) -> list[str]:
    path.write_text(record.model_dump_json(), encoding="utf-8")
    return ["--record", str(path)]


def test_a_record_becomes_one_page_that_needs_nothing_else(
    loud_record: EvaluationRecord, recordings: Path, tmp_path: Path
) -> None:
    # One clip of each label is answered wrongly, and surely.
    clips = [
        its.model_copy(update={"probability": 0.02 if its.label else 0.98})
        if its.file in ("sick0_0_1.wav", "not_sick0_0_1.wav")
        else its.model_copy(update={"probability": 0.9 if its.label else 0.1})
        for its in loud_record.clips
    ]
    record = loud_record.model_copy(update={"clips": clips})
    given = [*write(record, tmp_path / "record.json"), "--data", str(recordings)]
    out, figures = tmp_path / "new" / "report.html", tmp_path / "figures.json"
    assert main(["evaluate", *given, "--out", str(out), "--json", str(figures)]) == 0

    page = Page(out)
    assert page.references
    assert all(its.startswith(("data:", "#")) for its in page.references)
    assert page.scripts == 0
    assert "url(" not in out.read_text(encoding="utf-8")
    assert len(page.images) >= 2
    assert all(its["alt"] for its in page.images)
    its = Assessment.model_validate_json(figures.read_bytes())
    assert its.disclaimer in page.text
    assert page.text.index(its.disclaimer) < page.text.index("0.833")
    assert record.evaluation.protocol in page.text
    assert [row.name for row in its.table] == [
        "network",
        "majority_class",
        "level_alone",
        "duration_alone",
        "metadata_alone",
        "mfcc_statistics",
    ]
    assert its.table[0].figures["accuracy"].value == pytest.approx(10 / 12)
    assert [mistake.file for mistake in its.missed] == ["sick0_0_1.wav"]
    assert [mistake.file for mistake in its.false_alarms] == ["not_sick0_0_1.wav"]
    assert "sick0_0_1.wav" in page.text
    assert its.probes is None
    assert not list(tmp_path.rglob(".writing-*"))


def test_a_caveat_stands_before_any_figure(
    loud_record: EvaluationRecord, recordings: Path, tmp_path: Path
) -> None:
    (tmp_path / "about.toml").write_text(
        'caveat = "These data support <nothing>."\ndescription = "A test."\nlicence = "None."\n'
        'limits = ["All."]\nbase_weights = "None."\n'
        '[[data_sets]]\nname = "Made"\nlicence = "CC0"\nuse = "test"\n',
        encoding="utf-8",
    )
    given = [*write(loud_record, tmp_path / "record.json"), "--data", str(recordings)]
    about = ["--about", str(tmp_path / "about.toml")]
    assert main(["evaluate", *given, *about, "--out", str(tmp_path / "report.html")]) == 0
    text = Page(tmp_path / "report.html").text
    assert "These data support <nothing>." in text
    assert text.index("These data support") < text.index("AUC")


def fold_networks(folder: Path, bundle: Path, *, scale: float) -> Path:
    """The bundle's network in the place of both folds' networks."""
    front_end = load_bundle(bundle).card.front_end
    for fold in (1, 2):
        (folder / f"fold{fold}").mkdir(parents=True)
        (folder / f"fold{fold}" / "network.tflite").symlink_to(bundle / "network.tflite")
        calibration = json.dumps({"scale": scale, "offset": 0.0})
        (folder / f"fold{fold}" / "calibration.json").write_text(calibration)
    (folder / "front_end.json").write_text(front_end.model_dump_json())
    return folder


def test_probes_ask_the_networks_of_the_record(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = load_bundle(served_bundle())

    def answer(waveform: Waveform) -> float:
        patches = waveform_to_patches(waveform, bundle.card.front_end)
        return float(sigmoid(np.array(0.5 * bundle.clip_logit(patches))))

    record = make_record(recordings, answer)
    given = [*write(record, tmp_path / "record.json"), "--data", str(recordings)]
    own = fold_networks(tmp_path / "own", served_bundle(), scale=0.5)
    out, figures = tmp_path / "report.html", tmp_path / "figures.json"
    written = ["--out", str(out), "--json", str(figures), "--clips", "4"]
    assert main(["evaluate", *given, *written, "--networks", str(own)]) == 0
    probes = Assessment.model_validate_json(figures.read_bytes()).probes
    assert probes is not None
    assert probes.unseen
    assert probes.clips == 4
    assert "trained on them" not in Page(out).text
    assert "time_shift_flips" in probes.figures

    report = read_assessment(figures)
    measured = record.evaluation.model_copy(
        update={"clips": report.clips, "figures": report.table[0].figures}
    )
    told = report.put_into(measured)
    assert told.probes == probes.figures
    assert told.figures["auc_ceiling"] == report.label_noise.auc_ceiling
    assert told.figures["auc"] == measured.figures["auc"]
    with pytest.raises(DatasetError, match="another cross-validation"):
        report.put_into(measured.model_copy(update={"clips": report.clips + 1}))
    seen = report.model_copy(update={"probes": probes.model_copy(update={"unseen": False})})
    for its in (seen, report.model_copy(update={"probes": None})):
        with pytest.raises(DatasetError, match="--networks"):
            its.put_into(measured)
    with pytest.raises(DatasetError, match="no figures of evaluate"):
        read_assessment(tmp_path / "record.json")

    other = fold_networks(tmp_path / "other", served_bundle(), scale=2.0)
    out.unlink()
    assert main(["evaluate", *given, *written, "--networks", str(other)]) == 2
    assert "not those of the record" in capsys.readouterr().err
    assert not out.exists()
    shutil.rmtree(own / "fold2")
    assert main(["evaluate", *given, *written, "--networks", str(own)]) == 2
    assert "fold 2" in capsys.readouterr().err


def test_a_bundle_is_probed_as_what_it_is(
    loud_record: EvaluationRecord, recordings: Path, tmp_path: Path
) -> None:
    given = [*write(loud_record, tmp_path / "record.json"), "--data", str(recordings)]
    out = ["--out", str(tmp_path / "report.html"), "--clips", "2"]
    assert main(["evaluate", *given, *out, "--bundle", str(served_bundle())]) == 0
    text = Page(tmp_path / "report.html").text
    assert "put to a network that was trained on them" in text
    assert load_bundle(served_bundle()).card.reference in text


def test_repeats_are_told_and_averaged(
    loud_record: EvaluationRecord, recordings: Path, tmp_path: Path
) -> None:
    right = [0.9 if its.label else 0.1 for its in loud_record.clips]
    wrong = [1 - its for its in right]
    seeds = [
        SeedResult(seed=seed, logits=[0.0] * len(right), probabilities=answers)
        for seed, answers in enumerate([right, right, right, wrong])
    ]
    record = loud_record.model_copy(update={"seeds": seeds})
    given = [*write(record, tmp_path / "record.json"), "--data", str(recordings)]
    out, figures = tmp_path / "report.html", tmp_path / "figures.json"
    assert main(["evaluate", *given, "--out", str(out), "--json", str(figures)]) == 0
    its = Assessment.model_validate_json(figures.read_bytes())
    assert its.repeats == 4
    assert its.table[0].figures["accuracy"].value == pytest.approx(0.75)
    assert "means of 4 repeats" in Page(out).text


def test_yamnet_is_a_baseline_and_the_second_listener(
    loud_record: EvaluationRecord, recordings: Path, yamnet_file: Path, tmp_path: Path
) -> None:
    given = [*write(loud_record, tmp_path / "record.json"), "--data", str(recordings)]
    out, figures = tmp_path / "report.html", tmp_path / "figures.json"
    written = ["--out", str(out), "--json", str(figures)]
    assert main(["evaluate", *given, *written, "--weights", str(yamnet_file)]) == 0
    its = Assessment.model_validate_json(figures.read_bytes())
    assert its.table[-1].name == "yamnet_untouched"
    assert its.label_noise.both_noise is not None
    assert "YAMNet untouched" in Page(out).text


@pytest.mark.parametrize("what", ["data", "source", "clips", "record"])
def test_what_does_not_belong_together_is_refused(
    what: str,
    loud_record: EvaluationRecord,
    recordings: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    record, message = loud_record, "other data"
    if what == "data":
        record = record.model_copy(update={"data_sha256": "0" * 64})
    elif what == "clips":
        record, message = record.model_copy(update={"clips": record.clips[1:]}), "does not list"
    elif what == "source":
        recordings = shutil.copytree(recordings, tmp_path / "copy")
        (recordings / "sick" / "sick0_0_1.wav").rename(recordings / "sick" / "sick1_1_2.wav")
    given = write(record, tmp_path / "record.json")
    if what == "record":
        (tmp_path / "record.json").write_text("{}")
        message = "not an evaluation record"
    out = tmp_path / "report.html"
    assert main(["evaluate", *given, "--data", str(recordings), "--out", str(out)]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_source_in_two_folds_is_refused(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = shutil.copytree(recordings, tmp_path / "copy")
    sound = encode(cough(1.0, seed=77), 16_000, AudioFormat.WAV)
    (data / "sick" / "sick0_1_2.wav").write_bytes(sound)
    record = make_record(data, loudness)
    clips = [
        its.model_copy(update={"fold": 1 - its.fold}) if its.file == "sick0_1_2.wav" else its
        for its in record.clips
    ]
    given = write(record.model_copy(update={"clips": clips}), tmp_path / "record.json")
    out = ["--out", str(tmp_path / "report.html")]
    assert main(["evaluate", *given, "--data", str(data), *out]) == 2
    assert "in two folds" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(
    loud_record: EvaluationRecord,
    recordings: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("in the way")
    given = [*write(loud_record, tmp_path / "record.json"), "--data", str(recordings)]
    assert main(["evaluate", *given, "--out", str(tmp_path / "file" / "report.html")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(its.name for its in tmp_path.iterdir()) == ["file", "record.json"]
