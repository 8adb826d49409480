"""The balance of a run: what senders were promised, what Redis holds, and what its file tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from shared.job import ANONYMOUS, JobId
from shared.store import keys
from shared.store.records import stored_job
from tests.chaos.ledger import Entries, read_ledger
from tests.chaos.senders import Senders, Sent
from tests.chaos.system import System


@dataclass
class Account:
    """Each list is to be empty; its entries say what is wrong."""

    accepted: int = 0
    succeeded: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    attempts: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    mixed_up: list[str] = field(default_factory=list)

    @property
    def in_order(self) -> bool:
        """Whether every promise was kept."""
        wrong = (self.lost, self.doubled, self.stuck, self.left_behind, self.mixed_up)
        return not any(wrong)


def settle(system: System, senders: Senders) -> Account:
    """Compare, when everything has come to rest."""
    account = Account(accepted=len(senders.accepted))
    ledger = read_ledger(system.disk.folder)
    answers: dict[int, set[str]] = {}
    for sent in senders.accepted.values():
        _settle_one(system, account, sent, ledger.get(sent.job_id, Entries()), answers)
    account.doubled += [
        f"{job_id}: made by an upload that had made another"
        for job_id in ledger.keys() - senders.accepted.keys()
    ]
    account.mixed_up += [
        f"recording {which} was answered in {len(those)} ways"
        for which, those in answers.items()
        if len(those) > 1
    ]
    account.left_behind += _left_behind(system)
    return account


def _settle_one(
    system: System, account: Account, sent: Sent, entries: Entries, answers: dict[int, set[str]]
) -> None:
    record = cast(dict[bytes, bytes], system.redis.hgetall(keys.JOB + sent.job_id))
    if sent.lost or not record:
        account.lost.append(sent.job_id)
        return
    stored = stored_job(JobId(sent.job_id), record)
    job = stored.job
    told = f"{sent.job_id}: {[state.decode() for state in entries.states]}"
    account.attempts += entries.attempts
    if not job.status.terminal or sent.ended is None:
        account.stuck.append(told)
        return
    ends = sum(change.status.terminal for change in stored.history)
    if entries.ends != 1 or ends != 1 or entries.states.count(b"queued") != 1:
        account.doubled.append(told)
    seen = {name: sent.ended[name] for name in ("status", "result", "error")}
    if seen != job.model_dump(mode="json", by_alias=True, include=set(seen)):
        account.doubled.append(f"{sent.job_id}: its sender was shown another end")
    if not entries.recording_deleted:
        account.left_behind.append(f"the recording of {sent.job_id}")
    if job.result is not None:
        account.succeeded += 1
        answers.setdefault(sent.recording, set()).add(job.result.probabilities.model_dump_json())
    elif job.error is not None:
        code = job.error.code
        account.failed[code] = account.failed.get(code, 0) + 1
    assert stored.owner == ANONYMOUS


def _left_behind(system: System) -> list[str]:
    """Whatever the store still holds of jobs that have ended."""
    left = [key.decode() for key in system.redis.scan_iter(keys.recording_key(JobId("*")))]
    names = (keys.QUEUED, keys.RUNNING, keys.SIZES, keys.BYTES)
    return left + [name for name in names if system.redis.exists(name)]
