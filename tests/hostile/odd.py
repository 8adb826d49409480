"""Recordings that are valid, but not as most are: each must be decoded, whole.

Seeded like all recordings of the tests, and a fraction of a second long, unless asked for more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shared.audio_format import AudioFormat
from tests.hostile.metadata import aiff_chunk, flac_block, flac_picture, id3_tag, mp4_cover
from tests.hostile.video import remux, with_video
from tests.support.recordings import Waveform, cough, encode, write_with_pyav, write_with_soundfile
from tests.support.wav import PCM, chunk, wav

RATES = (4_000, 8_000, 11_025, 22_050, 44_100, 96_000, 192_000)
CHANNELS = range(1, 9)
PICTURE = np.random.default_rng(6).bytes(1_500_000)


@dataclass(frozen=True, slots=True)
class Odd:
    """A valid recording, how it is told, and how long its sound is."""

    name: str
    format: AudioFormat
    data: bytes
    seconds: float


def odd_recordings(seconds: float = 0.25) -> Iterator[Odd]:
    """Every format in its odd ways."""
    for make in (_encodings, _channels_and_rates, _metadata, _containers, _chained):
        for name, audio_format, data in make(seconds):
            times = 2 if "chained" in name else 1
            yield Odd(name, audio_format, data, times * seconds)


Made = Iterator[tuple[str, AudioFormat, bytes]]


def _encodings(seconds: float) -> Made:
    sound = cough(seconds)
    for container in ("WAV", "WAVEX", "RF64", "AIFF"):
        subtypes = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW", "ULAW"]
        if container == "WAV":
            subtypes += ["IMA_ADPCM", "MS_ADPCM", "GSM610"]
        for subtype in subtypes:
            audio_format = AudioFormat.AIFF if container == "AIFF" else AudioFormat.WAV
            data = write_with_soundfile(sound, 16_000, container, subtype)
            yield f"{container} {subtype}", audio_format, data
    integers = (sound.astype(np.float64) * 2**62).astype("<i8").tobytes()
    yield "WAV of 64-bit integers", AudioFormat.WAV, wav(integers, bits=64, encoding=PCM)
    for order, container in (("BIG", "WAV"), ("LITTLE", "AIFF")):
        data = write_with_soundfile(sound, 16_000, container, "PCM_16", order)
        yield f"{container} {order}", AudioFormat(container.lower()), data
    for subtype in ("PCM_S8", "PCM_24"):
        data = write_with_soundfile(sound, 16_000, "FLAC", subtype)
        yield f"FLAC {subtype}", AudioFormat.FLAC, data


def _channels_and_rates(seconds: float) -> Made:
    libsndfile = {
        AudioFormat.WAV: ("WAV", "PCM_16"),
        AudioFormat.FLAC: ("FLAC", "PCM_16"),
        AudioFormat.AIFF: ("AIFF", "PCM_16"),
        AudioFormat.OGG_VORBIS: ("OGG", "VORBIS"),
        AudioFormat.OGG_OPUS: ("OGG", "OPUS"),
    }
    for audio_format, (container, subtype) in libsndfile.items():
        for channels in CHANNELS:
            columns = _columns(cough(seconds, 48_000), channels)
            data = write_with_soundfile(columns, 48_000, container, subtype)
            yield f"{audio_format}, {channels} channels", audio_format, data
        if audio_format is not AudioFormat.OGG_OPUS:
            for rate in RATES:
                data = write_with_soundfile(cough(seconds, rate), rate, container, subtype)
                yield f"{audio_format}, {rate} Hz", audio_format, data
    for rate in (8_000, 11_025, 16_000, 24_000, 32_000, 44_100, 48_000):
        for channels in (1, 2):
            data = encode(cough(seconds, rate), rate, AudioFormat.MP3, channels)
            yield f"mp3, {rate} Hz, {channels} channels", AudioFormat.MP3, data
    for rate in (8_000, 22_050, 96_000):
        data = encode(cough(seconds, rate), rate, AudioFormat.M4A)
        yield f"m4a, {rate} Hz", AudioFormat.M4A, data
    for channels in (2, 6):
        columns = _columns(cough(seconds, 48_000), channels)
        layout = {2: "stereo", 6: "5.1"}[channels]
        for audio_format, container, codec in (
            (AudioFormat.M4A, "mp4", "aac"),
            (AudioFormat.M4A, "mp4", "alac"),
            (AudioFormat.WEBM, "webm", "libopus"),
        ):
            data = write_with_pyav(columns, 48_000, container, codec, layout=layout)
            yield f"{codec} in {container}, {channels} channels", audio_format, data


def _metadata(seconds: float) -> Made:
    sound = cough(seconds)
    whole = {audio_format: encode(sound, 16_000, audio_format) for audio_format in AudioFormat}
    samples = np.round(sound * 32767).astype("<i2").tobytes()
    for name, body in (
        ("LIST", b"INFO" + chunk(b"ICMT", b"\xff\xfe not UTF-8 " * 60_000)),
        ("id3 ", id3_tag(PICTURE)),
        ("odd", b"\0"),
    ):
        before = chunk(name.ljust(4)[:4].encode(), body)
        yield f"WAV, {name} before", AudioFormat.WAV, wav(samples, before=before)
        yield f"WAV, {name} behind", AudioFormat.WAV, wav(samples, after=before)
    aiff = whole[AudioFormat.AIFF]
    yield "AIFF, a picture behind", AudioFormat.AIFF, aiff_chunk(aiff, b"ID3 ", id3_tag(PICTURE))
    flac = whole[AudioFormat.FLAC]
    yield "FLAC, a picture", AudioFormat.FLAC, flac_block(flac, 6, flac_picture(PICTURE))
    yield "FLAC, padding", AudioFormat.FLAC, flac_block(flac, 1, bytes(2_000_000))
    yield "FLAC, unknown block", AudioFormat.FLAC, flac_block(flac, 99, b"?" * 1000)
    mp3 = whole[AudioFormat.MP3]
    yield "MP3, a picture", AudioFormat.MP3, id3_tag(PICTURE) + mp3
    yield "MP3, three tags", AudioFormat.MP3, id3_tag(b"") * 3 + mp3
    yield "MP3, ID3v1 behind", AudioFormat.MP3, mp3 + b"TAG" + b"\xe9" * 125
    yield "MP3, APE behind", AudioFormat.MP3, mp3 + b"APETAGEX" + bytes(24)
    for audio_format in (
        AudioFormat.WAV,
        AudioFormat.FLAC,
        AudioFormat.AIFF,
        AudioFormat.OGG_VORBIS,
        AudioFormat.OGG_OPUS,
    ):
        # Told as MP3 by its first bytes.
        data = id3_tag(b"") + whole[audio_format]
        yield f"ID3 before {audio_format}", AudioFormat.MP3, data
        yield (
            f"ID3v1 behind {audio_format}",
            audio_format,
            whole[audio_format] + b"TAG" + bytes(125),
        )
    m4a = whole[AudioFormat.M4A]
    yield "M4A, a picture", AudioFormat.M4A, mp4_cover(m4a, PICTURE)
    yield (
        "M4A, free space",
        AudioFormat.M4A,
        m4a + (1_000_008).to_bytes(4, "big") + b"free" + bytes(1_000_000),
    )
    for audio_format, container, codec in (
        (AudioFormat.M4A, "mp4", "aac"),
        (AudioFormat.WEBM, "webm", "libopus"),
    ):
        data = write_with_pyav(sound, 16_000, container, codec, title="caf\xe9" * 20_000)
        data = data.replace("caf\xe9".encode(), b"caf\xe9\xe9")
        yield f"{container}, a title not in UTF-8", audio_format, data


def _containers(seconds: float) -> Made:
    sound = cough(seconds, 48_000)
    for codec in ("alac", "flac", "libopus", "libmp3lame"):
        yield f"{codec} in MP4", AudioFormat.M4A, write_with_pyav(sound, 48_000, "mp4", codec)
    options = {"movflags": "+frag_keyframe+empty_moov"}
    data = write_with_pyav(sound, 48_000, "mp4", "aac", options=options)
    yield "MP4, in fragments", AudioFormat.M4A, data
    speech = cough(seconds, 8_000)
    yield "AMR in 3GP", AudioFormat.M4A, write_with_pyav(speech, 8_000, "3gp", "libopencore_amrnb")
    live = write_with_pyav(sound, 48_000, "webm", "libopus", seekable=False, options={"live": "1"})
    yield "WebM, live", AudioFormat.WEBM, live
    vorbis = encode(sound, 48_000, AudioFormat.OGG_VORBIS)
    yield "Vorbis in WebM", AudioFormat.WEBM, remux(vorbis, "webm")
    yield "MP4 with video", AudioFormat.M4A, with_video(sound, "mp4", "aac", "mpeg4")
    yield "WebM with video", AudioFormat.WEBM, with_video(sound, "webm", "libopus", "libvpx")


def _chained(seconds: float) -> Made:
    first, second = (cough(seconds, 48_000, seed=seed) for seed in (1, 2))
    vorbis = [encode(sound, 48_000, AudioFormat.OGG_VORBIS) for sound in (first, second)]
    yield "Vorbis, chained", AudioFormat.OGG_VORBIS, b"".join(vorbis)
    opus = [
        write_with_pyav(sound, 48_000, "ogg", "libopus", options={"serial_offset": serial})
        for sound, serial in ((first, "1"), (second, "2"))
    ]
    yield "Opus, chained", AudioFormat.OGG_OPUS, b"".join(opus)


def _columns(sound: Waveform, channels: int) -> Waveform:
    return np.ascontiguousarray(np.repeat(sound[:, None], channels, axis=1))
