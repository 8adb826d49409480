"""The report for people: one HTML file that needs nothing else, neither network nor script."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel

from shared.bundle import Figure, FrontEnd
from training.evaluation.assessment import Assessment
from training.evaluation.comparison import by_name
from training.evaluation.examined import Examined
from training.evaluation.listening import audio_uri, spectrogram_uri
from training.evaluation.report_charts import SERIES, draw_charts

SHOWN_DISAGREEMENTS = 20
SHOWN_SOURCES = 12
_COVERAGES = (100, 90, 80, 70, 50)
_TEMPLATES = Path(__file__).parent / "templates"
# Column heads of the headline table, and what each number means.
MEANINGS = {
    "auc": (
        "AUC",
        "Take a sick and another clip at random: how often the sick one gets the higher "
        "probability. 0.5 is guessing, 1 is perfect.",
    ),
    "accuracy": ("Accuracy", "Share of clips whose answer equals the label."),
    "balanced_accuracy": (
        "Balanced accuracy",
        "Mean of sensitivity and specificity: guessing gives 0.5, however rare a class is.",
    ),
    "sensitivity": ("Sensitivity", "Share of the sick clips that are called sick."),
    "specificity": ("Specificity", "Share of the other clips that are called not sick."),
    "average_precision": (
        "Average precision",
        "Share of right calls of “sick”, averaged over all thresholds; guessing gives the share of "
        "sick clips.",
    ),
    "expected_calibration_error": (
        "ECE",
        "How far predicted probabilities lie from the share that is labelled sick, on average over "
        "ten bins. 0 is perfect; a constant answer has it too.",
    ),
    "brier_score": (
        "Brier score",
        "Mean squared distance of the probability from the label: 0 is perfect, 0.25 is always "
        "saying one half.",
    ),
}


class Media(BaseModel):
    """A clip's sound and spectrogram, as data URIs."""

    audio: str
    spectrogram: str


def render(assessment: Assessment, media: dict[int, Media]) -> str:
    """The whole page.

    Args:
        assessment: what is told.
        media: of the clips to be shown, by their number; see `media_of`.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = _figure
    environment.filters["percent"] = _percent
    environment.filters["count"] = _count
    curve = assessment.risk_coverage
    unheard = ("level_alone", "duration_alone", "metadata_alone")
    return environment.get_template("report.html").render(
        its=assessment,
        media=media,
        charts=draw_charts(assessment),
        meanings=MEANINGS,
        series=SERIES,
        network=by_name(assessment.table, "network").figures,
        rivals={row.name: row for row in assessment.table},
        best_unheard=max(
            (by_name(assessment.table, name) for name in unheard),
            key=lambda row: row.figures["auc"].value,
        ),
        coverages=[(its, curve.y[its], curve.low[its], curve.high[its]) for its in _COVERAGES],
        all_right=sum(1 for source in assessment.by_source if not source.wrong),
        shown_sources=[its for its in assessment.by_source if its.wrong][:SHOWN_SOURCES],
        shown_disagreements=assessment.label_noise.disagreements[:SHOWN_DISAGREEMENTS],
    )


def media_of(assessment: Assessment, examined: Examined, front_end: FrontEnd) -> dict[int, Media]:
    """Sounds and spectrograms of the mistakes and disagreements that the page shows."""
    shown: Iterable[int] = {
        *(its.index for its in assessment.missed),
        *(its.index for its in assessment.false_alarms),
        *(its.index for its in assessment.label_noise.disagreements[:SHOWN_DISAGREEMENTS]),
    }
    waveforms = {clip: examined.recordings[clip].waveform for clip in sorted(shown)}
    return {
        clip: Media(
            audio=audio_uri(waveform, front_end.sample_rate),
            spectrogram=spectrogram_uri(waveform, front_end),
        )
        for clip, waveform in waveforms.items()
    }


def _figure(figure: Figure) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def _percent(figure: Figure) -> str:
    return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _count(value: float) -> str:
    """A whole number as such; a mean over repeats with one decimal."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"
