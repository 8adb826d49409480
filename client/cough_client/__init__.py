"""A client of the cough screening service: research software, not a medical device."""

from cough_client.answers import DISCLAIMER, Audio, Diagnosis, Job, JobFailure
from cough_client.async_client import AsyncCoughClient
from cough_client.batches import Batch, BatchFile, FileProblem, FileResult
from cough_client.client import CoughClient
from cough_client.errors import CoughError
from cough_client.pictures import Attention, EvidenceMap, Explanation, Spectrogram
from cough_client.retrying import RetryPolicy
from cough_client.webhooks import verify_webhook

__all__ = [
    "DISCLAIMER",
    "AsyncCoughClient",
    "Attention",
    "Audio",
    "Batch",
    "BatchFile",
    "CoughClient",
    "CoughError",
    "Diagnosis",
    "EvidenceMap",
    "Explanation",
    "FileProblem",
    "FileResult",
    "Job",
    "JobFailure",
    "RetryPolicy",
    "Spectrogram",
    "verify_webhook",
]
