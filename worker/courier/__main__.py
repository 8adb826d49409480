"""`python -m worker.courier`: tell webhooks that jobs have ended."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

from shared.settings import Settings, get_settings
from shared.store.client import connect_async
from shared.store.deliveries import Deliveries
from shared.telemetry.exposition import MetricsPortError, serve_metrics
from shared.telemetry.logs import configure_logging
from shared.telemetry.tracing import traced
from worker.courier.delivery import Delivering
from worker.courier.health import Pulse
from worker.courier.rounds import Rounds
from worker.courier.signing_secrets import SigningSecrets

logger = logging.getLogger(__name__)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = get_settings()
    configure_logging("courier", settings)
    try:
        serve_metrics(settings)
    except MetricsPortError as error:
        logger.critical("The courier cannot start: %s", error)
        sys.exit(1)
    with traced("courier", settings):
        asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    # Names are resolved in threads: as many as there are calls, so that a slow one delays no other.
    loop.set_default_executor(ThreadPoolExecutor(settings.webhook_concurrency))
    client = connect_async(settings)
    rounds = Rounds(
        settings,
        Deliveries(client, settings),
        Delivering(settings, SigningSecrets(client, settings)),
        Pulse(client, settings),
    )
    logger.info("the courier is ready")
    await rounds.run(stop)
    await client.aclose()


if __name__ == "__main__":
    main()
