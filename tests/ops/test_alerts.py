"""The alert rules: tested by promtool, each explained in the runbook, none without a test."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from shared.settings import REPOSITORY

RULES = REPOSITORY / "ops" / "alerts.yml"
RULE_TESTS = REPOSITORY / "tests" / "ops" / "alerts_test.yml"
RUNBOOK = (REPOSITORY / "docs" / "runbook.md").read_text(encoding="utf-8")
ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (apt install prometheus)"
)


def promtool(*arguments: str) -> None:
    """Run it, and show what it says if it is not content."""
    command = ["promtool", *arguments]
    said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@needs_promtool
def test_alerts_are_raised_when_they_should_be_and_not_otherwise() -> None:
    promtool("test", "rules", str(RULE_TESTS))


@needs_promtool
def test_the_example_can_be_used() -> None:
    promtool("check", "config", "ops/prometheus.yml")


def test_each_alert_is_tested_to_be_raised_and_to_be_silent() -> None:
    raised: set[str] = set()
    silent: set[str] = set()
    for test in yaml.safe_load(RULE_TESTS.read_text(encoding="utf-8"))["tests"]:
        for case in test["alert_rule_test"]:
            (raised if case.get("exp_alerts") else silent).add(case["alertname"])

    assert raised == set(ALERTS)
    assert silent == set(ALERTS)


def test_each_alert_has_its_section_in_the_runbook_and_no_other_has() -> None:
    sections = re.findall(r"^### (Cough\w+)$", RUNBOOK, re.MULTILINE)

    assert sorted(sections) == sorted(ALERTS)


@pytest.mark.parametrize("alert", ALERTS)
def test_a_section_says_what_it_means_and_what_to_do(alert: str) -> None:
    section = RUNBOOK.partition(f"### {alert}\n")[2].partition("\n#")[0]

    assert "**Means:**" in section
    assert "**Do:**" in section
    assert ALERTS[alert]["labels"]["severity"] in ("page", "ticket")
