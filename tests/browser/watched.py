"""What a page must never do, noted while it is used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

_TELL = """
document.addEventListener('securitypolicyviolation', (event) =>
  tellViolation(`${event.violatedDirective}: ${event.blockedURI} (${event.sourceFile})`));
"""


@dataclass
class Watch:
    """Errors on the console, requests to other hosts and violations of the page's own policy.

    Attributes:
        host: the only one that may be asked, with its port.
        faults: what was noted, in words.
        tolerated: patterns of console messages that a test provokes, such as a refused connection.
    """

    host: str
    faults: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Note what any page of this context does."""
        context.expose_binding("tellViolation", self._violation)
        context.add_init_script(_TELL)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"exception: {error.error}"))
        context.on("request", self._request)

    def untolerated(self) -> list[str]:
        """What was noted and not to be expected."""
        return [
            fault
            for fault in self.faults
            if not any(re.search(pattern, fault) for pattern in self.tolerated)
        ]

    def _violation(self, _: Any, told: str) -> None:
        self.faults.append(f"policy: {told}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("blob", "data") and url.netloc != self.host:
            self.faults.append(f"request: {request.url}")
