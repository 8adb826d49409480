"""Where the service is and who asks: from arguments, else from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from cough_client.calls import Call
from cough_client.errors import ConfigurationError

SERVER_VARIABLE: Final = "COUGH_SERVER"
API_KEY_VARIABLE: Final = "COUGH_API_KEY"
DEFAULT_SERVER: Final = "http://localhost:8000"

_CONNECT_S: Final = 5.0
_WRITE_S: Final = 30.0
_POOL_S: Final = 30.0
_EVENTS_S: Final = 60.0  # heartbeats come more often


@dataclass(frozen=True, slots=True)
class Configuration:
    """The service's address, and the key, which no `repr` shows."""

    server: str
    api_key: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, server: str | None, api_key: str | None) -> Configuration:
        """From arguments, else from COUGH_SERVER and COUGH_API_KEY.

        Raises:
            ConfigurationError: the server is no http(s) URL, or the key cannot stand in a header.
        """
        server = server or os.environ.get(SERVER_VARIABLE) or DEFAULT_SERVER
        api_key = api_key or os.environ.get(API_KEY_VARIABLE) or None
        try:
            url = httpx.URL(server)
        except httpx.InvalidURL as error:
            raise ConfigurationError(f"The server's address cannot be read: {error}") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise ConfigurationError(f"The server's address is no http or https URL: {server}")
        if api_key and not (api_key.isascii() and api_key.isprintable()):
            raise ConfigurationError("The API key has characters that no key has")
        return cls(server.rstrip("/"), api_key)

    def client_arguments(self) -> dict[str, Any]:
        """For `httpx.Client` and `httpx.AsyncClient`. Redirects are not followed."""
        headers = {"User-Agent": "cough-client", "Accept": "application/json"}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        # Connections beyond httpx's own limit of 100 wait for one to be free.
        return {"base_url": self.server, "headers": headers, "timeout": timeout(_WRITE_S)}


def timeout(read_s: float) -> httpx.Timeout:
    """Every wait has an end; `read_s` is the longest silence of the service, in seconds."""
    return httpx.Timeout(connect=_CONNECT_S, read=read_s, write=_WRITE_S, pool=_POOL_S)


def request_arguments(call: Call) -> dict[str, Any]:
    """For `httpx.Client.request` and its asyncio twin. No recording's name is sent."""
    arguments: dict[str, Any] = {
        "method": call.method,
        "url": call.path,
        "headers": dict(call.headers),
        "timeout": timeout(call.read_s),
    }
    if call.params:
        arguments["params"] = dict(call.params)
    if call.recordings is not None:
        arguments["files"] = [("file", ("recording", data)) for data in call.recordings]
        arguments["data"] = dict(call.form)
    return arguments


def events_arguments(path: str, last_id: str | None) -> dict[str, Any]:
    """For `httpx.Client.stream` and its asyncio twin: the job's events after `last_id`."""
    headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    return {"method": "GET", "url": path, "headers": headers, "timeout": timeout(_EVENTS_S)}
