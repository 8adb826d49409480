"""A process that is fenced as a pool child is, and decodes what it is sent.

On its standard input, again and again: a format, a length and a recording. On its standard output,
a line of JSON for each: how it ended, and how much CPU time it took.
"""

from __future__ import annotations

import json
import sys
from time import process_time

from shared.audio_format import AudioFormat
from shared.errors import RecordingError
from shared.settings import get_settings
from tests.hostile.outcomes import must_be_a_waveform
from worker.audio.decoding import decode
from worker.fence import fence_this_process

RATE = 16_000


def main() -> None:
    """Decode until there is nothing more."""
    settings = get_settings()
    fence_this_process(settings)
    print("ready", flush=True)
    while head := sys.stdin.buffer.readline():
        name, length = head.split()
        recording = sys.stdin.buffer.read(int(length))
        began = process_time()
        outcome = _outcome(recording, AudioFormat(name.decode()), settings.max_audio_seconds)
        print(json.dumps({**outcome, "cpu_s": process_time() - began}), flush=True)


def _outcome(recording: bytes, audio_format: AudioFormat, max_seconds: float) -> dict[str, object]:
    try:
        decoded = decode(recording, audio_format, RATE, max_seconds)
        must_be_a_waveform(decoded, RATE, max_seconds)
    except RecordingError as error:
        return {"outcome": error.code, "detail": error.detail}
    except MemoryError:  # of which the task makes this code
        return {"outcome": "memory_limit"}
    except Exception as error:
        return {"outcome": "unexpected", "detail": repr(error)}
    return {"outcome": "waveform", "seconds": decoded.duration_s, "truncated": decoded.truncated}


if __name__ == "__main__":
    main()
