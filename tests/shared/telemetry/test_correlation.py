"""Whose request ids go into logs, queue and answers, and whose do not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.telemetry.correlation import UNKNOWN, Origin, usable_request_id


@pytest.mark.parametrize(
    "sent",
    [
        b"a",
        b"x" * 128,
        b"0b3de94b-2c13-4a5f-9f1d-4c0f1b7a2e55",
        b"Root=1-67891233-abcdef012345678912345678",
        b"req_01J9Z3",
        b"8f2e1c0d9b8a7f6e-FRA",
        b"YWJj+/==",
    ],
)
def test_a_senders_own_is_kept(sent: bytes) -> None:
    assert usable_request_id(sent) == sent.decode()


@pytest.mark.parametrize(
    "sent",
    [
        None,
        b"",
        b"x" * 129,
        b"Jane Doe",
        b"a\nb",
        b"a\n",
        b'a"b',
        b"a\\b",
        b"caf\xe9",
        "١".encode(),
        b"cough_0123456789abcdef_secret",
        b"a-whsec_YWJj",
    ],
)
def test_another_one_is_replaced(sent: bytes | None) -> None:
    given_, again = usable_request_id(sent), usable_request_id(sent)

    assert given_ != again
    assert len(given_) == 32
    int(given_, 16)


@given(st.binary(max_size=200))
def test_whatever_is_sent_needs_no_escaping(sent: bytes) -> None:
    value = usable_request_id(sent)

    assert json.dumps(value) == f'"{value}"'
    assert 1 <= len(value) <= 128
    assert value.isascii()
    assert value.isprintable()


def test_a_job_keeps_of_its_origin_what_is_known() -> None:
    assert UNKNOWN.fields == []
    assert Origin("request").fields == ["request_id", "request"]
    assert Origin("r", "t").fields == ["request_id", "r", "traceparent", "t"]
