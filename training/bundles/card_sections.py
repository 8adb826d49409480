"""The sections of a model card that are made of words; see `training.bundles.model_card`."""

from __future__ import annotations

from collections.abc import Sequence

from shared.bundle import Card
from training.bundles.card_words import (
    decision_words,
    doubts_words,
    evidence_words,
    figure_name,
    input_words,
)
from training.bundles.markdown import bullets, sentence


def details(card: Card) -> str:
    """What the network is, takes and gives."""
    front_end, network, provenance = card.front_end, card.network, card.provenance
    return bullets(
        [
            f"Labels: {', '.join(card.labels)}. {decision_words(card)}",
            f"{network.parameters:,} parameters. LiteRT runs `{network.litert}` "
            f"({network.quantisation}) on {network.batch} patches at a time, each of "
            f"{front_end.patch_frames} frames × {front_end.feature_width}, one every "
            f"{front_end.patch_hop_frames} frames; a clip's logit is the mean of its patches', "
            "weighted by attention (Ilse et al. 2018).",
            f"Input ({front_end.features}): {input_words(front_end)}.",
            f"Evidence: {evidence_words(card)}",
            f"Base weights: {sentence(provenance.base_weights)} "
            f"SHA-256 `{provenance.base_weights_sha256[:16]}…`.",
            f"Licence: {sentence(card.licence)}",
        ]
    )


def intended_use(card: Card) -> str:
    """What it is for, and what it is not for."""
    uses = card.intended_use or ["Research on sound classification."]
    against = card.not_for or ["Diagnosis, triage, or any decision about a person."]
    return f"{bullets(uses)}\n\nNot for:\n\n{bullets(against)}"


def factors(card: Card) -> str:
    """Groups, instruments and surroundings."""
    return _stated(card.factors)


def metrics(card: Card) -> str:
    """What is measured and why the answer may be doubted."""
    evaluation = card.evaluation
    measured = [figure_name(name) for name in evaluation.figures]
    return bullets(
        [
            f"Measured: {', '.join(measured)}.",
            "Each with a 95 % bootstrap interval that resamples whole sources, because clips of "
            "one source are alike.",
            f"Decision: {decision_words(card)}",
            f"Warnings of doubt: {doubts_words(card.doubts)}",
        ]
    )


def evaluation_data(card: Card) -> str:
    """What the figures were measured on, and how."""
    evaluation = card.evaluation
    return (
        f"{evaluation.clips} clips of {evaluation.sources} sources. {sentence(evaluation.protocol)}"
    )


def training_data(card: Card) -> str:
    """The data sets with their licences."""
    return bullets(
        f"{sentence(data.name)} Use: {sentence(data.use)} Licence: {sentence(data.licence)}"
        for data in card.provenance.data_sets
    )


def ethics(card: Card) -> str:
    """Risks, harms, consent."""
    return _stated(card.ethics)


def caveats(card: Card) -> str:
    """What it cannot do."""
    return bullets(card.limits)


def reproduction(card: Card) -> str:
    """The commands, the seed and the software."""
    provenance = card.provenance
    software = [f"{name} {version}" for name, version in provenance.software.items()]
    return "\n\n".join(
        [
            f"Figures: `{card.evaluation.command}`",
            f"This bundle: `{provenance.trained_with}`",
            f"Seed {provenance.seed}; {', '.join(software)}. Every other setting, and the hash of "
            "the data, is in `card.json`.",
        ]
    )


def _stated(lines: Sequence[str]) -> str:
    return bullets(lines) if lines else "Not stated."
