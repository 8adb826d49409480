"""Schemathesis: requests made of the OpenAPI document, fit and unfit, answered as it says.

`make fuzz-api` sends some 5,000 of them, others each time.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from sys import executable

import pytest
import redis

from shared.store.api_keys import ApiKeys
from tests.end_to_end.client import Client
from tests.end_to_end.processes import REPOSITORY, Program, eventually, free_port, running
from tests.fuzzing.recordings import recording
from tests.support.redis_server import RedisServer

CASES = int(os.environ.get("FUZZ_CASES", "0"))
EXAMPLES = CASES // 16 or 3  # for each operation, and in each phase: some CASES in all


@pytest.fixture
def url_and_key(own_redis_server: RedisServer) -> Iterator[tuple[str, str]]:
    """The service as in production, without a courier: it must call nobody."""
    port = free_port()
    settings = {
        "REDIS_URL": own_redis_server.url,
        "ENVIRONMENT": "production",
        "RATE_LIMIT_PER_MINUTE": "0",
        "MAX_WAITING_JOBS": "1000000",
        "WEBHOOK_ALLOWED_HOSTS": "",
    }
    with redis.Redis.from_url(own_redis_server.url) as connection:
        _, key = ApiKeys(connection).create("fuzzing")
    url = f"http://127.0.0.1:{port}"
    with (
        running(lambda: Program("-m", "worker", **settings), "is ready") as worker,
        running(
            lambda: Program("-m", "api", "--port", str(port), **settings), "running on"
        ) as gateway,
        Client(url) as client,
    ):
        eventually(client.ready, 60, "the service is ready")
        yield url, key
        assert not any("Traceback" in line for line in gateway.lines + worker.lines)


def test_every_answer_is_as_the_document_says(url_and_key: tuple[str, str], tmp_path: Path) -> None:
    url, key = url_and_key
    statuses = tmp_path / "statuses"
    program = [
        executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        "tests/fuzzing/schemathesis.toml",
    ]
    options = ["--header", f"Authorization: Bearer {key}", "--continue-on-failure", "--no-color"]
    options += ["--max-examples", str(EXAMPLES)]
    options += ["--generation-database=none"] if CASES else ["--generation-deterministic"]
    generated = 0
    while generated < (CASES or 300):
        done = subprocess.run(
            [*program, "run", f"{url}/openapi.json", *options],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "PYTHONPATH": str(REPOSITORY),
                "PICTURED_JOBS": " ".join(_with_pictures(url, key)),
                "PICTURE_STATUSES": str(statuses),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        print(done.stdout)
        assert done.returncode == 0, done.stdout + done.stderr
        found = re.search(r"(\d+) generated", done.stdout)
        assert found
        generated += int(found[1])
    pictures = Counter(statuses.read_text().split())
    print(f"Pictures: {dict(pictures)}")
    assert pictures["200"] > (pictures["404"] + pictures["406"]) / 2


def _with_pictures(url: str, key: str) -> list[str]:
    """New jobs that have pictures."""
    headers = {"Authorization": f"Bearer {key}", "Prefer": "wait=30"}
    with Client(url) as client:
        made = [client.post(recording(1), headers=headers, pictures="true") for _ in range(3)]
    assert [answer.json()["status"] for answer in made] == ["succeeded"] * 3
    return [str(answer.json()["id"]) for answer in made]
