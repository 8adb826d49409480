"""A webhook is due as soon as its job has ended, and its courier's until the lease ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shared.errors import JobNotFoundError
from shared.job import ANONYMOUS, JobId, JobStatus, Options, Owner
from shared.settings import Settings
from shared.store import keys
from shared.store.deliveries import MOST_ATTEMPTS, Claim, Deliveries, Settlement
from shared.store.delivery_log import DeliveryLog
from shared.webhooks import Delivery, DeliveryStatus
from tests.support.endings import fail, lose_workers, succeed
from tests.support.job_store import WORKER, JobStore
from tests.support.results import RESULT

URL = "https://coughs.invalid/?token=hush"
TOLD = Options(webhook_url=URL)
DONE = Settlement("204", DeliveryStatus.DELIVERED)
LEASE_S = 100.0


class Store(JobStore):
    """Both sides of the store, and the courier's."""

    def __init__(self, redis_url: str) -> None:
        settings = Settings(redis_url=redis_url, webhook_lease_s=LEASE_S)
        super().__init__(settings)
        self.deliveries = Deliveries(self.submissions.redis, settings)

    def ended(self, owner: Owner = ANONYMOUS, options: Options = TOLD) -> JobId:
        """A job that has been diagnosed."""
        attempt = self.begin(self.create(owner=owner, options=options), "token")
        assert self.attempts.succeed(attempt, RESULT)
        return attempt.job_id

    def claim(self, most: int = 10) -> list[Claim]:
        """What a courier is given."""
        return self.wait(self.deliveries.claim(most))

    def claim_one(self) -> Claim:
        """The only one that is due."""
        (claim,) = self.claim()
        return claim

    def settle(self, claim: Claim, settlement: Settlement = DONE) -> bool:
        """End an attempt."""
        return self.wait(self.deliveries.settle(claim, settlement))

    def log(self, job_id: JobId, owner: Owner = ANONYMOUS) -> list[Delivery]:
        """What the owner sees."""
        return self.wait(DeliveryLog(self.submissions.redis).read(owner, job_id))

    def only(self, job_id: JobId) -> Delivery:
        """The one delivery."""
        (delivery,) = self.log(job_id)
        return delivery

    def due(self) -> int:
        """How many are on the schedule."""
        return int(self.redis.zcard(keys.WEBHOOKS_DUE))

    def due_in_s(self, job_id: JobId) -> float:
        """When its next courier may have it."""
        score = self.redis.zscore(keys.WEBHOOKS_DUE, job_id)
        assert score is not None
        seconds, microseconds = self.redis.time()
        return float(score) / 1000 - seconds - microseconds / 1e6

    def let_time_pass(self, job_id: JobId) -> None:
        """Until then."""
        self.redis.zadd(keys.WEBHOOKS_DUE, {job_id: 1})


@pytest.fixture
def store(redis_url: str) -> Iterator[Store]:
    store = Store(redis_url)
    yield store
    store.close()


def _expire(store: Store, job_id: JobId) -> None:
    store.redis.delete(keys.recording_key(job_id))
    store.attempts.begin(job_id, "token", WORKER)


def _cancel(store: Store, job_id: JobId) -> None:
    store.cancel(job_id)


def _cancel_while_running(store: Store, job_id: JobId) -> None:
    attempt = store.begin(job_id, "token")
    store.cancel(job_id)
    store.attempts.cancel(attempt)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (succeed, JobStatus.SUCCEEDED),
        (fail, JobStatus.FAILED),
        (lose_workers, JobStatus.FAILED),
        (_expire, JobStatus.FAILED),
        (_cancel, JobStatus.CANCELED),
        (_cancel_while_running, JobStatus.CANCELED),
    ],
    ids=lambda it: getattr(it, "__name__", str(it)),
)
def test_however_a_job_ends_its_webhook_is_due(
    store: Store, end: Callable[[Store, JobId], None], status: JobStatus
) -> None:
    job_id = store.create(options=TOLD)
    assert (store.claim(), store.log(job_id)) == ([], [])

    end(store, job_id)

    delivery = store.only(job_id)
    assert (delivery.status, delivery.type) == (DeliveryStatus.PENDING, f"job.{status}")
    assert delivery.next_attempt_at == store.read(job_id).finished_at
    claim = store.claim_one()
    assert (claim.job_id, claim.url, claim.status) == (job_id, URL, status)
    assert claim.ended_at == store.read(job_id).finished_at


def test_without_a_webhook_nothing_is_due(store: Store) -> None:
    job_id = store.ended(options=Options())
    assert (store.claim(), store.due(), store.log(job_id)) == ([], 0, [])


def test_a_claim_is_nobody_elses(store: Store) -> None:
    job_ids = {store.ended() for _ in range(5)}

    first, second = store.claim(3), store.claim(3)

    assert (len(first), len(second), store.claim(3)) == (3, 2, [])
    assert {claim.job_id for claim in [*first, *second]} == job_ids


def test_what_is_delivered_is_not_due_again(store: Store) -> None:
    job_id = store.ended()
    assert store.settle(store.claim_one())

    delivery = store.only(job_id)
    assert (delivery.status, delivery.next_attempt_at) == (DeliveryStatus.DELIVERED, None)
    assert [attempt.status_code for attempt in delivery.attempts] == [204]
    assert store.due() == 0
    assert store.redis.ttl(keys.job_key(job_id)) > 0


def test_a_lost_couriers_delivery_is_taken_up_again(store: Store) -> None:
    job_id = store.ended()
    lost = store.claim_one()
    assert LEASE_S - 10 < store.due_in_s(job_id) <= LEASE_S
    assert store.claim() == []
    store.let_time_pass(job_id)

    again = store.claim_one()

    assert [attempt.error for attempt in again.attempts] == ["courier_lost"]
    assert 0 <= again.since_first_attempt_s < 10
    # The first one lives after all: it is too late.
    assert not store.settle(lost, Settlement("500", DeliveryStatus.FAILED))
    assert store.settle(again)
    assert [(its.error, its.status_code) for its in store.only(job_id).attempts] == [
        ("courier_lost", None),
        (None, 204),
    ]


def test_couriers_are_not_lost_for_ever(store: Store) -> None:
    job_id = store.ended()
    attempts = ",".join(f"{second}:courier_lost" for second in range(MOST_ATTEMPTS))
    store.redis.hset(keys.job_key(job_id), "webhook_attempts", attempts)

    assert store.claim() == []

    delivery = store.only(job_id)
    assert (delivery.status, len(delivery.attempts)) == (DeliveryStatus.FAILED, MOST_ATTEMPTS)
    assert store.due() == 0


def test_a_failure_is_due_again_when_it_was_said(store: Store) -> None:
    job_id = store.ended()
    claim = store.claim_one()
    assert store.settle(claim, Settlement("timeout", DeliveryStatus.PENDING, 15))

    delivery = store.only(job_id)
    assert store.claim() == []
    assert [attempt.error for attempt in delivery.attempts] == ["timeout"]
    assert delivery.next_attempt_at is not None
    wait = delivery.next_attempt_at - delivery.attempts[0].at
    assert 15 <= wait.total_seconds() < 25
    assert 5 < store.due_in_s(job_id) <= 15
    store.let_time_pass(job_id)
    assert store.claim_one().attempts == tuple(delivery.attempts)


def test_what_is_given_back_was_no_attempt(store: Store) -> None:
    store.ended()
    assert store.wait(store.deliveries.postpone(store.claim_one(), 0))
    assert store.claim_one().attempts == ()


def test_a_url_that_is_gone_is_called_no_more_for_its_owner(store: Store) -> None:
    alice, bob = Owner("alice"), Owner("bob")
    store.ended(alice)
    gone = Settlement("410", DeliveryStatus.FAILED, gone=True)
    assert store.settle(store.claim_one(), gone)

    skipped = store.ended(alice)
    another = store.ended(alice, Options(webhook_url=URL + "&another"))
    bobs = store.ended(bob)

    assert {claim.job_id for claim in store.claim()} == {another, bobs}
    (delivery,) = store.log(skipped, alice)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.SKIPPED, [])
    assert delivery.next_attempt_at is None


@pytest.mark.parametrize("claimed", [False, True])
def test_a_deleted_jobs_delivery_vanishes(store: Store, claimed: bool) -> None:
    job_id = store.ended()
    claims = store.claim() if claimed else []

    store.delete(job_id)

    assert set(store.redis.scan_iter()) == {keys.WORKERS.encode()}
    assert [store.settle(claim) for claim in claims] == [False] * len(claims)
    assert store.claim() == []
    assert set(store.redis.scan_iter()) == {keys.WORKERS.encode()}


def test_an_expired_jobs_delivery_vanishes(store: Store) -> None:
    store.redis.delete(keys.job_key(store.ended()))

    assert store.claim() == []

    assert store.due() == 0
    assert not any(key.startswith(b"cough:job:") for key in store.redis.scan_iter())


def test_deliveries_are_their_owners(store: Store) -> None:
    job_id = store.ended(Owner("alice"))

    assert len(store.log(job_id, Owner("alice"))) == 1
    for other in (Owner("bob"), ANONYMOUS):
        with pytest.raises(JobNotFoundError):
            store.log(job_id, other)
