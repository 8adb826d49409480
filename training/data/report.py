"""What a data set holds, in figures: to be read before anything is trained on it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict

from training.data.clip import Clip
from training.data.dataset import Dataset

LABEL_NAMES = {1: "sick", 0: "not sick"}
# What tells the label this well by itself, a network may learn in place of the cough.
SUSPICIOUS_AUC = 0.6


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True)


class LabelFigures(_Figures):
    """One label's clips. Durations are in seconds."""

    clips: int
    sources: int
    subjects: int
    shortest_s: float
    median_s: float
    longest_s: float
    total_s: float


class CrossTable(_Figures):
    """A label by what should tell nothing about it, such as the device.

    Attributes:
        counts: clips of each value and label.
        auc: of the share of sick clips at each value as a score; 0.5 tells nothing. It is taken on
            the clips that gave the shares: with few clips a value it is too high.
        accuracy: of naming the commoner label at each value.
        majority: accuracy of naming the commoner label always.
    """

    counts: dict[str, dict[str, int]]
    auc: float
    accuracy: float
    majority: float


class DataReport(_Figures):
    """What a data set holds.

    Attributes:
        layout: that it was read by.
        clips: that can be used.
        sources: groups that no split may part.
        subjects: persons, as far as known.
        clips_without_subject: clips of nobody knows whom.
        labels: by label's name.
        splits: clips of the data set's own splits, by label's name.
        by_device: by what the data set says of devices or channels.
        by_kind: by the files' format, rate and channels.
        duplicate_groups: groups of clips with the same content; each is in one source.
        duplicate_clips: clips in them.
        contradictions: names of files with the same content and different labels: left out.
        missing: problems of files that are not there.
        unreadable: problems of files that cannot be decoded.
        left_out: by the layout's rules, counted by reason.
        warnings: what to mind, in words.
    """

    layout: str
    clips: int
    sources: int
    subjects: int
    clips_without_subject: int
    labels: dict[str, LabelFigures]
    splits: dict[str, dict[str, int]]
    by_device: CrossTable
    by_kind: CrossTable
    duplicate_groups: int
    duplicate_clips: int
    contradictions: list[list[str]]
    missing: list[str]
    unreadable: list[str]
    left_out: dict[str, int]
    warnings: list[str]


def make_report(dataset: Dataset) -> DataReport:
    """Count everything."""
    clips = dataset.clips
    by_device = _cross([clip.device or "unknown" for clip in clips], clips)
    by_kind = _cross([sound.kind for sound in dataset.sounds], clips)
    return DataReport(
        layout=dataset.layout,
        clips=len(clips),
        sources=len({clip.source for clip in clips}),
        subjects=len({clip.subject for clip in clips if clip.subject}),
        clips_without_subject=sum(not clip.subject for clip in clips),
        labels={
            name: _figures(dataset, label)
            for label, name in LABEL_NAMES.items()
            if any(clip.label == label for clip in clips)
        },
        splits=_counts([clip.split or "none" for clip in clips], clips),
        by_device=by_device,
        by_kind=by_kind,
        duplicate_groups=len(dataset.duplicates),
        duplicate_clips=sum(map(len, dataset.duplicates)),
        contradictions=[[path.name for path in group] for group in dataset.contradictions],
        missing=[its.problem for its in dataset.unusable if its.missing],
        unreadable=[its.problem for its in dataset.unusable if not its.missing],
        left_out=dict(sorted(dataset.left_out.items())),
        warnings=[
            f"the {what} alone tells the label with AUC {table.auc:.2f} (right in "
            f"{table.accuracy:.0%}; always the commoner label, in {table.majority:.0%}): a network "
            "may learn it in place of the sound"
            for what, table in (("device", by_device), ("file's kind", by_kind))
            if table.auc >= SUSPICIOUS_AUC
        ],
    )


def _figures(dataset: Dataset, label: int) -> LabelFigures:
    chosen = [
        (clip, sound.duration_s)
        for clip, sound in zip(dataset.clips, dataset.sounds, strict=True)
        if clip.label == label
    ]
    seconds = [duration for _, duration in chosen]
    return LabelFigures(
        clips=len(chosen),
        sources=len({clip.source for clip, _ in chosen}),
        subjects=len({clip.subject for clip, _ in chosen if clip.subject}),
        shortest_s=round(min(seconds), 3),
        median_s=round(median(seconds), 3),
        longest_s=round(max(seconds), 3),
        total_s=round(sum(seconds), 3),
    )


def _counts(values: Sequence[str], clips: Sequence[Clip]) -> dict[str, dict[str, int]]:
    counts = {value: dict.fromkeys(LABEL_NAMES.values(), 0) for value in sorted(set(values))}
    for value, clip in zip(values, clips, strict=True):
        counts[value][LABEL_NAMES[clip.label]] += 1
    return counts


def _cross(values: Sequence[str], clips: Sequence[Clip]) -> CrossTable:
    from sklearn.metrics import roc_auc_score

    counts = _counts(values, clips)
    share = {value: its["sick"] / sum(its.values()) for value, its in counts.items()}
    labels = [clip.label for clip in clips]
    both = len(set(labels)) == 2
    auc = float(roc_auc_score(labels, [share[value] for value in values])) if both else 0.5
    right = sum(max(its.values()) for its in counts.values())
    commoner = max(sum(labels), len(labels) - sum(labels))
    total = max(len(labels), 1)
    return CrossTable(
        counts=counts,
        auc=round(auc, 4),
        accuracy=round(right / total, 4),
        majority=round(commoner / total, 4),
    )
