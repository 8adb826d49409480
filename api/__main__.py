"""`python -m api`: serve the gateway with uvicorn."""

from __future__ import annotations

import argparse
import gc
import logging
import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.connections import connection_class
from api.metrics import watch_store
from api.production import InsecureSettingsError
from shared.errors import BundleError
from shared.settings import get_settings
from shared.telemetry.exposition import MetricsPortError, serve_metrics
from shared.telemetry.logs import configure_logging
from shared.telemetry.tracing import start_tracing, stop_tracing

logger = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """When it is to stop, those who wait for a job get their answer at once."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.context.changes.stop()
        await super().shutdown(sockets)
        stop_tracing()  # here, as uvicorn then ends us by the signal that it got


def main() -> None:
    """Serve until SIGTERM or SIGINT, then let the requests in hand finish."""
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--fd", type=int, help="serve a socket that listens already, instead: it outlives us"
    )
    options = parser.parse_args()
    settings = get_settings()
    configure_logging("api", settings)
    try:
        app = create_app(settings)
        serve_metrics(settings)
    except (BundleError, InsecureSettingsError, MetricsPortError) as error:
        logger.critical("The gateway cannot start: %s", error)
        sys.exit(1)
    watch_store(settings)
    if not settings.production:
        logger.warning("ENVIRONMENT=development: whoever reaches us may ask, without a key")
    config = uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        http=connection_class(settings.head_timeout_s, settings.body_timeout_s),
        log_config=None,
        access_log=False,  # api/observation.py writes it, without paths and queries
        server_header=False,
        proxy_headers=False,  # nobody asks who sent a request
        timeout_graceful_shutdown=10,
    )
    server = _Server(config, app)
    start_tracing("api", settings)
    gc.collect()
    gc.freeze()  # what serves for ever need not be looked through again and again
    with suppress(KeyboardInterrupt):
        server.run(_listening(options.fd))
    if not server.started:
        logger.critical("The gateway could not start")
        sys.exit(1)


def _listening(fd: int | None) -> list[socket.socket] | None:
    if fd is None:
        return None
    listening = socket.socket(fileno=fd)
    logger.info("running on the socket of %s", listening.getsockname())
    return [listening]


if __name__ == "__main__":
    main()
