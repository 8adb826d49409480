"""One event, one line, whatever is in it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.settings import REPOSITORY, Settings
from shared.telemetry.correlation import bind_request, working_for
from shared.telemetry.logs import JsonFormatter, TextFormatter, fields

JSON, TEXT = JsonFormatter("program"), TextFormatter()


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("room.file", logging.INFO, "file.py", 1, message, arguments, None)
    made.__dict__.update(extra)
    return made


@given(st.text())
def test_any_message_is_one_line_of_json(message: str) -> None:
    line = JSON.format(record("%s", message))

    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == message


@given(st.text())
def test_any_message_is_one_line_of_text(message: str) -> None:
    assert len(TEXT.format(record("%s", message)).splitlines()) == 1


def test_an_event_says_when_where_and_what() -> None:
    event = record("job %s", "j", **fields(outcome="succeeded", delivery=2))
    event.created = 1.5

    assert json.loads(JSON.format(event)) == {
        "time": "1970-01-01T00:00:01.500Z",
        "level": "info",
        "program": "program",
        "logger": "room.file",
        "message": "job j",
        "outcome": "succeeded",
        "delivery": 2,
    }


def test_an_event_says_for_whom() -> None:
    with working_for("job", "request"):
        inside = json.loads(JSON.format(record("a")))
    outside = json.loads(JSON.format(record("a")))

    assert (inside["job_id"], inside["request_id"]) == ("job", "request")
    assert {"job_id", "request_id"}.isdisjoint(outside)


def test_what_is_done_for_a_job_leaves_the_request_as_it_was() -> None:
    bind_request("outer")
    try:
        with working_for("job", "inner"):
            pass
        assert json.loads(JSON.format(record("a")))["request_id"] == "outer"
    finally:
        bind_request("")


def test_what_a_library_adds_to_a_record_is_not_written() -> None:
    line = JSON.format(record("a", color_message="secret", data={"args": "secret"}))

    assert "secret" not in line


def test_an_exception_is_in_the_same_line() -> None:
    event = record("failed")
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        event.exc_info = sys.exc_info()

    line = JSON.format(event)

    assert "\n" not in line
    assert "ValueError: first\nsecond" in json.loads(line)["exception"]


@pytest.mark.parametrize(
    ("environment", "log_format", "is_json"),
    [
        ("development", None, False),
        ("production", None, True),
        ("development", "json", True),
        ("production", "text", False),
    ],
)
def test_people_read_in_development_and_programs_in_production(
    environment: str, log_format: str | None, is_json: bool
) -> None:
    settings = Settings.model_validate({"environment": environment, "log_format": log_format})

    assert settings.logs_are_json == is_json


@pytest.mark.parametrize("how", ["raise RuntimeError('a')", "import warnings; warnings.warn('a')"])
def test_what_nobody_caught_is_logged_too(how: str) -> None:
    code = (
        "from shared.settings import Settings\n"
        "from shared.telemetry.logs import configure_logging\n"
        "configure_logging('program', Settings(log_format='json'))\n"
    )
    command = [sys.executable, "-c", code + how]
    said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    (line,) = said.stderr.splitlines()
    assert json.loads(line)["level"] in ("critical", "warning")
