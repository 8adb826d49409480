"""One call of a webhook, and what came of it. No error leaves it, and no URL either."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from worker.courier.addresses import AllowList
from worker.courier.retry_after import seconds_to_wait
from worker.courier.transport import AddressRefusedError, CheckedTransport, NameNotResolvedError

INVALID_URL: Final = "invalid_url"
# The first that fits.
_CODES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (httpx.InvalidURL, INVALID_URL),
    (httpx.UnsupportedProtocol, INVALID_URL),
    (NameNotResolvedError, "name_not_resolved"),
    (AddressRefusedError, "address_refused"),
    (httpx.TimeoutException, "timeout"),
    (TimeoutError, "timeout"),
    (httpx.ConnectError, "connection_failed"),
    (httpx.ProtocolError, "protocol_error"),
    (httpx.HTTPError, "connection_lost"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered, or why it did not.

    Args:
        code: the HTTP status, or an error's name.
        retry_after_s: how long it asks us to wait, if it does.
    """

    code: str
    retry_after_s: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the webhook has been told."""
        return len(self.code) == 3 and self.code.startswith("2")

    @property
    def gone(self) -> bool:
        """Whether the receiver wants no more of this."""
        return self.code == "410"


class Caller:
    """Calls webhooks.

    Args:
        allowed: what may be called though it is not public.
        timeout_s: for a whole call, however slowly anything trickles in.
    """

    def __init__(self, allowed: AllowList, timeout_s: float) -> None:
        self._allowed = allowed
        # An address that does not answer leaves time for the host's next one.
        self._timeout = httpx.Timeout(timeout_s, connect=timeout_s / 3)
        self._tls = ssl.create_default_context()

    async def call(
        self, url: str, body: bytes, headers: Mapping[str, str], deadline: float
    ) -> Answer:
        """POST and read the answer's head. Redirects are not followed, no proxy is asked, and the
        answer's body is not read: the connection is closed instead.

        Args:
            url: where to.
            body: what.
            headers: with what.
            deadline: when to break off, by the event loop's clock.
        """
        try:
            async with (
                asyncio.timeout_at(deadline),
                self._client() as client,
                client.stream("POST", url, content=body, headers=headers) as response,
            ):
                wait = seconds_to_wait(response.headers.get("retry-after"), datetime.now(UTC))
                return Answer(str(response.status_code), wait)
        except tuple(kind for kind, _ in _CODES) as error:
            if _is_about_tls(error):
                return Answer("tls_failed")
            return Answer(next(code for kind, code in _CODES if isinstance(error, kind)))

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=CheckedTransport(self._allowed, self._tls),
            timeout=self._timeout,
            follow_redirects=False,
            trust_env=False,
        )


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
