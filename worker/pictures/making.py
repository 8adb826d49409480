"""All pictures of one examined recording."""

from __future__ import annotations

from shared.bundle import Card
from shared.pictures import PictureFormat, PictureName, Pictures
from worker.model.evidence import clip_evidence
from worker.pictures.arrays import explanation_json, spectrogram_json
from worker.pictures.drawing import draw_explanation, draw_spectrogram
from worker.pictures.levels import levels_of
from worker.pictures.overlay import overlay_of
from worker.pipeline import Examination


def make_pictures(examined: Examination, card: Card) -> Pictures:
    """Draw what was heard and what it was taken for. The same examination, the same bytes.

    Args:
        examined: by the bundle of this card.
        card: configures the network's patches; its disclaimer goes with the explanation.
    """
    levels = levels_of(examined.waveform, card.front_end.sample_rate)
    evidence = clip_evidence(examined.outputs, card.front_end)
    explanation = draw_explanation(levels, overlay_of(evidence, levels), examined.result, card)
    return {
        (PictureName.SPECTROGRAM, PictureFormat.PNG): draw_spectrogram(levels),
        (PictureName.SPECTROGRAM, PictureFormat.JSON): spectrogram_json(levels),
        (PictureName.EXPLANATION, PictureFormat.PNG): explanation,
        (PictureName.EXPLANATION, PictureFormat.JSON): explanation_json(evidence, card),
    }
