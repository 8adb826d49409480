"""What a clip's logit rests on: its attention over patches, and a map over time and bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import librosa
import numpy as np
import numpy.typing as npt

from shared.bundle import FrontEnd
from worker.model.outputs import PatchOutputs
from worker.model.pooling import attention_weights

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClipMap:
    """The class-activation map (Zhou et al. 2016) of a whole clip.

    A positive cell speaks for `sick`, a negative one against it. The last cells may lie beyond the
    recording's end: they stand for the silence that fills the last patch.

    Attributes:
        values: float64 (cells, band_cells), their sum is the clip's logit.
        times_s: float64 (cells + 1,), borders of the cells, seconds from the beginning.
        bands_hz: float64 (band_cells + 1,), their borders, Hz; None where the features have no
            frequencies (`mfcc`, `waveform`).
    """

    values: Doubles
    times_s: Doubles
    bands_hz: Doubles | None


@dataclass(frozen=True, slots=True)
class ClipEvidence:
    """Which patches were listened to, and what was heard in them.

    Attributes:
        attention: float64 (patches,), each patch's share, they sum to 1.
        patches_s: float64 (patches, 2), where each begins and ends, seconds.
        logits: float64 (patches,), the clip's logit is their mean, weighted by `attention`.
        map: None where the network gives no evidence.
    """

    attention: Doubles
    patches_s: Doubles
    logits: Doubles
    map: ClipMap | None


def clip_evidence(outputs: PatchOutputs, front_end: FrontEnd) -> ClipEvidence:
    """The evidence of a clip, from what the network said of its patches.

    Args:
        outputs: of all patches of the clip, in their order.
        front_end: that cut them.
    """
    attention = attention_weights(outputs.attention)
    begins = np.arange(len(attention)) * front_end.patch_hop_frames
    patches = np.stack([begins, begins + front_end.patch_frames], axis=1)
    clip_map = None
    if outputs.evidence is not None:
        _, time_cells, band_cells = outputs.evidence.shape
        weighted = attention[:, None, None] * outputs.evidence.astype(np.float64)
        values = _overlap_add(weighted, front_end)
        cell_frames = front_end.patch_frames / time_cells
        times = _seconds(np.arange(len(values) + 1) * cell_frames, front_end)
        clip_map = ClipMap(values, times, _band_borders(front_end, band_cells))
    return ClipEvidence(
        attention, _seconds(patches, front_end), outputs.logits.astype(np.float64), clip_map
    )


def _overlap_add(maps: Doubles, front_end: FrontEnd) -> Doubles:
    """Add the patches' maps (patches, time_cells, band_cells) up where they lie in the clip.

    Where a patch begins between two cells of the clip, each of its cells is shared out between the
    two that it overlaps, so that nothing is lost.
    """
    patches, cells, bands = maps.shape
    begins = np.arange(patches) * (front_end.patch_hop_frames * cells)
    whole, rest = np.divmod(begins, front_end.patch_frames)
    late = (rest / front_end.patch_frames)[:, None, None]
    total = np.zeros((whole[-1] + cells + 1, bands))
    places = whole[:, None] + np.arange(cells)
    np.add.at(total, places, (1 - late) * maps)
    np.add.at(total, places + 1, late * maps)
    return total if rest[-1] else total[:-1]


def _seconds(frames: npt.NDArray[Any], front_end: FrontEnd) -> Doubles:
    """When frames begin."""
    return np.asarray(frames * (front_end.hop_length / front_end.sample_rate), dtype=np.float64)


def _band_borders(front_end: FrontEnd, cells: int) -> Doubles | None:
    """Where the cells border on each other: half way, in mel, between their outermost bands."""
    if front_end.features != "logmel":
        return None
    htk = front_end.mel_scale == "htk"
    low, high = librosa.hz_to_mel([front_end.fmin_hz, front_end.fmax_hz], htk=htk)
    bands = np.linspace(0, front_end.mel_bands, cells + 1)
    # Band b peaks at b + 1 of mel_bands + 1 even steps.
    mel = low + (bands + 0.5) * (high - low) / (front_end.mel_bands + 1)
    return np.asarray(librosa.mel_to_hz(mel, htk=htk), dtype=np.float64)
