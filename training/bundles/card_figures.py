"""The section of a model card that is made of numbers."""

from __future__ import annotations

from collections.abc import Mapping

from shared.bundle import Card, Export, Figure
from training.bundles.card_words import figure_name
from training.bundles.markdown import table


def quantitative_analyses(card: Card) -> str:
    """Figures, baselines, probes and exports, as tables."""
    evaluation = card.evaluation
    parts = ["### Figures", _figures("figure", evaluation.figures)]
    if evaluation.baselines:
        parts += [
            "### Baselines",
            "What costs little, on the same clips:",
            _figures("baseline", evaluation.baselines),
        ]
    if evaluation.probes:
        parts += [
            "### Probes",
            "The share of answers that a change of the recording turns round:",
            _figures("change", evaluation.probes),
        ]
    if card.exports:
        parts += ["### Exports", _exports(card)]
    return "\n\n".join(parts)


def _figures(heading: str, figures: Mapping[str, Figure]) -> str:
    return table(
        [heading, "value", "95 % interval"],
        (
            [figure_name(name), f"{its.value:.3f}", f"{its.low:.3f} to {its.high:.3f}"]
            for name, its in figures.items()
        ),
    )


def _exports(card: Card) -> str:
    rows = [_row(export, served=export.file == card.network.litert) for export in card.exports]
    return (
        "The LiteRT files, run as the worker runs them, against the Keras network that they come "
        "from. These are recordings that it was trained on: the differences count, the accuracies "
        "do not tell how well it does on others.\n\n"
        + table(
            [
                "file",
                "quantisation",
                "MB",
                "clips",
                "greatest difference in P(sick)",
                "answers changed",
                "accuracy",
                "Keras's",
            ],
            rows,
        )
    )


def _row(export: Export, *, served: bool) -> list[str]:
    return [
        f"`{export.file}`" + (" (served)" if served else ""),
        export.quantisation,
        f"{export.bytes / 1e6:.1f}",
        str(export.clips),
        f"{export.greatest_difference:.2g}",
        f"{export.answers_changed:.1%}",
        f"{export.accuracy:.3f}",
        f"{export.keras_accuracy:.3f}",
    ]
