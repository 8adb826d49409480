"""How much of a figure is the recording device: what was found, and how it gets into a card.

Where the device tells the label, a network that hears only the device looks clever. What it knows
beside that shows where the device is held fast: trained and tested within one device, and trained
on one, tested on another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.bundle import Evaluation, Figure
from training.data.clip import DatasetError
from training.json_files import read_json

PROTOCOL = (
    "By device: within one, out of fold in the same nested cross-validation of its clips alone; "
    "from one to another, trained on all clips of the first and tested on all of the second. "
    "The simple models are logistic regressions, out of fold, on all clips or within a device."
)
POOLED = "auc_pooled"


class DeviceCount(BaseModel):
    """Clips of one device, and how many of them are labelled sick."""

    model_config = ConfigDict(frozen=True)

    clips: int
    sick: int


class DeviceStudy(BaseModel):
    """What `devices --json` writes.

    Attributes:
        data_sha256, weights_sha256, configuration: as in `EvaluationRecord`.
        command: that reproduces it.
        devices: by name.
        figures: AUC of the network: `auc_pooled`, `auc_within_<device>`,
            `auc_<device>_to_<device>`; with 95 % bootstrap intervals over sources.
        baselines: AUC of simple models: `<what>_alone_auc` on all clips,
            `<what>_alone_auc_within_<device>`.
    """

    model_config = ConfigDict(frozen=True)

    data_sha256: str
    weights_sha256: str
    configuration: dict[str, Any]
    command: str
    devices: dict[str, DeviceCount]
    figures: dict[str, Figure]
    baselines: dict[str, Figure]

    def check_belongs(
        self, data_sha256: str, weights_sha256: str, configuration: dict[str, Any]
    ) -> None:
        """Raise DatasetError unless it is of these data, weights and configuration."""
        for what, mine, given in (
            ("data", self.data_sha256, data_sha256),
            ("start weights", self.weights_sha256, weights_sha256),
            ("configuration", self.configuration, configuration),
        ):
            if mine != given:
                raise DatasetError(f"the figures by device are of another {what}: measure again")

    def put_into(self, evaluation: Evaluation) -> Evaluation:
        """The evaluation with these figures too; its own `auc` is that of all devices together."""
        figures = {name: its for name, its in self.figures.items() if name != POOLED}
        return evaluation.model_copy(
            update={
                "protocol": f"{evaluation.protocol} {PROTOCOL} (`{self.command}`)",
                "figures": evaluation.figures | figures,
                "baselines": evaluation.baselines | self.baselines,
            }
        )


def read_device_study(path: Path) -> DeviceStudy:
    """Read what `devices --json` wrote.

    Raises:
        DatasetError: the file is missing or is no such study.
    """
    return read_json(path, DeviceStudy, "holds no figures by device")
