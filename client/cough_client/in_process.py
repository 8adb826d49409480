"""`--local`: the service's own pipeline in this process. Only this file knows the worker.

The pipeline is no package that could be installed; it is found in a checkout of the service: the
one that this file lies in, where the client was installed editable, else the one that
COUGH_CHECKOUT names.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cough_client.answers import Diagnosis, read_diagnosis
from cough_client.errors import LocalUnavailableError, UnknownModelError, UnsupportedFormatError
from cough_client.problems import failure_of

if TYPE_CHECKING:
    from worker.model.bundle import Bundle

CHECKOUT_VARIABLE: Final = "COUGH_CHECKOUT"


class LocalPipeline:
    """Diagnoses as the service would, one recording at a time, without a service.

    Args:
        model: `name@version`, or `name` for its newest version; None: the settings' MODEL.

    Raises:
        LocalUnavailableError: there is no checkout, its libraries are missing, or its models
            cannot be used.
        UnknownModelError: it has no such model.
    """

    def __init__(self, model: str | None = None) -> None:
        _find_checkout()
        try:
            from shared.errors import ScreeningError
            from shared.errors import UnknownModelError as Unknown
            from shared.settings import get_settings
            from worker.model.bundle import bundle_for
        except ImportError as error:
            raise _unavailable(f"{error}") from error
        try:
            settings = get_settings()
            self._max_audio_seconds = settings.max_audio_seconds
            reference = _reference(model or settings.model, settings.models_dir)
            self._bundle: Bundle = bundle_for(settings.models_dir, reference)
        except Unknown as error:
            raise UnknownModelError(error.detail, extensions=error.extensions) from error
        except (ScreeningError, ValueError) as error:
            raise LocalUnavailableError(f"The model cannot be used: {error}") from error

    @property
    def model(self) -> str:
        """What diagnoses, `name@version`."""
        return self._bundle.card.reference

    def diagnose(self, recording: bytes) -> Diagnosis:
        """The same diagnosis as the service's.

        Raises:
            RecordingError, UnsupportedFormatError: it cannot be diagnosed.
        """
        from shared.audio_format import SNIFF_BYTES, sniff
        from shared.errors import RecordingError as Refused
        from worker.pipeline import diagnose_recording

        audio_format = sniff(recording[:SNIFF_BYTES])
        if audio_format is None:
            raise UnsupportedFormatError("This is not a known audio format")
        try:
            result = diagnose_recording(
                recording, audio_format, self._bundle, self._max_audio_seconds
            )
        except Refused as error:
            raise failure_of(error.code, error.detail) from error
        except Exception as error:  # as in the service, it costs this recording alone
            raise failure_of("internal_error", type(error).__name__) from error
        return read_diagnosis(result.model_dump(mode="json", by_alias=True), self.model)


def _reference(asked: str, models_dir: Path) -> Any:
    from shared.catalogue import read_catalogue
    from shared.job import ModelReference

    return ModelReference.parse(read_catalogue(models_dir).find(asked).reference)


def _find_checkout() -> None:
    """Let the checkout's packages be imported, after everything that is installed."""
    named = os.environ.get(CHECKOUT_VARIABLE)
    checkout = Path(named) if named else Path(__file__).resolve().parents[2]
    if not (checkout / "worker" / "pipeline.py").is_file():
        raise _unavailable(f"there is no checkout at {checkout}")
    if str(checkout) not in sys.path:
        sys.path.append(str(checkout))


def _unavailable(why: str) -> LocalUnavailableError:
    return LocalUnavailableError(
        f"--local needs a checkout of the service and the worker's libraries: {why}. In the "
        f"checkout: pip install -e './client[local]'; or name it in {CHECKOUT_VARIABLE}."
    )
