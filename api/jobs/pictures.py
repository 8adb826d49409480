"""`GET /v1/jobs/{id}/spectrogram.png` and `/explanation.png`: pictures, or their arrays.

The worker has made them with the diagnosis; here they are only handed out.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel

from api.access import OwnerDep
from api.context import Context, ContextDep
from api.entity_tags import IF_NONE_MATCH, known_tags
from api.negotiation import acceptable
from api.problems import responses
from shared.errors import (
    JobNotEndedError,
    JobNotFoundError,
    NotAcceptableError,
    PicturesNotMadeError,
    StoreUnavailableError,
)
from shared.job import JobId, Owner
from shared.pictures import ExplanationArrays, PictureFormat, PictureName, SpectrogramArrays

router = APIRouter(prefix="/v1/jobs", tags=["pictures"])

_FORMATS = {"image/png": PictureFormat.PNG, "application/json": PictureFormat.JSON}
_HEADERS: dict[str, Any] = {
    "ETag": {"schema": {"type": "string"}, "description": "Of this picture in this form"},
    "Cache-Control": {
        "schema": {"type": "string"},
        "description": "`private`: it is nobody else's",
    },
    "Vary": {"schema": {"type": "string"}, "description": "`Accept`"},
}

AcceptHeader = Annotated[
    str | None,
    Header(
        description="`image/png` (also when nothing is said) or `application/json`",
        examples=["application/json"],
    ),
]


def _declared(arrays: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """What either operation can answer."""
    return {
        200: {
            "description": "The picture, or its arrays",
            "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
            "model": arrays,
            "headers": _HEADERS,
        },
        304: {
            "description": "You have it: its `ETag` is in `If-None-Match`",
            "headers": _HEADERS,
        },
        **responses(
            JobNotFoundError,
            PicturesNotMadeError,
            NotAcceptableError,
            JobNotEndedError,
            StoreUnavailableError,
        ),
    }


@router.get(
    "/{job_id}/spectrogram.png",
    operation_id="getSpectrogram",
    summary="See the sound",
    response_class=Response,
    responses=_declared(SpectrogramArrays),
    openapi_extra={"parameters": [IF_NONE_MATCH]},
)
async def get_spectrogram(
    request: Request,
    job_id: JobId,
    context: ContextDep,
    owner: OwnerDep,
    accept: AcceptHeader = None,  # noqa: ARG001 (for the document: a request may have several)
) -> Response:
    """The spectrogram: seconds, Hz (even in mel) and dB. It is there if it was asked for."""
    return await _picture(request, context, owner, job_id, PictureName.SPECTROGRAM)


@router.get(
    "/{job_id}/explanation.png",
    operation_id="getExplanation",
    summary="See what the diagnosis rests on",
    response_class=Response,
    responses=_declared(ExplanationArrays),
    openapi_extra={"parameters": [IF_NONE_MATCH]},
)
async def get_explanation(
    request: Request,
    job_id: JobId,
    context: ContextDep,
    owner: OwnerDep,
    accept: AcceptHeader = None,  # noqa: ARG001 (for the document: a request may have several)
) -> Response:
    """Where in time and frequency the network heard it, over the spectrogram.

    Orange speaks for `sick`, blue against it. Of a network that tells no frequencies it shows when
    it listened. It is there if it was asked for.

    Research software, not a medical device: `sick` means "this sounds like the coughs and sneezes
    labelled sick in the training data".
    """
    return await _picture(request, context, owner, job_id, PictureName.EXPLANATION)


async def _picture(
    request: Request,
    context: Context,
    owner: Owner,
    job_id: JobId,
    name: PictureName,
) -> Response:
    media_type = acceptable(", ".join(request.headers.getlist("accept")), list(_FORMATS))
    data = await context.pictures.read(owner, job_id, name, _FORMATS[media_type])
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private", "Vary": "Accept"}
    if tag in known_tags(request):
        return Response(None, 304, headers)
    return Response(data, 200, headers, media_type=media_type)
