"""The caller's jobs, newest first, in pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.audio_format import AudioFormat
from tests.end_to_end.client import Json
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.support.recordings import cough, encode

RECORDING = encode(cough(), 16000, AudioFormat.WAV)


@pytest.fixture
def alone(redis_url: str) -> Iterator[GatewayAlone]:
    """A gateway on an empty Redis."""
    with gateway_alone(redis_url) as alone:
        yield alone


def _list(alone: GatewayAlone, **parameters: str | int) -> Json:
    response = alone.client.http.get("/v1/jobs", params=parameters)
    assert response.status_code == 200, response.text
    page: Json = response.json()
    return page


def test_all_of_it(alone: GatewayAlone) -> None:
    assert _list(alone) == {"jobs": [], "next": None}

    job_ids = [alone.client.submit(RECORDING) for _ in range(5)]
    alone.succeed(job_ids[0])
    alone.fail(job_ids[1])
    alone.client.http.delete(f"/v1/jobs/{job_ids[2]}")
    kept = [job_ids[number] for number in (0, 1, 3, 4)]

    everything = _list(alone)
    created = [job["created_at"] for job in everything["jobs"]]
    assert created == sorted(created, reverse=True)
    assert {job["id"] for job in everything["jobs"]} == {*kept}
    assert everything["next"] is None
    assert all(job == alone.client.job(job["id"]) for job in everything["jobs"])

    assert [job["id"] for job in _list(alone, status="failed")["jobs"]] == [job_ids[1]]
    assert len(_list(alone, model="sick-sounds")["jobs"]) == 4
    assert _list(alone, model="another")["jobs"] == []

    pages = [_list(alone, limit=3)]
    pages.append(_list(alone, limit=3, cursor=pages[0]["next"]))
    assert [len(page["jobs"]) for page in pages] == [3, 1]
    assert pages[1]["next"] is None
    assert [job for page in pages for job in page["jobs"]] == everything["jobs"]

    for parameters, code in [
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"cursor": ""}, "invalid_cursor"),
        ({"limit": "0"}, "invalid_request"),
        ({"limit": "101"}, "invalid_request"),
        ({"limit": "many"}, "invalid_request"),
        ({"status": "lost"}, "invalid_request"),
    ]:
        response = alone.client.http.get("/v1/jobs", params=parameters)
        assert (response.status_code, response.json()["code"]) == (422, code)
