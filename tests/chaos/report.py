"""The figures of runs: as JSON to keep, as a table to read, and what in them breaks a promise."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.chaos.run import KINDS, Outcome, Recovery


def broken_promises(outcome: Outcome) -> list[str]:
    """Empty, as it should be."""
    account = outcome.account
    broken = [
        *(f"lost: {one}" for one in account.lost),
        *(f"doubled: {one}" for one in account.doubled),
        *(f"stuck: {one}" for one in account.stuck),
        *(f"left behind: {one}" for one in account.left_behind),
        *(f"mixed up: {one}" for one in account.mixed_up),
        *(f"no answer of ours: {one}" for one in outcome.unexpected),
    ]
    if account.succeeded + sum(account.failed.values()) != account.accepted:
        broken.append(f"{account} does not add up")
    for kind in KINDS:
        longest = _longest([outcome], kind.kind)
        if longest and kind.promise_s is not None and longest.seconds > kind.promise_s:
            broken.append(f"{kind.kind}: {longest.seconds:.1f} s, promised {kind.promise_s:g} s")
    return broken


def table(outcomes: Sequence[Outcome]) -> str:
    """Two tables in Markdown: the balances, and the longest recoveries."""
    lines = [
        "| seed | faults | accepted | succeeded | failed, by code | attempts | lost | doubled "
        "| stuck | minutes |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for outcome in outcomes:
        account = outcome.account
        failed = ", ".join(f"{code} {count}" for code, count in account.failed.items())
        lines.append(
            f"| {outcome.seed} | {len(outcome.recoveries)} | {account.accepted} "
            f"| {account.succeeded} | {failed or '0'} | {account.attempts} | {len(account.lost)} "
            f"| {len(account.doubled)} | {len(account.stuck)} | {outcome.seconds / 60:.1f} |"
        )
    lines += [
        "",
        "| fault | times | longest recovery, s | promised, s | all parts at work again, s |",
        "|---|---|---|---|---|",
    ]
    times = Counter(one.kind for outcome in outcomes for one in outcome.recoveries)
    for kind in KINDS:
        longest = _longest(outcomes, kind.kind)
        if longest is None:
            why = next((o.skipped[kind.kind] for o in outcomes if kind.kind in o.skipped), "")
            lines.append(f"| {kind.kind} | 0 | not done: {why or 'not asked for'} | | |")
            continue
        whole_s = max(
            one.whole_s for o in outcomes for one in o.recoveries if one.kind == kind.kind
        )
        promised = "–" if kind.promise_s is None else f"{kind.promise_s:g}"
        lines.append(
            f"| {kind.kind} | {times[kind.kind]} | {longest.seconds:.1f} | {promised} "
            f"| {whole_s:.1f} |"
        )
    return "\n".join(lines)


def keep(outcomes: Sequence[Outcome], file: Path) -> None:
    """Write everything that was measured."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1) + "\n")


def _longest(outcomes: Sequence[Outcome], kind: str) -> Recovery | None:
    ours = [one for outcome in outcomes for one in outcome.recoveries if one.kind == kind]
    return max(ours, key=lambda one: one.seconds, default=None)
