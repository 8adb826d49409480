"""`python -m tests.hostile.open_references FOLDER`: decodes files that name others, to be watched.

It makes a file `begin` in the folder when it begins, and `end` at the end.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from shared.audio_format import AudioFormat
from shared.errors import RecordingError
from tests.hostile.references import m4a_elsewhere, playlists
from tests.support.recordings import cough, encode
from worker.audio.decoding import decode

RATE = 16_000


def main() -> None:
    """Decode each as each format, and behind an ID3 tag."""
    folder = Path(sys.argv[1])
    whole = encode(cough(0.5), RATE, AudioFormat.M4A)
    other = folder / "secret.m4a"
    other.write_bytes(whole)
    files = [m4a_elsewhere(whole, str(other))]
    for target in (str(other), "http://127.0.0.1:9/sound.ts"):
        files += playlists(target).values()
    decode(whole, AudioFormat.M4A, RATE, 60)  # loads what there is to load
    (folder / "begin").touch()
    for data in files:
        for audio_format in AudioFormat:
            for prefix in (b"", b"ID3\4\0\0\0\0\0\0"):
                with contextlib.suppress(RecordingError):
                    decode(prefix + data, audio_format, RATE, 60)
    (folder / "end").touch()


if __name__ == "__main__":
    main()
