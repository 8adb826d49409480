"""A flood is answered, costs no more memory than it may, and hurts neither who polls nor others.

The short form: `make flood` sends 2,000 jobs and 500 uploads of 1 MB at once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.end_to_end.keys import client_with, new_key
from tests.end_to_end.processes import service
from tests.floods.flood import SMALL, run_flood
from tests.floods.uploads import flood

MOST_MEMORY = 200_000_000
PLACES = 150
BYTES = 20_000_000


def test_a_flood_is_answered_and_all_that_is_accepted_ends(tmp_path: Path) -> None:
    bounds = {"MAX_WAITING_JOBS": str(PLACES), "MAX_WAITING_BYTES": str(BYTES)}
    with service(tmp_path, bounds) as running:
        figures = run_flood(running, jobs=300, uploads=100)
    print(*figures.lines(), sep="\n")

    for answer in figures.answers:
        assert answer.status in (202, 503), answer
        assert (answer.status == 202) == (answer.code == "")
        assert (answer.status == 202) or answer.retry_after_s > 0
    refused = {answer.code for answer in figures.answers} - {""}
    assert refused <= {"queue_full", "uploads_full"}
    assert refused  # or it was no flood
    assert figures.accepted >= PLACES
    assert figures.ended == {"succeeded": figures.accepted}
    assert figures.gateway_peak < MOST_MEMORY
    assert figures.redis_peak < 2 * BYTES
    assert figures.polls.percentile_ms(50) < 50


def test_one_keys_flood_leaves_room_for_anothers_job(tmp_path: Path) -> None:
    with service(tmp_path, {"MAX_WAITING_JOBS": str(PLACES)}) as running:
        alice, bob = (new_key(running.redis_url, "test", "--per-minute", "0") for _ in range(2))
        with client_with(running.url, bob.key) as client:
            running.worker().suspend()  # so that nothing ends meanwhile
            bearer = [f"authorization: Bearer {alice.key}"]
            answers = asyncio.run(flood(running.url, SMALL, 2 * PLACES, 20, bearer))
            bobs = client.post(SMALL)
            running.worker().resume()

            taken = sum(answer.status == 202 for answer in answers)
            refused = {(one.status, one.code) for one in answers if one.status != 202}
            assert refused == {(429, "too_many_waiting")}
            # The pool may take the first ones from the queue, which then wait no more.
            assert PLACES // 2 <= taken <= PLACES // 2 + 4
            assert all(one.retry_after_s > 0 for one in answers if one.status != 202)
            assert bobs.status_code == 202
            assert client.wait(bobs.json()["id"], 60)["status"] == "succeeded"
