"""Fixtures for all tests."""

from __future__ import annotations

import os

import worker  # noqa: F401 (first: it keeps numpy's libraries to one thread, as in the programs)

# isort: split
from hypothesis import HealthCheck, settings

from tests.support.bundles import bundle_copy
from tests.support.job_store import job_store, redis_client
from tests.support.redis_server import own_redis_server, redis_server, redis_url

__all__ = [
    "bundle_copy",
    "job_store",
    "own_redis_server",
    "redis_client",
    "redis_server",
    "redis_url",
]

# The same examples every time; `HYPOTHESIS_PROFILE=search` looks for new ones, and for longer.
settings.register_profile("same", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile(
    "search",
    database=None,
    deadline=None,
    print_blob=True,
    max_examples=2000,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
