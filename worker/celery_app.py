"""The Celery app of the worker: what is loaded when, before and after the pool forks."""

from __future__ import annotations

import gc
import logging
import os
from typing import Any

import billiard.pool
import celery.apps.worker
import numpy as np
from celery import signals

from shared.bundle import FrontEnd, read_card, verify_files
from shared.catalogue import read_catalogue
from shared.job import ModelReference
from shared.queue import make_celery
from shared.settings import get_settings
from shared.telemetry.logs import configure_logging
from shared.telemetry.tracing import start_tracing, stop_tracing
from worker.features import waveform_to_patches
from worker.fence import JOBS_PER_CHILD, fence_this_process
from worker.model.bundle import bundle_for
from worker.native_output import native_output_logged
from worker.prompt_connection import PromptConnection
from worker.queue_clock import go_by_redis
from worker.upkeep import Upkeep

logger = logging.getLogger(__name__)

app = make_celery(get_settings())
app.conf.update(
    include=["worker.tasks"],
    worker_concurrency=get_settings().worker_concurrency,
    worker_proc_alive_timeout=30.0,
    worker_max_tasks_per_child=JOBS_PER_CHILD,
    # A dead child's job goes to another at once: what it may have finished, Redis knows.
    worker_lost_wait=0.1,
)
app.steps["consumer"].add(Upkeep)
app.amqp.Connection = PromptConnection
go_by_redis()

# A stopping child waits this often for 0.1 s until its last answer was read. Under load the main
# process may never count it, and 300 (30 s) outlasts the patience of whoever stops us; a job's
# answer is in Redis already, so nothing rides on it.
billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 10

# Written past all logging, from a signal handler, in which nothing may be logged.
celery.apps.worker.safe_say = lambda *_: None


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def _configure_logging(**_: Any) -> None:
    configure_logging("worker", get_settings())


def load_before_the_fork() -> None:
    """Check the default bundle, and load and compile what all pool children then share.

    Raises:
        BundleError: the configured model cannot be used.
    """
    settings = get_settings()
    model = ModelReference.parse(settings.model)
    folder = settings.models_dir / model.name / model.version
    card = read_card(folder)
    verify_files(folder, card)
    _warm_up(card.front_end)
    # Any job may ask for another bundle, whose front end may need other parts of librosa.
    others = {its.front_end: its for its in read_catalogue(settings.models_dir).cards}
    for front_end in others.keys() - {card.front_end}:
        try:
            _warm_up(front_end)
        except Exception:
            reference = others[front_end].reference
            logger.exception("the front end of %s fails, and so will its jobs", reference)
    # Frozen, what was loaded is never written by the children's collector, so it stays shared.
    gc.collect()
    gc.freeze()
    logger.info("model %s is ready", card.reference)


def _warm_up(front_end: FrontEnd) -> None:
    noise = np.random.default_rng(0).standard_normal(front_end.sample_rate, np.float32)
    waveform_to_patches(noise, front_end)


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def _start_pool_child(**_: Any) -> None:
    """What must not be forked: the thread that sends traces, and the network's runtime.

    Then the fence. Nothing of a stranger has been read before it.
    """
    settings = get_settings()
    start_tracing("worker", settings)
    bundle = bundle_for(settings.models_dir, ModelReference.parse(settings.model))
    front_end = bundle.card.front_end
    patch = np.zeros((1, front_end.patch_frames, front_end.feature_width), np.float32)
    with native_output_logged():  # LiteRT says how it runs, in the first run
        bundle.clip_logit(patch)
    try:
        fence_this_process(settings)
    except (OSError, ValueError):
        # Celery only logs what a signal's receiver raises.
        logger.critical("this pool child cannot be fenced, so it ends", exc_info=True)
        os._exit(1)


@signals.worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _send_last_spans(**_: Any) -> None:
    stop_tracing()


@signals.worker_shutdown.connect  # type: ignore[untyped-decorator]
def _say_goodbye(**_: Any) -> None:
    logger.info("the worker has stopped: its jobs in hand are finished, or handed back")
