"""Logging, the same in every process: one line an event, for people or for programs."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from shared.settings import Settings
from shared.telemetry.correlation import correlation

_FIELDS: Final = "fields"
# What would end a line, or write over one: C0 and C1 controls, Unicode's line and paragraph ends.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def fields(**values: str | int | float) -> dict[str, Any]:
    """What a log line says to programs beside its message: `logger.info("...", extra=fields(...))`.

    Nothing else that a record carries is written out, so no library can add to it.
    """
    return {_FIELDS: values}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time` (RFC 3339, UTC), `level`, `program`, `logger`, `message`, and
    where they are known `request_id`, `job_id`, `trace_id`, `span_id`, `exception`, and fields.
    """

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program

    def format(self, record: logging.LogRecord) -> str:
        """The line, in ASCII: whatever is in the message, it stays one."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        event: dict[str, Any] = {
            "time": time.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "program": self._program,
            "logger": record.name,
            "message": record.getMessage(),
            **correlation(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event)


class TextFormatter(logging.Formatter):
    """For people: time, level, message. A traceback stands below, on lines of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """The line; what would break it is shown as an escape."""
        record.message = _CONTROLS.sub(lambda it: f"\\x{ord(it[0]):02x}", record.message)
        return super().formatMessage(record)


def configure_logging(program: str, settings: Settings) -> None:
    """Log to standard error, in the settings' form and from their level on; warnings, too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(program) if settings.logs_are_json else TextFormatter())
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    quiet = max(logging.WARNING, logging.getLevelNamesMapping()[settings.log_level])
    for chatty in ("celery", "kombu", "amqp", "httpcore", "httpx", "numba", "urllib3"):
        logging.getLogger(chatty).setLevel(quiet)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    logging.getLogger(__name__).critical("uncaught", exc_info=(kind, error, traceback))
