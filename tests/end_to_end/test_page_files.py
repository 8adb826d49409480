"""The page as it is answered: under its policy, from memory, and only if it is news."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import httpx
import pytest

from api.page.serving import STATIC, read_files
from shared.settings import Settings
from tests.end_to_end.gateway_alone import gateway_alone

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
}
PLAIN = {"accept-encoding": "identity"}

# What draws the sound, and is fetched with its first picture.
PICTURE = {
    *("sound-view.js", "spectrogram.js", "overlay.js", "explanation.js", "raster.js"),
    *("colour-bar.js", "palette.js", "axis.js", "ticks.js", "cursor.js"),
}


LIMITS = {"MAX_AUDIO_SECONDS": "42.5", "MAX_UPLOAD_BYTES": "7000000", "RESULT_TTL_S": "7200"}


@pytest.fixture(scope="module")
def client(redis_server_url: str) -> Iterator[httpx.Client]:
    with gateway_alone(redis_server_url, ENVIRONMENT="production", **LIMITS) as alone:
        yield alone.client.http


def _paths() -> list[str]:
    return ["/"] + [
        f"/page/{path.name}" for path in sorted(STATIC.iterdir()) if path.name != "index.html"
    ]


@pytest.mark.parametrize("path", _paths())
def test_each_file_is_answered_under_the_policy(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert set(answer.headers["content-security-policy"].split("; ")) == POLICY
    assert answer.headers["permissions-policy"] == "microphone=(self)"
    assert answer.headers["cache-control"] == "no-cache"
    ending = path.rpartition(".")[2]
    media_type = {
        "/": "text/html",
        "js": "text/javascript",
        "css": "text/css",
        "svg": "image/svg+xml",
    }
    assert answer.headers["content-type"].split(";")[0] == media_type[ending]


@pytest.mark.parametrize("path", ["/", "/page/main.js"])
@pytest.mark.parametrize("encoding", ["identity", "gzip, deflate, br", "gzip;q=0"])
def test_what_a_browser_has_is_not_sent_again(
    client: httpx.Client, path: str, encoding: str
) -> None:
    headers = {"accept-encoding": encoding}
    first = client.get(path, headers=headers)
    again = client.get(path, headers={**headers, "if-none-match": first.headers["etag"]})
    stale = client.get(path, headers={**headers, "if-none-match": '"other"'})
    assert ("content-encoding" in first.headers) == encoding.startswith("gzip,")
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert (stale.status_code, stale.text) == (200, first.text)


def test_each_form_has_a_tag_of_its_own(client: httpx.Client) -> None:
    plain, gzipped = client.get("/page/api.js", headers=PLAIN), client.get("/page/api.js")
    assert plain.text == gzipped.text == (STATIC / "api.js").read_text("utf-8")
    assert plain.headers["etag"] != gzipped.headers["etag"]
    assert gzipped.headers["vary"] == "Accept-Encoding"


def test_a_head_is_answered_without_the_file(client: httpx.Client) -> None:
    head = client.head("/page/main.js", headers=PLAIN)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == (STATIC / "main.js").stat().st_size


@pytest.mark.parametrize(
    "path", ["/page/", "/page/index.html", "/page/none.js", "/page/..%2f..%2fapp.py", "/page/%00"]
)
def test_nothing_else_is_answered(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_the_page_is_told_the_limits(client: httpx.Client) -> None:
    html = client.get("/").text
    assert (
        'data-max-audio-s="42.5" data-max-upload-bytes="7000000" data-result-ttl-s="7200"' in html
    )
    assert "$" not in html


def test_all_modules_that_the_page_waits_for_are_fetched_at_once(client: httpx.Client) -> None:
    html = client.get("/").text
    for path in STATIC.glob("*.js"):
        awaited = path.name not in PICTURE
        assert (f'<link rel="modulepreload" href="page/{path.name}">' in html) == awaited, path.name


def test_other_content_has_other_tags() -> None:
    one = read_files(Settings(max_audio_seconds=42))["index.html"]
    other = read_files(Settings(max_audio_seconds=43))["index.html"]
    assert one.plain[1] != other.plain[1]
    assert one.gzipped[1] != other.gzipped[1]
    assert gzip.decompress(one.gzipped[0]) == one.plain[0]
