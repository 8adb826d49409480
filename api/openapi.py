"""The OpenAPI document: what FastAPI makes of the endpoints, completed.

`python -m api.openapi > openapi.json` writes that of the default settings, which is committed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.access import declare_access
from api.examples import add_examples
from api.form_options import MODEL_FIELD
from api.problems import Problem
from shared.catalogue import Catalogue
from shared.settings import Settings

Json = dict[str, Any]

# Of what clients can do with the service. A change that breaks a client raises the first number.
VERSION = "1.1.0"

TAGS = [
    {"name": "jobs", "description": "A recording and its way to a diagnosis"},
    {"name": "pictures", "description": "The sound, and what its diagnosis rests on"},
    {"name": "batches", "description": "Several recordings in one request"},
    {"name": "models", "description": "What diagnoses, and all that is known of it"},
    {"name": "health", "description": "For those who run the service: no key is needed"},
]


def complete_openapi(app: FastAPI, default: str, catalogue: Catalogue, settings: Settings) -> None:
    """Let the document tell of the models here, of keys, and of problems as they are sent.

    Args:
        app: with all its routes.
        default: the model that diagnoses unless another is asked for.
        catalogue: those that may be asked for.
        settings: whether a key is needed.
    """
    generate = app.openapi

    def openapi() -> Json:
        if app.openapi_schema is not None:
            return app.openapi_schema
        document: Json = generate()
        for path in ("/v1/jobs", "/v1/batches"):
            body = document["paths"][path]["post"]["requestBody"]["content"]
            form = body["multipart/form-data"]["schema"]["properties"]
            form[MODEL_FIELD] |= {"default": default, "examples": catalogue.references}
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        for name in ("ValidationError", "HTTPValidationError"):
            schemas.pop(name, None)
        for operation in operations(document):
            # No path parameter of ours can be invalid: any string may be asked for.
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
            for parameter in operation.get("parameters", []):
                parameter["schema"] = _sent(parameter["schema"])
        del document["webhooks"]["jobEnded"]["post"]["responses"]["422"]  # FastAPI's, not ours
        declare_access(document, key_required=settings.production)
        add_examples(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def operations(document: Json) -> Iterator[Json]:
    """Each operation of an OpenAPI document."""
    for path in document["paths"].values():
        yield from path.values()


def _sent(schema: Json) -> Json:
    """Of a parameter that may be left out: what it is when it is there, which is never null."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    sent: Json = kinds[0] | rest
    return sent


if __name__ == "__main__":
    from api.app import create_app

    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    app = create_app(Settings.model_validate(defaults))
    print(json.dumps(app.openapi(), indent=2, ensure_ascii=False))
