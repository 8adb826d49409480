"""Forms: whatever the pieces in which they come, and nothing that is no form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.forms import File, Form, read_form
from shared.errors import MalformedMultipartError, RequestError, TooManyFilesError

BOUNDARY = "a-boundary"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'.encode()
END = f"\r\n--{BOUNDARY}--\r\n".encode()
FIELD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\n'.encode()

# What a boundary is made of, so that some contents nearly hold one.
contents = st.binary(max_size=300) | st.lists(
    st.sampled_from([b"\r\n", b"\r", b"\n", b"--", b"-", BOUNDARY[:-1].encode(), b"x"]), max_size=30
).map(b"".join)
names = st.sampled_from(["file", "model", "pictures"])
cuts = st.lists(st.integers(0, 2000), max_size=6)


def read(
    body: bytes, cuts: Sequence[int] = (), content_type: str = TYPE, max_files: int = 100
) -> Form:
    """The form, from a body that comes in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        places = sorted(min(cut, len(body)) for cut in cuts)
        for begin, end in zip([0, *places], [*places, len(body)], strict=True):
            yield body[begin:end]

    too_many = TooManyFilesError("too many")
    return asyncio.run(read_form(content_type, pieces(), max_files, too_many))


@given(
    st.lists(st.tuples(names, contents), min_size=1, max_size=5),
    st.lists(st.tuples(names, st.text(max_size=30)), max_size=5),
    cuts,
)
def test_what_a_client_sends_is_read(
    files: list[tuple[str, bytes]], fields: list[tuple[str, str]], cuts: list[int]
) -> None:
    sent: list[tuple[str, tuple[str | None, str | bytes]]] = [
        *((name, (None, value)) for name, value in fields),
        *((name, ("a", content)) for name, content in files),
    ]
    body = httpx.Request("POST", "http://a", files=sent, headers={"content-type": TYPE}).read()

    form = read(body, cuts)

    for name in ("file", "model", "pictures"):
        texts = [value for its, value in fields if its == name]
        assert form.all(name) == texts + [File(content) for its, content in files if its == name]


@given(st.binary(max_size=400), cuts)
def test_whatever_comes_is_a_form_or_is_refused(body: bytes, cuts: list[int]) -> None:
    for prefix in (b"", PART, FIELD):
        with suppress(RequestError):
            read(prefix + body, cuts)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", PART + b"a" + END),
        ("multipart/form-data; boundary=", PART + b"a" + END),
        ("multipart/form-data; boundary=other", PART + b"a" + END),
        (TYPE, b""),
        (TYPE, PART + b"a"),
        (TYPE, PART.replace(b'name="file"; ', b"") + b"a" + END),
        (TYPE, PART.replace(b"form-data", b"attachment") + b"a" + END),
        (TYPE, PART.replace(b"\r\n\r\n", b"\r\nno header\r\n\r\n") + b"a" + END),
        (TYPE, FIELD + b"a" * 20_000 + END),
        (TYPE, b"\r\n".join([FIELD + b"a"] * 17) + END),
    ],
)
def test_what_is_none_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(MalformedMultipartError):
        read(body, content_type=content_type)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (TYPE.upper().replace(BOUNDARY.upper(), BOUNDARY), PART + b"a" + END),
        (f'multipart/form-data; boundary="{BOUNDARY}"', PART + b"a" + END),
        (f"multipart/form-data;charset=utf-8;boundary={BOUNDARY};x=y", PART + b"a" + END),
        # Not to be sent without quotes (RFC 2046, 5.1.1), and sent all the same.
        (
            "multipart/form-data; boundary==_a:b",
            (PART + b"a" + END).replace(b"a-boundary", b"=_a:b"),
        ),
        (TYPE, PART.replace(b'"a"', '"Hüstel.wav"'.encode("latin-1")) + b"a" + END),
        (TYPE, PART.replace(b'name="file"; filename="a"', b"filename=a;name=file") + b"a" + END),
        (TYPE, b"a preamble\r\n" + PART + b"a" + END + b"an epilogue"),
    ],
)
def test_what_clients_send_otherwise_is_read(content_type: str, body: bytes) -> None:
    assert read(body, content_type=content_type).all("file") == [File(b"a")]


def test_a_name_may_be_empty() -> None:
    assert read(FIELD.replace(b'"a"', b'""') + b"b" + END).all("") == ["b"]


def test_names_are_utf_8() -> None:
    body = FIELD.replace(b'"a"', '"Größe"'.encode()) + "ä".encode() + END
    assert read(body).all("Größe") == ["ä"]


def test_files_are_counted() -> None:
    two = b"\r\n".join([PART + b"a"] * 2) + END
    assert read(two, max_files=2).all("file") == [File(b"a")] * 2
    with pytest.raises(TooManyFilesError):
        read(two, max_files=1)
