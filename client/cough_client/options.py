"""What may be asked for with a recording: the small fields of the form that carries it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """As the methods that send recordings take them."""

    model: str | None = None
    pictures: bool = False
    webhook_url: str | None = None

    def form(self) -> dict[str, str]:
        """The fields, without those that would say nothing."""
        asked = {"model": self.model, "webhook_url": self.webhook_url}
        fields = {name: value for name, value in asked.items() if value is not None}
        return fields | {"pictures": "true"} if self.pictures else fields
