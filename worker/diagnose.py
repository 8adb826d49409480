"""`python -m worker.diagnose FILE...`: diagnose files here, without Redis and API.

Prints one JSON line a file, as the proof of concept did.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

from shared.audio_format import SNIFF_BYTES, sniff
from shared.errors import ScreeningError, UnsupportedFormatError
from shared.job import ModelReference, Result
from shared.settings import get_settings
from worker.model.bundle import Bundle, bundle_for
from worker.pipeline import diagnose_recording


def main(arguments: list[str] | None = None) -> int:
    """Diagnose each file; exit status 1 if one could not be diagnosed, 2 if none can be."""
    settings = get_settings()
    parser = argparse.ArgumentParser(prog="python -m worker.diagnose", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--model", default=settings.model, help="name@version (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        bundle = bundle_for(settings.models_dir, ModelReference.parse(options.model))
    except (ScreeningError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(bundle.card.disclaimer, file=sys.stderr)
    failures = 0
    for file in options.files:
        try:
            result = _diagnose(file, bundle, settings.max_audio_seconds)
        except (ScreeningError, OSError) as error:
            failures += 1
            print(f"{file}: {error}", file=sys.stderr)
            continue
        line = {"Diagnóstico": result.diagnosis, "score": result.score}
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return 1 if failures else 0


def _diagnose(file: Path, bundle: Bundle, max_audio_seconds: float) -> Result:
    recording = file.read_bytes()
    audio_format = sniff(recording[:SNIFF_BYTES])
    if audio_format is None:
        raise UnsupportedFormatError("This is not a known audio format")
    return diagnose_recording(recording, audio_format, bundle, max_audio_seconds)


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # which JSON is, whatever the locale
    sys.exit(main())
