"""Coverage-guided fuzzing of what tells formats apart, checks containers and decodes them.

`make fuzz-decoder` runs it: `python -m tests.hostile.fuzz_decoder FOLDER [libFuzzer's options]`.
The folder keeps what was found to reach new code; it begins with the odd recordings. Guided by the
coverage of our Python code; FFmpeg and libsndfile are run, but not instrumented.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["shared.audio_format", "worker.audio"]):
    from shared.audio_format import SNIFF_BYTES, sniff
    from shared.errors import RecordingError
    from worker.audio.decoding import decode

from tests.hostile.outcomes import CODES, must_be_a_waveform
from tests.hostile.seeds import seeds

RATE = 16_000
LIMIT_S = 2.0


def test_one_input(data: bytes) -> None:
    """Any other end than these two is a crash."""
    audio_format = sniff(data[:SNIFF_BYTES])
    if audio_format is None:
        return
    try:
        decoded = decode(data, audio_format, RATE, LIMIT_S)
    except RecordingError as error:
        if error.code not in CODES:
            raise
    else:
        must_be_a_waveform(decoded, RATE, LIMIT_S)


def main() -> None:
    """Fuzz until libFuzzer's options say that it is enough."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, recording in seeds():
        (folder / name).write_bytes(recording)
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
