"""`python -m api`: serve the gateway with uvicorn."""

from __future__ import annotations

import argparse
import sys

import uvicorn

from api.app import create_app
from shared.errors import BundleError
from shared.settings import get_settings
from shared.telemetry import configure_logging


def main() -> None:
    """Serve until SIGTERM or SIGINT, then let the requests in hand finish."""
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    settings = get_settings()
    configure_logging(settings.log_level)
    try:
        app = create_app(settings)
    except BundleError as error:
        sys.exit(f"The gateway cannot start: {error}")
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_config=None,
        access_log=False,  # the endpoints log what happens to jobs; polls are noise
        server_header=False,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
