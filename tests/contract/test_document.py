"""openapi.json is what the service generates, is OpenAPI 3.1, and declares all that is answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.examples import EXAMPLES
from shared.errors import RequestError, TryLaterError
from shared.job import ANONYMOUS, JobId, JobStatus
from shared.settings import REPOSITORY, Settings
from shared.store.deliveries import Claim
from tests.contract.answers import Answer, examples_of, shape
from tests.contract.declared import errors_of, operation_of, undeclared
from tests.support.error_tree import kinds
from tests.support.webhooks import SECRET
from worker.courier.message import body_of, headers_of

Json = dict[str, Any]


def test_the_committed_document_is_what_the_service_generates() -> None:
    ours = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    command = [sys.executable, "-m", "api.openapi"]
    generated = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    committed = (REPOSITORY / "openapi.json").read_text(encoding="utf-8")
    assert generated.stdout == committed, "run `make openapi`, and commit what has changed"


def test_it_is_openapi_3_1(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_can_be_called_and_found(document: Json) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["operationId"].isalnum()
            assert operation["summary"]
            assert operation["description"]
            assert set(operation["tags"]) <= tags


def test_it_says_what_this_is_not(document: Json) -> None:
    assert "not a medical device" in document["info"]["description"]
    for name in ("JobView", "Result"):
        assert "not a medical device" in document["components"]["schemas"][name]["description"]


def test_links_lead_to_operations_by_parameters_they_have(document: Json) -> None:
    found = 0
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                for link in response.get("links", {}).values():
                    target = operation_of(document, link["operationId"])
                    names = {one["name"] for one in target["parameters"] if one.get("required")}
                    assert names == set(link["parameters"])
                    found += 1
    created = operation_of(document, "createJob")["responses"]
    assert {"getJob", "deleteJob", "cancelJob", "followJob"} < set(created["202"]["links"])
    assert created["202"]["links"] == created["200"]["links"]
    assert found > 15


def test_every_answer_is_declared(document: Json, answers: list[Answer]) -> None:
    wrong = [text for answer in answers for text in undeclared(document, answer)]
    assert not wrong, "\n".join(wrong)


def test_every_status_that_is_declared_was_answered(document: Json, answers: list[Answer]) -> None:
    answered = {(one.operation, str(one.response.status_code)) for one in answers}
    everywhere = {"401", "429", "503"}  # of the key's and the store's, the same code for all
    for path in document["paths"].values():
        for operation in path.values():
            for status in operation["responses"].keys() - everywhere:
                assert (operation["operationId"], status) in answered


@pytest.mark.parametrize("status", ["succeeded", "failed", "canceled"])
def test_what_a_webhook_is_sent_is_declared(document: Json, status: str) -> None:
    declared = document["webhooks"]["jobEnded"]["post"]
    now = datetime.now(UTC)
    claim = Claim(JobId("0" * 32), "", ANONYMOUS, "https://a.org", JobStatus(status), now, ())
    body = body_of(claim)
    schema = declared["requestBody"]["content"]["application/json"]["schema"]
    assert errors_of(document, schema, json.loads(body)) == []
    sent = headers_of(claim, body, [SECRET], 1)
    for parameter in declared["parameters"]:
        assert parameter["required"]
        assert parameter["name"] in sent


def test_every_problem_has_an_example(document: Json) -> None:
    ours = {*kinds(RequestError), *kinds(TryLaterError)}
    assert document["components"]["examples"].keys() == {kind.code for kind in ours}
    for kind in ours:
        problem = document["components"]["examples"][kind.code]["value"]
        assert (problem["status"], problem["title"]) == (kind.status, kind.title)


def test_examples_fit_their_schemas(document: Json) -> None:
    checked = 0
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                for media_type, content in response.get("content", {}).items():
                    assert content.get("examples") or media_type == "image/png"
                    for example in content.get("examples", {}).values():
                        if "$ref" in example:
                            code = example["$ref"].removeprefix("#/components/examples/")
                            example = document["components"]["examples"][code]
                            assert str(example["value"]["status"]) == status
                        assert errors_of(document, content["schema"], example["value"]) == []
                        checked += 1
    assert checked > 60


def test_examples_are_shaped_as_answers_are_today(answers: list[Answer]) -> None:
    committed = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    assert shape(committed) == shape(examples_of(answers)), "run `make examples`"
