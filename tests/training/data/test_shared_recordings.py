"""The real data sets, where they are."""

from __future__ import annotations

from collections import Counter

from tests.support.data import labelled_recordings
from training.data.dataset import load_dataset
from training.data.report import make_report
from training.data.splits import split_by_source


def test_sick_sounds() -> None:
    folder = labelled_recordings() / "sick_sounds"
    dataset = load_dataset(folder)
    report = make_report(dataset)
    assert (dataset.layout, report.clips, report.sources) == ("manifest", 685, 413)
    assert (report.duplicate_groups, report.contradictions, report.warnings) == (0, [], [])
    assert dataset.unusable == []
    by_folders = load_dataset(folder, layout="sick-sounds")
    assert by_folders.clips == dataset.clips
    sources = [clip.source for clip in dataset.clips]
    labels = [clip.label for clip in dataset.clips]
    sides = split_by_source(labels, sources, testing=0.1, validation=0.1, seed=0)
    assert len(set(zip(sources, sides, strict=True))) == 413
    for label in (0, 1):
        its = Counter(side for side, of in zip(sides, labels, strict=True) if of == label)
        assert abs(its["testing"] / its.total() - 0.1) < 0.01
        assert abs(its["validation"] / its.total() - 0.1) < 0.01


def test_covid19_cough() -> None:
    dataset = load_dataset(labelled_recordings() / "covid19_cough")
    report = make_report(dataset)
    assert (dataset.layout, report.clips, report.sources) == ("covid19-cough", 869, 869)
    assert report.by_device.counts["telegram"] == {"sick": 47, "not sick": 262}
    assert report.by_device.auc > 0.7
    assert len(report.warnings) == 2


def test_esc10() -> None:
    dataset = load_dataset(labelled_recordings() / "esc10")
    report = make_report(dataset)
    assert (dataset.layout, report.clips, report.labels["sick"].clips) == ("esc", 400, 40)
    assert report.splits == {str(fold): {"sick": 8, "not sick": 72} for fold in range(1, 6)}
    folds = {clip.source: clip.split for clip in dataset.clips}
    assert all(folds[clip.source] == clip.split for clip in dataset.clips)
