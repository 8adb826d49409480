"""Lossy codecs: what phones, browsers and messengers do to a recording before it gets here."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from worker.spectrogram import Waveform

# Encoder and decoder, as FFmpeg names them.
CODECS = {"mp3": ("libmp3lame", "mp3float"), "opus": ("libopus", "libopus"), "aac": ("aac", "aac")}


def transcode(waveform: Waveform, sample_rate: int, codec: str, bit_rate: int) -> Waveform:
    """Encode and decode a waveform.

    Args:
        waveform: float32 (samples,), within ±1 (codecs clip what is not).
        sample_rate: Hz; one that the codec knows, such as 16000.
        codec: a key of `CODECS`.
        bit_rate: bits a second.

    Returns:
        float32 (samples,), later by the codec's delay (at most some 70 ms), its end cut as much.
    """
    encoder_name, decoder_name = CODECS[codec]
    encoder = _context(encoder_name, "w", sample_rate)
    encoder.bit_rate = bit_rate
    encoder.open()
    decoder = _context(decoder_name, "r", sample_rate)
    if encoder.extradata:
        decoder.extradata = encoder.extradata

    resampler = av.AudioResampler(
        format=encoder.format, layout="mono", rate=sample_rate, frame_size=encoder.frame_size
    )
    frame = av.AudioFrame.from_ndarray(waveform[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = sample_rate, 0, Fraction(1, sample_rate)
    packets = [
        packet
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]
        for packet in encoder.encode(piece)
    ]
    to_float = av.AudioResampler(format="fltp", layout="mono", rate=sample_rate)
    decoded = [
        piece.to_ndarray()[0]
        for packet in [*packets, None]
        for heard in decoder.decode(packet)
        for piece in to_float.resample(heard)
    ]
    whole = np.concatenate([*decoded, np.zeros(len(waveform), dtype=np.float32)])
    return np.asarray(whole[: len(waveform)], dtype=np.float32)


def _context(name: str, mode: str, sample_rate: int) -> AudioCodecContext:
    context = av.CodecContext.create(name, mode)  # type: ignore[call-overload]
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = sample_rate
    context.layout = "mono"
    if mode == "w":
        context.format = context.codec.audio_formats[0]  # type: ignore[index]
        context.time_base = Fraction(1, sample_rate)
    return context
