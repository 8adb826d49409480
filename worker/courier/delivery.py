"""One claimed delivery: sign, call, and decide how it goes on."""

from __future__ import annotations

import logging
import random
import time
from typing import Final
from urllib.parse import urlsplit

from shared.settings import Settings
from shared.store.deliveries import Claim, Settlement
from shared.telemetry.tracing import span
from shared.webhooks import DeliveryStatus
from worker.courier.addresses import AllowList
from worker.courier.call import INVALID_URL, Answer, Caller
from worker.courier.message import body_of, headers_of
from worker.courier.metrics import count_call
from worker.courier.schedule import next_delay
from worker.courier.signing_secrets import SigningSecrets

_NO_SECRET: Final = Answer("no_secret")

logger = logging.getLogger(__name__)


class Delivering:
    """Attempts deliveries. It knows what is due from its claims alone."""

    def __init__(self, settings: Settings, secrets: SigningSecrets) -> None:
        self._first_retry_s = settings.webhook_first_retry_s
        self._secrets = secrets
        self._caller = Caller(AllowList(settings.webhook_allowed_hosts), settings.webhook_timeout_s)

    async def attempt(self, claim: Claim, deadline: float) -> Settlement:
        """Tell the webhook once.

        Args:
            claim: what to tell whom.
            deadline: when to break off, by the event loop's clock.
        """
        secrets = await self._secrets.of(claim.owner)
        began = time.perf_counter()
        with span("webhook", "client", claim.origin.traceparent, {"cough.job_id": claim.job_id}):
            answer = await self._call(claim, secrets, deadline) if secrets else _NO_SECRET
        settlement = self._settlement(claim, answer)
        count_call(answer.code, settlement.status, time.perf_counter() - began)
        logger.info(
            "job %s: webhook at %s: %s, %s%s",
            claim.job_id,
            urlsplit(claim.url).hostname,
            answer.code,
            settlement.status,
            f" for {settlement.delay_s:.0f} s" if settlement.delay_s else "",
        )
        return settlement

    async def _call(self, claim: Claim, secrets: list[str], deadline: float) -> Answer:
        body = body_of(claim)
        headers = headers_of(claim, body, secrets, int(time.time()))
        return await self._caller.call(claim.url, body, headers, deadline)

    def _settlement(self, claim: Claim, answer: Answer) -> Settlement:
        if answer.accepted:
            return Settlement(answer.code, DeliveryStatus.DELIVERED)
        if answer.gone or answer.code == INVALID_URL:
            return Settlement(answer.code, DeliveryStatus.FAILED, gone=answer.gone)
        delay = next_delay(
            failures=len(claim.attempts) + 1,
            elapsed_s=claim.since_first_attempt_s,
            first_s=self._first_retry_s,
            chance=random.random(),  # noqa: S311 (it hides nothing)
            retry_after_s=answer.retry_after_s,
        )
        if delay is None:
            return Settlement(answer.code, DeliveryStatus.FAILED)
        return Settlement(answer.code, DeliveryStatus.PENDING, delay)
