"""Pictures: asked for with the recording, made with the diagnosis, gone with the job."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import redis
from PIL import Image

from shared.audio_format import AudioFormat
from shared.bundle import DISCLAIMER
from tests.end_to_end.client import Client
from tests.end_to_end.gateway_alone import GatewayAlone, gateway_alone
from tests.end_to_end.processes import Service, service
from tests.support.bundles import copy_bundle
from tests.support.networks import put_network, tiny_network
from tests.support.recordings import cough, encode

RECORDING = encode(cough(3.0), 16_000, AudioFormat.WAV)
NAMES = pytest.mark.parametrize("name", ["spectrogram", "explanation"])
WITHOUT_A_MAP = "mapless@1.0.0"
BROKEN = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(100)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with the default model, and one of 96 frames a patch that gives no map."""
    models = tmp_path_factory.mktemp("models")
    copy_bundle(models)
    network = tiny_network(("logit", "attention"))
    put_network(copy_bundle(models, "mapless", "1.0.0"), network, grid=None)
    with service(tmp_path_factory.mktemp("run"), {"MODELS_DIR": str(models)}) as program:
        yield program


@pytest.fixture(scope="module")
def client(running: Service) -> Iterator[Client]:
    """A client of that service."""
    with Client(running.url) as client:
        yield client


@pytest.fixture(scope="module")
def alone(redis_server_url: str) -> Iterator[GatewayAlone]:
    """A gateway whose jobs change when the test says so."""
    with gateway_alone(redis_server_url) as alone:
        yield alone


def _ended(
    client: Client, *, pictures: bool = True, recording: bytes = RECORDING, model: str | None = None
) -> str:
    asked = {"pictures": "true"} if pictures else {}
    response = client.post(recording, "cough", model, None, **asked)
    assert response.status_code == 202, response.text
    job_id = str(response.json()["id"])
    client.wait(job_id)
    return job_id


@pytest.fixture(scope="module")
def pictured(client: Client) -> str:
    """A job that has pictures."""
    return _ended(client)


def _get(client: Client, job_id: str, name: str, **headers: str) -> httpx.Response:
    return client.http.get(f"/v1/jobs/{job_id}/{name}.png", headers=headers)


@NAMES
def test_a_picture_opens(client: Client, pictured: str, name: str) -> None:
    response = _get(client, pictured, name)

    assert response.status_code == 200
    assert response.headers["content-type"] == "image/png"
    assert (response.headers["cache-control"], response.headers["vary"]) == ("private", "Accept")
    picture = Image.open(io.BytesIO(response.content))
    picture.load()
    assert picture.width > picture.height > 500
    assert len(response.content) < 150_000


def test_the_spectrogram_as_arrays(client: Client, pictured: str) -> None:
    response = _get(client, pictured, "spectrogram", accept="application/json")

    assert response.headers["content-type"] == "application/json"
    assert len(response.content) < 400_000
    arrays = response.json()
    assert np.shape(arrays["levels_db"]) == (
        len(arrays["times_s"]) - 1,
        len(arrays["bands_hz"]) - 1,
    )
    assert arrays["times_s"][-1] == client.job(pictured)["result"]["audio"]["duration_s"] == 3
    assert arrays["bands_hz"][-1] == 8000
    assert np.min(arrays["levels_db"]) >= arrays["lowest_db"] == arrays["highest_db"] - 80
    assert np.max(arrays["levels_db"]) == arrays["highest_db"] <= 0


def test_without_a_map_the_explanation_is_attention(client: Client) -> None:
    job_id = _ended(client, model=WITHOUT_A_MAP)
    arrays = _get(client, job_id, "explanation", accept="application/json").json()

    assert arrays["map"] is None
    assert sum(arrays["attention"]["shares"]) == pytest.approx(1, abs=1e-4)
    assert arrays["attention"]["patches_s"][:2] == [[0, 0.96], [0.48, 1.44]]
    assert arrays["disclaimer"] == DISCLAIMER


def test_with_a_map_it_sums_to_the_logit(client: Client, pictured: str) -> None:
    arrays = _get(client, pictured, "explanation", accept="application/json").json()
    found = arrays["map"]

    assert np.shape(found["values"]) == (32, 4)
    assert (found["times_s"][0], found["times_s"][-1]) == (0, 5.12)
    assert np.sum(found["values"]) == pytest.approx(arrays["logit"], abs=1e-3)
    assert len(found["bands_hz"]) == 5


@NAMES
@pytest.mark.parametrize("accept", ["image/png", "application/json"])
def test_what_is_known_is_not_sent_again(
    client: Client, pictured: str, name: str, accept: str
) -> None:
    tag = _get(client, pictured, name, accept=accept).headers["etag"]

    again = _get(client, pictured, name, **{"accept": accept, "if-none-match": tag})
    other = {"image/png": "application/json", "application/json": "image/png"}[accept]

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert _get(client, pictured, name, accept=other).headers["etag"] != tag


def test_what_we_do_not_have_is_406(client: Client, pictured: str) -> None:
    response = _get(client, pictured, "spectrogram", accept="image/webp, text/html;q=0.5")

    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")


@NAMES
def test_unasked_there_are_none(client: Client, running: Service, name: str) -> None:
    job_id = _ended(client, pictures=False)
    response = _get(client, job_id, name)

    assert (response.status_code, response.json()["code"]) == (404, "pictures_not_made")
    with redis.Redis.from_url(running.redis_url) as store:
        assert not store.exists(f"cough:pictures:{job_id}")


@NAMES
def test_a_failed_job_has_none(client: Client, name: str) -> None:
    job_id = _ended(client, recording=BROKEN)
    response = _get(client, job_id, name)

    assert client.job(job_id)["status"] == "failed"
    assert (response.status_code, response.json()["code"]) == (404, "pictures_not_made")
    assert "failed" in response.json()["detail"]


@NAMES
def test_an_unknown_job_has_none(client: Client, name: str) -> None:
    response = _get(client, "0" * 32, name)
    assert (response.status_code, response.json()["code"]) == (404, "job_not_found")


def test_they_expire_and_go_with_the_job(client: Client, running: Service) -> None:
    job_id = _ended(client)
    with redis.Redis.from_url(running.redis_url) as store:
        left_s = store.ttl(f"cough:pictures:{job_id}")
        assert 0 < left_s <= 24 * 3600
        assert left_s == pytest.approx(store.ttl(f"cough:job:{job_id}"), abs=2)

        assert client.http.delete(f"/v1/jobs/{job_id}").status_code == 204

        assert not list(store.scan_iter(f"*{job_id}*"))
    assert _get(client, job_id, "spectrogram").status_code == 404


def test_before_the_end_it_is_409(alone: GatewayAlone) -> None:
    job_id = alone.client.post(RECORDING, pictures="true").json()["id"]
    queued = _get(alone.client, job_id, "spectrogram")
    alone.begin(job_id)
    running = _get(alone.client, job_id, "spectrogram")

    for response in (queued, running):
        assert (response.status_code, response.json()["code"]) == (409, "job_not_ended")


def test_another_owner_s_are_404(alone: GatewayAlone) -> None:
    job_id = alone.client.post(RECORDING, pictures="true").json()["id"]
    alone.redis.hset(f"cough:job:{job_id}", "owner", "somebody")

    response = _get(alone.client, job_id, "spectrogram")

    assert (response.status_code, response.json()["code"]) == (404, "job_not_found")


@NAMES
def test_the_document_tells_of_both_forms(client: Client, name: str) -> None:
    document = client.http.get("/openapi.json").json()
    operation = document["paths"][f"/v1/jobs/{{job_id}}/{name}.png"]["get"]

    problems = {"401", "404", "406", "409", "429", "503"}
    assert set(operation["responses"]) == {"200", "304", *problems}
    content = operation["responses"]["200"]["content"]
    assert set(content) == {"image/png", "application/json"}
    assert content["application/json"]["schema"]["$ref"].endswith(f"{name.title()}Arrays")
