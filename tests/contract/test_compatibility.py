"""Breaking changes are found, whatever they are, and nothing else is taken for one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.settings import REPOSITORY
from tests.contract.compatibility import breaking_changes, declared

Json = dict[str, Any]
CURRENT = json.loads((REPOSITORY / "openapi.json").read_text())
RELEASED = json.loads((REPOSITORY / "docs" / "released-openapi.json").read_text())


def test_no_client_of_the_released_version_is_broken_unannounced() -> None:
    broken = breaking_changes(RELEASED, CURRENT)
    assert not broken or declared(RELEASED, CURRENT), (
        "Undo this, or raise the first number of VERSION in api/openapi.py:\n" + "\n".join(broken)
    )


def _schema(document: Json, name: str) -> Json:
    schema: Json = document["components"]["schemas"][name]
    return schema


def _create(document: Json) -> Json:
    operation: Json = document["paths"]["/v1/jobs"]["post"]
    return operation


def _list(document: Json) -> Json:
    operation: Json = document["paths"]["/v1/jobs"]["get"]
    return operation


def _form(document: Json) -> Json:
    schema: Json = _create(document)["requestBody"]["content"]["multipart/form-data"]["schema"]
    return schema


def _limit(document: Json) -> Json:
    schema: Json = _list(document)["parameters"][0]["schema"]
    return schema


def _job_status(document: Json) -> Json:
    return _schema(document, "JobStatus")


BREAKING: dict[str, Callable[[Json], object]] = {
    "a path goes": lambda d: d["paths"].pop("/v1/models"),
    "an operation goes": lambda d: d["paths"]["/v1/jobs/{job_id}"].pop("delete"),
    "an operation is renamed": lambda d: _create(d).update(operationId="postJob"),
    "a status goes": lambda d: _create(d)["responses"].pop("200"),
    "a header goes": lambda d: _create(d)["responses"]["202"]["headers"].pop("Location"),
    "a media type goes": lambda d: d["paths"]["/v1/batches/{batch_id}/results"]["get"]["responses"][
        "200"
    ]["content"].pop("text/csv"),
    "a field of an answer goes": lambda d: _schema(d, "Audio")["properties"].pop("channels"),
    "a field may be missing": lambda d: _schema(d, "JobView")["required"].remove("result"),
    "a field may be null": lambda d: _schema(d, "Audio")["properties"].update(
        duration_s={"anyOf": [{"type": "number"}, {"type": "null"}]}
    ),
    "a field has another type": lambda d: _schema(d, "Result")["properties"].update(
        score={"type": "string"}
    ),
    "a field may be anything": lambda d: _schema(d, "Result")["properties"].update(score={}),
    "a field has another format": lambda d: _schema(d, "JobView")["properties"]["created_at"].pop(
        "format"
    ),
    "an integer becomes a number": lambda d: _schema(d, "Audio")["properties"].update(
        sample_rate={"type": "number"}
    ),
    "an element of a list changes": lambda d: _schema(d, "Result")["properties"]["warnings"].update(
        items={"type": "object"}
    ),
    "the values of a map change": lambda d: _schema(d, "BatchView")["properties"]["counts"].update(
        additionalProperties={"type": "string"}
    ),
    "a pair becomes three": lambda d: _schema(d, "AttentionArrays")["properties"]["patches_s"][
        "items"
    ]["prefixItems"].append({"type": "number"}),
    "a field of the form goes": lambda d: _form(d)["properties"].pop("pictures"),
    "a field of the form becomes required": lambda d: _form(d)["required"].append("model"),
    "a field of the form is shorter": lambda d: _form(d)["properties"]["webhook_url"].update(
        maxLength=100
    ),
    "a field of the form has a pattern": lambda d: _form(d)["properties"]["model"].update(
        pattern="^a"
    ),
    "a field of the form has an enumeration": lambda d: _form(d)["properties"]["model"].update(
        enum=["a@1.0.0"]
    ),
    "a body's media type goes": lambda d: _create(d)["requestBody"].update(
        content={"audio/wav": {"schema": {"type": "string"}}}
    ),
    "a body becomes required": lambda d: d["paths"]["/v1/jobs/{job_id}/cancel"]["post"].update(
        requestBody={"required": True, "content": {}}
    ),
    "a parameter goes": lambda d: _list(d)["parameters"].pop(),
    "a parameter is required": lambda d: _list(d)["parameters"].append(
        {"in": "query", "name": "owner", "required": True, "schema": {}}
    ),
    "a parameter becomes required": lambda d: _list(d)["parameters"][0].update(required=True),
    "a parameter has less room": lambda d: _limit(d).update(maximum=50),
    "a parameter has less room below": lambda d: _limit(d).update(minimum=2),
    "a number is to be an integer": lambda d: _limit(d).update(type="string"),
    "a value cannot be asked for any more": lambda d: _job_status(d)["enum"].remove("failed"),
    "a key is required": lambda d: _create(d)["security"].remove({}),
}

HARMLESS: dict[str, Callable[[Json], object]] = {
    "an operation is added": lambda d: d["paths"].update({"/v2": {"get": {}}}),
    "a status is added": lambda d: _create(d)["responses"].update({"201": {}}),
    "a field of an answer is added": lambda d: _schema(d, "Audio")["properties"].update(x={}),
    "a field is never null any more": lambda d: _schema(d, "JobView")["properties"].update(
        started_at={"type": "string", "format": "date-time"}
    ),
    "a field is always there": lambda d: _schema(d, "Problem")["required"].append("models"),
    "a number is an integer": lambda d: _schema(d, "Timings")["properties"].update(
        total={"type": "integer"}
    ),
    "an output has one more value": lambda d: _schema(d, "WarningCode")["enum"].append("noisy"),
    "an optional parameter is added": lambda d: _list(d)["parameters"].append(
        {"in": "query", "name": "since", "schema": {"type": "string"}}
    ),
    "a form's optional field is added": lambda d: _form(d)["properties"].update(x={}),
    "a parameter has more room": lambda d: _limit(d).update(maximum=1000, minimum=0),
    "a parameter may be null, too": lambda d: _limit(d).update(type=["integer", "null"]),
    "a field of the form may be left out": lambda d: _form(d)["required"].remove("file"),
    "it is told in other words": lambda d: _create(d).update(summary="x", description="y"),
    "a schema is renamed": lambda d: (
        d["components"]["schemas"].update(Sound=_schema(d, "Audio")),
        _schema(d, "Result")["properties"].update(audio={"$ref": "#/components/schemas/Sound"}),
    ),
}


@pytest.mark.parametrize("change", BREAKING)
def test_it_is_found(change: str) -> None:
    assert breaking_changes(CURRENT, _changed(BREAKING[change]))


@pytest.mark.parametrize("change", HARMLESS)
def test_it_is_not_taken_for_one(change: str) -> None:
    assert not breaking_changes(CURRENT, _changed(HARMLESS[change]))


def test_whatever_operation_or_answer_goes_is_found() -> None:
    for path, methods in CURRENT["paths"].items():
        for method, operation in methods.items():
            without = copy.deepcopy(CURRENT)
            del without["paths"][path][method]
            assert breaking_changes(CURRENT, without) == [f"{method.upper()} {path}: gone"]
            for status in operation["responses"]:
                without = copy.deepcopy(CURRENT)
                del without["paths"][path][method]["responses"][status]
                found = breaking_changes(CURRENT, without)
                assert found == [f"{method.upper()} {path} {status}: gone"]


def test_a_break_is_declared_by_the_version_s_first_number() -> None:
    versions = {one: {"info": {"version": one}} for one in ("1.1.0", "1.2.0", "2.0.0", "10.0.0")}
    assert not declared(versions["1.1.0"], versions["1.2.0"])
    assert declared(versions["1.2.0"], versions["2.0.0"])
    assert declared(versions["2.0.0"], versions["10.0.0"])
    assert not declared(versions["2.0.0"], versions["1.1.0"])


def _changed(change: Callable[[Json], object]) -> Json:
    document: Json = copy.deepcopy(CURRENT)
    change(document)
    assert document != CURRENT, "it changes nothing"
    return document
