"""`python -m worker`: run the worker."""

from __future__ import annotations

import logging
import sys

from shared.errors import BundleError
from shared.settings import get_settings
from shared.telemetry import configure_logging
from worker.celery_app import app, load_before_the_fork
from worker.identity import worker_name

logger = logging.getLogger(__name__)


def main() -> None:
    """Run until SIGTERM (running jobs finish) or SIGQUIT (they are handed back)."""
    settings = get_settings()
    configure_logging(settings.log_level)
    arguments = ["--quiet", "worker", "--pool=prefork", "--without-gossip", "--without-mingle"]
    arguments += [f"--hostname={worker_name(settings)}", f"--loglevel={settings.log_level}"]
    logger.info(
        "loading %s; the very first time, librosa compiles for some seconds", settings.model
    )
    try:
        load_before_the_fork()
    except BundleError as error:
        sys.exit(f"The worker cannot start: {error}")
    app.worker_main(arguments)


if __name__ == "__main__":
    main()
