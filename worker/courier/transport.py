"""HTTP to addresses that were checked: what is checked is what is connected to."""

from __future__ import annotations

import asyncio
import socket
import ssl
from ipaddress import ip_address
from typing import Final

import httpx

from worker.courier.addresses import Address, AllowList

_PORTS: Final = {"http": 80, "https": 443}


class NameNotResolvedError(httpx.TransportError):
    """The host has no address."""


class AddressRefusedError(httpx.TransportError):
    """None of the host's addresses may be called."""


class CheckedTransport(httpx.AsyncBaseTransport):
    """Resolves a request's host once, checks the addresses, and connects to one of these.

    A name that resolves to something else a moment later (DNS rebinding) gains nothing by it. The
    request's `Host`, and the name that TLS asks for and verifies, stay the host's.

    For one request: a connection that is kept would be another host's on the same address.
    """

    def __init__(self, allowed: AllowList, tls: ssl.SSLContext) -> None:
        self._allowed = allowed
        self._inner = httpx.AsyncHTTPTransport(verify=tls, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it to the first address that takes the connection.

        Raises:
            NameNotResolvedError, AddressRefusedError: nothing was connected to.
            httpx.TransportError: as ever.
        """
        host = request.url.host
        addresses = await _resolve(host, request.url.port or _PORTS[request.url.scheme])
        addresses = [address for address in addresses if self._allowed.permits(host, address)]
        if not addresses:
            raise AddressRefusedError("no address that may be called")
        for address in addresses[:-1]:
            try:
                return await self._send(request, host, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._send(request, host, addresses[-1])

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def _send(self, request: httpx.Request, host: str, address: Address) -> httpx.Response:
        to_address = httpx.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(to_address)


async def _resolve(host: str, port: int) -> list[Address]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # the latter: a label that is empty or too long
        raise NameNotResolvedError("no address") from error
    return list(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))
