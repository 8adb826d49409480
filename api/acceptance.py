"""Accepting a recording: which model, its job in the store, its message in the queue."""

from __future__ import annotations

import logging

import anyio.to_thread
from kombu.exceptions import OperationalError

from api.context import Context
from shared.errors import WebhookSecretMissingError
from shared.job import ANONYMOUS, JobId, ModelReference, Options, Owner
from shared.queue import send_job

logger = logging.getLogger(__name__)


def model_for(context: Context, asked: str | None) -> ModelReference:
    """The model that was asked for, or the default.

    Raises:
        UnknownModelError: there is none such.
    """
    card = context.default if asked is None else context.catalogue.find(asked)
    return ModelReference.parse(card.reference)


def check_webhook(context: Context, owner: Owner, options: Options) -> None:
    """Refuse a webhook that nothing could sign. An API key always has a secret of its own.

    Raises:
        WebhookSecretMissingError: it is nobody's key's, and the settings have no secret.
    """
    if options.webhook_url and owner == ANONYMOUS and not context.settings.webhook_secrets:
        raise WebhookSecretMissingError("Send an API key, or set this service's WEBHOOK_SECRETS")


async def queue(context: Context, job_id: JobId) -> None:
    """Send a stored job's message, if Redis lets us."""
    try:
        await anyio.to_thread.run_sync(send_job, context.celery, job_id)
    except OperationalError as error:
        # The job is stored, so it is accepted: recovery finds it without a message and sends one.
        logger.warning("job %s is stored but not yet queued: %s", job_id, type(error).__name__)
