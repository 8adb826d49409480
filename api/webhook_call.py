"""The document's account of what a `webhook_url` is sent. The courier sends it, not the gateway."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import FastAPI, Header
from pydantic import BaseModel, Field

from shared.job import JobStatus


class EndedJob(BaseModel):
    """Which job has ended, and how. The diagnosis is not in it: ask for the job."""

    id: str = Field(examples=["0b3de94b2c134a5f9f1d4c0f1b7a2e55"])
    status: Literal[JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED]


class WebhookCall(BaseModel):
    """The body of a call."""

    type: Literal["job.succeeded", "job.failed", "job.canceled"]
    timestamp: datetime = Field(description="When the job ended")
    data: EndedJob


def declare_webhook(app: FastAPI) -> None:
    """Put it into the app's document."""

    @app.webhooks.post(
        "jobEnded",
        operation_id="jobEnded",
        summary="A job has ended",
        tags=["jobs"],
        status_code=204,
        response_description="Any 2xx within 15 seconds: told. 410: never again. Else: tried again",
    )
    def job_ended(
        body: WebhookCall,
        webhook_id: Annotated[str, Header(description="The same at each attempt")],
        webhook_timestamp: Annotated[int, Header(description="Of the attempt, seconds")],
        webhook_signature: Annotated[
            str, Header(description="`v1,` and the HMAC-SHA256 in base64; several, with spaces")
        ],
    ) -> None:
        """Sent to `webhook_url`, signed by [Standard Webhooks](https://www.standardwebhooks.com)."""
