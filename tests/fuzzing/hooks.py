"""What Schemathesis cannot know from the OpenAPI document: what a recording is, what a form cannot
carry, and which jobs have pictures.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, HookContext, Response

from tests.fuzzing.recordings import recording

Hook = TypeVar("Hook", bound=Callable[..., Any])
Values = dict[str, Any]

# Jobs that have pictures; `test_openapi.py` has had them made.
PICTURED = os.environ["PICTURED_JOBS"].split()
PICTURES = ("getSpectrogram", "getExplanation")
STATUSES = Path(os.environ["PICTURE_STATUSES"])  # how they answered, for `test_openapi.py`

schemathesis.openapi.format("binary", st.sampled_from([recording(0.1), recording(0.2)]))


def _hook(*operations: str) -> Callable[[Hook], Hook]:
    """Register a hook, which its name tells, for these operations alone."""
    filtered = schemathesis.hook.apply_to  # type: ignore[attr-defined] # set at run time
    register: Callable[[Hook], Hook] = filtered(operation_id=list(operations))
    return register


@_hook("createJob", "createBatch")
def filter_body(context: HookContext, body: Any) -> bool:
    """Not an empty array for a field that is no array.

    It breaks the schema, but a form has a part for each item of an array: what is sent has no such
    field, and is a form like any other that must be taken.
    """
    options = ("model", "pictures", "webhook_url")
    return not (isinstance(body, dict) and any(body.get(option) == [] for option in options))


@_hook(*PICTURES)
def flatmap_path_parameters(
    context: HookContext, path_parameters: Values
) -> st.SearchStrategy[Values]:
    """Mostly jobs that have pictures: nearly all others are 404."""
    return st.sampled_from([path_parameters, *({"job_id": job} for job in PICTURED)])


@_hook(*PICTURES)
def flatmap_headers(context: HookContext, headers: Values) -> st.SearchStrategy[Values]:
    """Mostly what can be had: nearly all other words in `Accept` are 406."""
    there = [{**headers, "accept": kind} for kind in ("image/png", "application/json", "*/*")]
    return st.sampled_from([headers, *there])


@_hook("deleteJob")
def filter_path_parameters(context: HookContext, path_parameters: Values) -> bool:
    """Jobs that have pictures are still needed."""
    return path_parameters.get("job_id") not in PICTURED


@_hook(*PICTURES)
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Keep the status."""
    with STATUSES.open("a") as file:
        print(response.status_code, file=file)
