"""The form's small fields: which model, and what is asked for beside the diagnosis."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from api.forms import Form
from shared.errors import InvalidOptionError, InvalidWebhookUrlError, MalformedMultipartError
from shared.job import Options

MODEL_FIELD = "model"
PICTURES_FIELD = "pictures"
WEBHOOK_URL_FIELD = "webhook_url"
MAX_WEBHOOK_URL = 2000

PROPERTIES: dict[str, Any] = {
    MODEL_FIELD: {
        "type": "string",
        "description": "What diagnoses it: `name@version`, or `name` for its newest version here. "
        "`GET /v1/models` lists them; read a model's caveat before you ask for it.",
    },
    PICTURES_FIELD: {
        "type": "boolean",
        "default": False,
        "description": "Whether to make pictures of the sound and of the diagnosis. They are then "
        "at `/v1/jobs/{id}/spectrogram.png` and `/explanation.png`.",
    },
    WEBHOOK_URL_FIELD: {
        "type": "string",
        "format": "uri",
        "maxLength": MAX_WEBHOOK_URL,
        "description": "An http or https URL, without user and password in it, that is told when "
        "the job has ended.",
        "examples": ["https://example.org/coughs"],
    },
}


def read_model(form: Form) -> str | None:
    """The field `model`.

    Raises:
        MalformedMultipartError: there are two.
    """
    return _only(form, MODEL_FIELD)


def read_options(form: Form) -> Options:
    """The fields `pictures` and `webhook_url`.

    Raises:
        MalformedMultipartError: there are two of one.
        InvalidOptionError: `pictures` is neither `true` nor `false`.
        InvalidWebhookUrlError: `webhook_url` is not a URL that we can call.
    """
    pictures = _only(form, PICTURES_FIELD)
    pictures = None if pictures is None else pictures.lower()  # Python's generated clients: `True`
    if pictures not in (None, "true", "false"):
        raise InvalidOptionError("The field 'pictures' is either 'true' or 'false'")
    url = _only(form, WEBHOOK_URL_FIELD)
    if url is not None:
        _check_webhook_url(url)
    return Options(pictures=pictures == "true", webhook_url=url)


def _only(form: Form, field: str) -> str | None:
    values = form.all(field)
    if len(values) > 1:
        raise MalformedMultipartError(f"The form has more than one field '{field}'")
    if not values:
        return None
    if not isinstance(values[0], str):
        raise MalformedMultipartError(f"The field '{field}' is text, not a file")
    return values[0]


def _check_webhook_url(url: str) -> None:
    if len(url) > MAX_WEBHOOK_URL:
        raise InvalidWebhookUrlError(f"It may have {MAX_WEBHOOK_URL} characters")
    if not re.fullmatch(r"[!-~]+", url):
        raise InvalidWebhookUrlError(
            "It has characters that a URL cannot have: percent-encode them"
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidWebhookUrlError("Its host or port is malformed") from error
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidWebhookUrlError("It must begin with http:// or https:// and a host")
    if "@" in parts.netloc:
        raise InvalidWebhookUrlError("It may not hold a user or a password")
