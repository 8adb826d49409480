"""In production the gateway does not start with a door open, and says which are."""

from __future__ import annotations

import pytest

from tests.end_to_end.processes import Program, free_port

SAFE = {
    "ENVIRONMENT": "production",
    "REDIS_URL": "redis://:a-password@127.0.0.1:1/0",
    "CORS_ALLOWED_ORIGINS": "https://example.org",
}


def _gateway(**environment: str) -> Program:
    return Program("-m", "api", "--port", str(free_port()), **environment)


def _ends(**environment: str) -> str:
    program = _gateway(**environment)
    assert program.process.wait(60) != 0
    program.stop()
    output = "".join(program.lines)
    assert "a-password" not in output
    return output


def test_all_open_doors_are_named_in_one_message() -> None:
    output = _ends(
        ENVIRONMENT="production",
        REDIS_URL="redis://127.0.0.1:1/0",
        CORS_ALLOWED_ORIGINS="https://example.org, *",
        LOG_LEVEL="DEBUG",
    )

    assert "Traceback" not in output
    for name in ("REDIS_URL", "CORS_ALLOWED_ORIGINS", "LOG_LEVEL"):
        assert output.count(name) == 1


def test_with_none_it_starts() -> None:
    program = _gateway(**SAFE)
    program.wait_for("running on")
    program.stop()
    assert not any("without a key" in line for line in program.lines)


def test_development_may_be_open_and_says_so() -> None:
    program = _gateway(REDIS_URL="redis://127.0.0.1:1/0", CORS_ALLOWED_ORIGINS="*")
    program.wait_for("running on")
    program.stop()
    assert any("without a key" in line for line in program.lines)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ENVIRONMENT", "prod"), ("REDIS_URL", "http://:a-password@127.0.0.1:1/0")],
)
def test_a_setting_that_cannot_be_stops_the_start_and_shows_no_password(
    name: str, value: str
) -> None:
    assert name.lower() in _ends(**{**SAFE, name: value})
