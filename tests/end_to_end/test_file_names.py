"""A file name is no path, no header and no line of a log: it goes nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end import raw_http
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.raw_http import END, form_head
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)
MARK = "in-jected"
NAMES = [
    f"../../../../tmp/{MARK}",
    f"/etc/cron.d/{MARK}",
    f"C:\\Windows\\{MARK}",
    f"a\0{MARK}",
    f"a%0d%0aX-Header: {MARK}",
    f"{MARK}: job 0: accepted\x1b[2J",
    f"{MARK}${{jndi:ldap://a}}{{{{7*7}}}}%s%n",
]


@pytest.fixture(scope="module")
def gateway(redis_server_url: str) -> Iterator[GatewayAlone]:
    with gateway_alone(redis_server_url, LOG_LEVEL="DEBUG") as alone:
        yield alone


@pytest.mark.parametrize("name", NAMES)
def test_a_name_goes_nowhere(gateway: GatewayAlone, name: str) -> None:
    part = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = part.encode() + RECORDING + END
    url = gateway.client.http.base_url

    answer = raw_http.send(url, [form_head(len(body)), body])

    assert answer.status == 202, answer.text
    assert MARK.encode() not in answer.text
    stored = b"".join(gateway.redis.dump(key) or b"" for key in gateway.redis.scan_iter())
    assert MARK.encode() not in stored
    assert MARK not in "".join(gateway.program.lines)


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_a_name_cannot_begin_a_header(gateway: GatewayAlone, line_end: str) -> None:
    name = f"a{line_end}Set-Cookie: {MARK}"
    part = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = part.encode() + RECORDING + END

    answer = raw_http.send(gateway.client.http.base_url, [form_head(len(body)), body])

    assert answer.status in (202, 400)
    assert MARK.encode() not in answer.text
    assert MARK not in "".join(gateway.program.lines)


@pytest.mark.parametrize(
    "model", ["../../etc@1.0.0", "sick-sounds@../..", "/etc/passwd", "..%2f..", "a\0b", "a\r\nb"]
)
def test_a_model_is_no_path(gateway: GatewayAlone, model: str) -> None:
    response = gateway.client.post(RECORDING, model=model)
    assert (response.status_code, response.json()["code"]) == (422, "unknown_model")


@pytest.mark.parametrize("before", ["/", "/v1/jobs/", "/v1/batches/", "/docs/", "/page/"])
@pytest.mark.parametrize(
    "path",
    [
        "../../../../../../etc/passwd",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
        "..%5c..%5cpyproject.toml",
        "....//....//etc/passwd",
        "%252e%252e%252fetc%252fpasswd",
        "/etc/passwd",
        "etc/passwd%00.png",
    ],
)
def test_no_path_leads_out(gateway: GatewayAlone, before: str, path: str) -> None:
    request = raw_http.head("connection: close", target=before + path, method="GET")

    answer = raw_http.send(gateway.client.http.base_url, [request])

    assert answer.status in (400, 404), answer.text
    assert b"root:" not in answer.text
    assert b"[project]" not in answer.text
