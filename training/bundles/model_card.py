"""`CARD.md`: the model card for people, after Mitchell et al. 2019, "Model cards"."""

from __future__ import annotations

from collections.abc import Mapping

from shared.bundle import Card, Figure

CARD_MARKDOWN = "CARD.md"
_NAMES = {
    "auc": "AUC",
    "expected_calibration_error": "expected calibration error (10 bins)",
    "majority_class_accuracy": "always the more frequent class: accuracy",
    "peak_level_auc": "peak level alone: AUC",
    "yamnet_untouched_auc": "YAMNet untouched, max(Cough, Sneeze): AUC",
}


def render(card: Card) -> str:
    """The card as Markdown. Everything in it comes from `card`."""
    evaluation, front_end, network = card.evaluation, card.front_end, card.network
    provenance = card.provenance
    calibration = card.calibration
    sections = [
        f"# {card.reference}",
        f"> **{card.disclaimer}**",
        card.description.strip(),
        "## Model details",
        _bullets(
            [
                f"Labels: {', '.join(card.labels)}; sick from P(sick) ≥ {card.threshold:g}.",
                f"{network.parameters:,} parameters, {network.quantisation}; LiteRT takes "
                f"log-mel patches, {network.batch} at a time, of {front_end.patch_frames} frames × "
                f"{front_end.mel_bands} bands, one every {front_end.patch_hop_frames} frames.",
                f"Input: {front_end.sample_rate} Hz mono, level by {front_end.level.method} to "
                f"{front_end.level.target_dbfs:g} dBFS, window {front_end.window_length}, hop "
                f"{front_end.hop_length}, FFT {front_end.fft_length}, {front_end.fmin_hz:g} to "
                f"{front_end.fmax_hz:g} Hz.",
                "P(sick) = sigmoid(scale × logit + offset), scale "
                f"{calibration.scale:.4f}, offset {calibration.offset:.4f}.",
                f"Base weights: {provenance.base_weights} "
                f"(SHA-256 `{provenance.base_weights_sha256[:16]}…`).",
                f"Licence: {card.licence.strip()}",
            ]
        ),
        "## Intended use",
        "Research on sound classification. Not for diagnosis, triage, or any decision about a "
        "person.",
        "## Limits",
        _bullets(card.limits),
        "## Training data",
        _bullets([f"{data.name}. {data.use}. {data.licence}." for data in provenance.data_sets]),
        "## Evaluation",
        f"{evaluation.clips} clips of {evaluation.sources} sources. {evaluation.protocol}",
        _table("figure", evaluation.figures),
        "What costs nothing, on the same clips:",
        _table("baseline", evaluation.baselines),
        "## Reproduce",
        f"Figures: `{evaluation.command}`",
        f"This bundle: `{provenance.trained_with}`",
        f"Seed {provenance.seed}; "
        + ", ".join(f"{name} {version}" for name, version in provenance.software.items())
        + ". Every other setting is in `card.json`.",
    ]
    return "\n\n".join(sections) + "\n"


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(heading: str, figures: Mapping[str, Figure]) -> str:
    rows = [f"| {heading} | value | 95 % interval |", "|---|---|---|"]
    rows += [
        f"| {_NAMES.get(name, name.replace('_', ' '))} | {its.value:.3f} "
        f"| {its.low:.3f} to {its.high:.3f} |"
        for name, its in figures.items()
    ]
    return "\n".join(rows)
