"""`python -m worker.diagnose FILE...`: diagnose files here, without Redis and API.

Prints one JSON line a file, as the proof of concept did; `--evidence` adds what it rests on.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from shared.audio_format import SNIFF_BYTES, sniff
from shared.catalogue import read_catalogue
from shared.errors import ScreeningError, UnsupportedFormatError
from shared.job import ModelReference
from shared.pictures import PictureFormat
from shared.settings import get_settings
from worker.model.bundle import Bundle, bundle_for
from worker.model.evidence import clip_evidence
from worker.pictures.making import make_pictures
from worker.pipeline import Examination, examine_recording

_DECIMALS = 9


def main(arguments: list[str] | None = None) -> int:
    """Diagnose each file; exit status 1 if one could not be diagnosed, 2 if none can be."""
    settings = get_settings()
    parser = argparse.ArgumentParser(prog="python -m worker.diagnose", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--model",
        default=settings.model,
        help="name@version, or name for its newest version (%(default)s)",
    )
    parser.add_argument(
        "--evidence",
        action="store_true",
        help="add the attention over patches and, where the network gives it, the map over time "
        "(s) and bands (Hz) whose cells sum to the logit",
    )
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="DIR",
        help="put FILE.spectrogram.png and FILE.explanation.png, named after each file, here",
    )
    options = parser.parse_args(arguments)
    try:
        bundle = bundle_for(settings.models_dir, _reference(options.model, settings.models_dir))
    except (ScreeningError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(bundle.card.full_disclaimer, file=sys.stderr)
    failures = 0
    for file in options.files:
        try:
            examined = _examine(file, bundle, settings.max_audio_seconds)
            if options.pictures is not None:
                _put_pictures(options.pictures, file, examined, bundle)
        except (ScreeningError, OSError) as error:
            failures += 1
            print(f"{file}: {error}", file=sys.stderr)
            continue
        line = _line(examined, bundle, with_evidence=options.evidence)
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return 1 if failures else 0


def _reference(asked: str, models_dir: Path) -> ModelReference:
    if "@" not in asked:
        asked = read_catalogue(models_dir).find(asked).reference
    return ModelReference.parse(asked)


def _examine(file: Path, bundle: Bundle, max_audio_seconds: float) -> Examination:
    recording = file.read_bytes()
    audio_format = sniff(recording[:SNIFF_BYTES])
    if audio_format is None:
        raise UnsupportedFormatError("This is not a known audio format")
    return examine_recording(recording, audio_format, bundle, max_audio_seconds)


def _put_pictures(folder: Path, file: Path, examined: Examination, bundle: Bundle) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for (name, form), data in make_pictures(examined, bundle.card).items():
        if form is PictureFormat.PNG:
            (folder / f"{file.name}.{name}.{form}").write_bytes(data)


def _line(examined: Examination, bundle: Bundle, *, with_evidence: bool) -> dict[str, Any]:
    """What is printed of a file."""
    line: dict[str, Any] = {
        "Diagnóstico": examined.result.diagnosis,
        "score": examined.result.score,
    }
    if with_evidence:
        evidence = clip_evidence(examined.outputs, bundle.card.front_end)
        line["evidence"] = asdict(evidence, dict_factory=_plain)
    return line


def _plain(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """As JSON can write it: arrays become lists."""
    return {
        name: value.round(_DECIMALS).tolist() if isinstance(value, np.ndarray) else value
        for name, value in fields
    }


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # which JSON is, whatever the locale
    sys.exit(main())
