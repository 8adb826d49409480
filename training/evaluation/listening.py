"""A clip as a page can hold it: its sound and its spectrogram as data URIs, small and whole."""

from __future__ import annotations

import base64
import io

import numpy as np
import soundfile
from PIL import Image

from shared.bundle import FrontEnd
from training.augmentation.gain import within_full_scale
from worker.audio.level import normalise_level
from worker.spectrogram import LogMelSpectrogram, Waveform, log_mel_spectrogram

# Dark to bright, in even steps of lightness: black, indigo, crimson, orange, pale yellow.
_COLOURS = np.array(
    [[4, 4, 20], [74, 16, 107], [180, 54, 88], [249, 142, 9], [252, 255, 200]], dtype=np.float64
)
# From libsndfile's best to its smallest MP3; 0.8 is some 24 kbit/s at 16 kHz, still clear.
_COMPRESSION = 0.8


def audio_uri(waveform: Waveform, sample_rate: int) -> str:
    """A waveform as a mono MP3, which every browser plays; some 15 kB for five seconds.

    Args:
        waveform: float32 (samples,); turned down where it exceeds full scale.
        sample_rate: Hz, one that MP3 knows.
    """
    buffer = io.BytesIO()
    soundfile.write(
        buffer,
        within_full_scale(waveform),
        sample_rate,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=_COMPRESSION,
    )
    return _uri("audio/mpeg", buffer.getvalue())


def spectrogram_uri(waveform: Waveform, front_end: FrontEnd) -> str:
    """The log-mel spectrogram that the front end computes, as a PNG: a pixel a frame and band.

    Brightness goes from the 5th percentile to the greatest value.

    Args:
        waveform: float32 (samples,), level not normalised.
        front_end: whose level, window and mel bands are used, whatever its features.
    """
    log_mel = log_mel_spectrogram(normalise_level(waveform, front_end.level), front_end)
    return _uri("image/png", _png(log_mel))


def _png(log_mel: LogMelSpectrogram) -> bytes:
    """A picture of 256 colours, low frequencies at the bottom."""
    low, high = float(np.percentile(log_mel, 5)), float(log_mel.max())
    share = np.clip((log_mel.T[::-1] - low) / max(high - low, 1e-6), 0.0, 1.0)
    picture = Image.fromarray(np.round(255 * share).astype(np.uint8)).convert("L")
    picture.putpalette(_palette())
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _palette() -> list[int]:
    places = np.linspace(0, 255, len(_COLOURS))
    channels = [np.interp(np.arange(256), places, channel) for channel in _COLOURS.T]
    colours: list[int] = np.stack(channels, axis=1).round().astype(int).ravel().tolist()
    return colours


def _uri(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
