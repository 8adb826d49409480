"""FFmpeg opens the bytes that it is given, with the demuxer and decoders of their format."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from shared.audio_format import AudioFormat
from shared.errors import CorruptAudioError, NoAudioError, RecordingError
from shared.settings import REPOSITORY
from tests.hostile.ebml import webm_opus
from tests.hostile.references import m4a_elsewhere, playlists
from tests.support.recordings import cough, encode, write_with_pyav, write_with_soundfile
from worker.audio.decoding import decode
from worker.audio.pyav_reader import open_with_pyav

RATE = 16_000


class Trap:
    """A server that notes who connects, and says nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/sound.ts"
        self.callers = 0
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                if connection.recv(4) == b"stop":
                    return
                self.callers += 1

    def close(self) -> None:
        with socket.create_connection(self._socket.getsockname()) as connection:
            connection.sendall(b"stop")
        self._thread.join()
        self._socket.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    if trap._thread.is_alive():
        trap.close()


def test_the_trap_catches_an_ffmpeg_that_may_open_addresses(trap: Trap) -> None:
    playlist = io.BytesIO(playlists(trap.url)["hls"])
    options = {"protocol_whitelist": "file,http,tcp", "allowed_extensions": "ALL"}

    with pytest.raises(av.error.FFmpegError):
        av.open(playlist, format="hls", container_options=options)
    trap.close()

    assert trap.callers


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_a_playlist_opens_nothing(trap: Trap, audio_format: AudioFormat) -> None:
    for playlist in playlists(trap.url).values():
        # As it is, and behind what makes FFmpeg's own guess go by the playlist.
        for data in (playlist, b"ID3\4\0\0\0\0\0\0" + playlist):
            with pytest.raises(RecordingError):
                decode(data, audio_format, RATE, 60)
            with pytest.raises(RecordingError), open_with_pyav(data, audio_format):
                pass
    trap.close()

    assert not trap.callers


def test_a_sound_in_another_file_is_not_opened(tmp_path: Path) -> None:
    whole = encode(cough(0.5), RATE, AudioFormat.M4A)
    other = tmp_path / "secret.m4a"
    other.write_bytes(whole)
    data = m4a_elsewhere(whole, str(other))
    # An FFmpeg that is told to follows the reference, so there is something to refuse.
    follow = {"enable_drefs": "1", "use_absolute_path": "1"}
    with av.open(io.BytesIO(data), "r", format="mp4", container_options=follow) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) > 0.5 * RATE

    with pytest.raises((CorruptAudioError, NoAudioError)):
        decode(data, AudioFormat.M4A, RATE, 60)


@pytest.mark.parametrize(
    ("container", "codec", "audio_format"),
    [
        ("mp4", "ac3", AudioFormat.M4A),
        ("mp4", "eac3", AudioFormat.M4A),
        ("wav", "ac3", AudioFormat.WAV),
        ("ogg", "flac", AudioFormat.OGG_OPUS),
    ],
)
def test_a_codec_that_is_not_on_the_list_is_refused(
    container: str, codec: str, audio_format: AudioFormat
) -> None:
    data = write_with_pyav(cough(0.5, 48_000), 48_000, container, codec)
    # FFmpeg itself could.
    with av.open(io.BytesIO(data), "r") as opened:
        assert next(opened.decode(audio=0)).samples

    with (
        pytest.raises(CorruptAudioError, match="not one that we read"),
        open_with_pyav(data, audio_format),
    ):
        pass


def test_another_container_than_the_sniffed_one_is_refused() -> None:
    for audio_format in (AudioFormat.M4A, AudioFormat.WEBM):
        for other in set(AudioFormat) - {audio_format}:
            data = encode(cough(0.3), RATE, other)
            with pytest.raises(RecordingError), open_with_pyav(data, audio_format) as source:
                list(source.blocks)


def test_deflated_packets_are_refused_wherever_the_lists_stand() -> None:
    data = webm_opus([b"\xfc\xff\xfe"] * 10, 20, compressed=True)

    with pytest.raises(CorruptAudioError, match="deflated"), open_with_pyav(data, AudioFormat.WEBM):
        pass


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_no_file_and_no_address_is_opened(tmp_path: Path) -> None:
    """As the kernel sees it, between two files that the probe makes on purpose."""
    calls = tmp_path / "calls"
    trace = ["strace", "-f", "-o", str(calls), "-e", "trace=open,openat,openat2,socket,connect"]
    subprocess.run(
        [*trace, sys.executable, "-m", "tests.hostile.open_references", str(tmp_path)],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        check=True,
        timeout=60,
        stderr=subprocess.DEVNULL,
    )

    lines = calls.read_text().splitlines()
    begin, end = (
        next(number for number, line in enumerate(lines) if mark in line)
        for mark in ("/begin", "/end")
    )
    assert lines[begin + 1 : end] == []


def test_libsndfile_opens_none_of_its_other_formats_behind_an_id3_tag() -> None:
    for container in ("AU", "CAF", "W64", "PAF", "NIST", "VOC", "IRCAM", "SVX", "AVR", "MAT5"):
        data = write_with_soundfile(cough(0.3), RATE, container, "PCM_16")
        with pytest.raises(RecordingError):
            decode(b"ID3\4\0\0\0\0\0\0" + data, AudioFormat.MP3, RATE, 60)
