"""A look at a program's metrics, as Prometheus takes one."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.processes import eventually


class Metrics:
    """What one program tells."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/metrics"

    def text(self) -> str:
        """All of it."""
        response = httpx.get(self.url, timeout=30)
        assert response.status_code == 200
        return response.text

    def names(self) -> set[str]:
        """Of families, and of their samples."""
        families = list(text_string_to_metric_families(self.text()))
        samples = {sample.name for family in families for sample in family.samples}
        return {family.name for family in families} | samples

    def samples(self, name: str) -> list[dict[str, str]]:
        """The labels of each sample of that name."""
        return [
            sample.labels
            for family in text_string_to_metric_families(self.text())
            for sample in family.samples
            if sample.name == name
        ]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples with these labels; 0 if there is none."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.text())
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def reaches(self, value: float, name: str, **labels: str) -> None:
        """Wait for it: a job has ended before its end is counted."""
        what = f"{name}{labels} is {value}"
        eventually(lambda: self.value(name, **labels) == value, 20, what)
