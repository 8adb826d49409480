"""`python -m worker`: run the worker."""

from __future__ import annotations

import logging
import sys

from shared.errors import BundleError
from shared.settings import get_settings
from shared.telemetry.exposition import MetricsPortError
from shared.telemetry.logs import configure_logging
from worker.celery_app import app, load_before_the_fork
from worker.exporter import start_exporter
from worker.identity import worker_name
from worker.metrics import MODEL

logger = logging.getLogger(__name__)


def main() -> None:
    """Run until SIGTERM (running jobs finish) or SIGQUIT (they are handed back)."""
    settings = get_settings()
    configure_logging("worker", settings)
    arguments = ["--quiet", "worker", "--pool=prefork", "--without-gossip", "--without-mingle"]
    arguments += [f"--hostname={worker_name(settings)}", f"--loglevel={settings.log_level}"]
    logger.info(
        "loading %s; the very first time, librosa compiles for some seconds", settings.model
    )
    try:
        start_exporter(settings)
        load_before_the_fork()
    except (BundleError, MetricsPortError) as error:
        logger.critical("The worker cannot start: %s", error)
        sys.exit(1)
    MODEL.labels(settings.model).set(1)
    app.worker_main(arguments)


if __name__ == "__main__":
    main()
