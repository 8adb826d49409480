"""No request of any operation can wait for ever, and no wait is cut by its own timeout."""

from __future__ import annotations

import math
import re

import httpx
import pytest

from cough_client import RetryPolicy, batches, pictures, steps
from cough_client.calls import Call, Steps
from cough_client.configuration import Configuration, events_arguments, request_arguments
from cough_client.options import Options
from cough_client.watching import Watching

ID = "0" * 32
POLICY = RetryPolicy(clock=lambda: 0.0)
RECORDING = steps.Submission(b"RIFF", Options())


@pytest.mark.parametrize(
    "operation",
    [
        steps.submit(RECORDING, POLICY),
        steps.diagnose(RECORDING, POLICY, 1e9),
        steps.diagnose(RECORDING, POLICY, 0.1),
        steps.wait(ID, POLICY, 1e9),
        steps.wait(ID, POLICY, 0.1),
        steps.get_job(ID, POLICY),
        Watching(ID, POLICY, 1.0).poll(),
        steps.cancel(ID, POLICY),
        steps.delete(ID, POLICY),
        steps.list_jobs({}, None, POLICY),
        steps.list_models(POLICY),
        batches.submit_batch([b"RIFF"], Options(), POLICY),
        batches.get_batch(ID, POLICY),
        batches.wait_for_batch(ID, POLICY, 0.1),
        batches.get_results(ID, POLICY),
        pictures.get_png(ID, "spectrogram", POLICY),
        pictures.get_spectrogram(ID, POLICY),
        pictures.get_explanation(ID, POLICY),
    ],
    ids=lambda operation: str(operation.__name__),
)
def test_every_request_has_time_limits(operation: Steps[object]) -> None:
    call = next(operation)
    assert isinstance(call, Call)
    timeout = request_arguments(call)["timeout"]
    _all_limited(timeout)
    asked = re.fullmatch(r"wait=(\d+)", call.headers.get("Prefer", "wait=0"))
    assert asked
    assert 0 <= int(asked[1]) <= 30
    assert timeout.read >= int(asked[1]) + 10


def test_so_have_event_streams_and_whatever_else() -> None:
    _all_limited(events_arguments("/v1/jobs", None)["timeout"])
    _all_limited(Configuration.of(None, None).client_arguments()["timeout"])


def _all_limited(timeout: httpx.Timeout) -> None:
    for limit in (timeout.connect, timeout.read, timeout.write, timeout.pool):
        assert limit is not None
        assert 0 < limit < math.inf
