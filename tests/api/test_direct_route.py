"""Direct routes: with a key as any other, with the path's parts, and for fitting endpoints only."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from api.access import OwnerDep
from api.app import create_app
from api.direct_route import DirectRoute


def test_an_endpoint_that_takes_more_is_refused() -> None:
    router = APIRouter(route_class=DirectRoute)

    async def curious(request: Request, owner: OwnerDep, question: str) -> Response:
        return Response(question)

    with pytest.raises(TypeError, match="question"):
        router.get("/answers")(curious)
    router.get("/answers/{question}")(curious)


def test_the_busiest_operations_have_one_and_the_document_shows_their_key() -> None:
    app = create_app()
    direct = [route for route in app.routes if isinstance(route, DirectRoute)]

    assert {route.operation_id for route in direct} == {"createJob", "getJob"}
    for route in direct:
        for method in route.methods or ():
            assert {"apiKey": []} in app.openapi()["paths"][route.path][method.lower()]["security"]


def test_every_operation_is_on_the_app_itself() -> None:
    app = create_app()
    document = {
        operation["operationId"]
        for path in app.openapi()["paths"].values()
        for operation in path.values()
    }
    assert document == {
        route.operation_id
        for route in app.routes
        if isinstance(route, APIRoute) and route.include_in_schema
    }
