"""Routes that call their endpoint without finding out anew, for each request, what it takes."""

from __future__ import annotations

from inspect import signature
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from api.access import owner_of


class DirectRoute(APIRoute):
    """For endpoints that take the request, its owner and what is in the path, and give a response.

    The document says of them what it says of others, and who has no key comes no further than
    there. FastAPI's own way from a route to its endpoint costs a request as much as the endpoint
    itself: it resolves dependencies, and makes room for what would have to be closed afterwards.

    Raises:
        TypeError: the endpoint takes something else.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = set(signature(self.endpoint).parameters)
        if taken != {"request", "owner", *self.param_convertors}:
            raise TypeError(f"{self.name} takes {taken}")
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        owner = await owner_of(request)
        response: Response = await self.endpoint(
            request=request, owner=owner, **request.path_params
        )
        await response(scope, receive, send)
