"""What a LiteRT file says of its input and outputs, held against what its card says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from shared.bundle import Network
from shared.errors import BundleError

Shape = tuple[int, ...]


class Signature:
    """The input `patches` and the outputs of one network.

    Attributes:
        patch_shape: of one patch of the input.
        outputs: the names of those outputs that the card knows of.
    """

    def __init__(self, network: Network, runner: Any) -> None:
        """Read a signature runner's details.

        Raises:
            BundleError: an input or an output is missing, or is not as the card says.
        """
        self._file = network.litert
        inputs: Mapping[str, Any] = runner.get_input_details()
        given: Mapping[str, Any] = runner.get_output_details()
        if set(inputs) != {"patches"}:
            raise BundleError(f"{self._file} takes {sorted(inputs)}, and not 'patches' alone")
        shape = self._shape("patches", inputs["patches"])
        if shape[:1] != (network.batch,):
            raise BundleError(
                f"{self._file} takes {shape[:1]} patches at once, its card says {network.batch}"
            )
        self.patch_shape = shape[1:]
        expected = _expected(network)
        for name in expected.keys() - {"event"}:
            if name not in given:
                raise BundleError(f"{self._file} has no output '{name}', which its card promises")
        self.outputs = expected.keys() & given.keys()
        for name in self.outputs:
            shape = self._shape(name, given[name])
            if shape != expected[name]:
                raise BundleError(
                    f"{self._file} gives '{name}' as {shape}, its card says {expected[name]}"
                )

    def _shape(self, name: str, details: Mapping[str, Any]) -> Shape:
        if details["dtype"] != np.float32:
            raise BundleError(f"'{name}' of {self._file} is not float32")
        return tuple(int(length) for length in details["shape"])


def _expected(network: Network) -> dict[str, Shape]:
    """The shape of every output that a network of this card may have; `event` is left to it."""
    batch = (network.batch,)
    shapes: dict[str, Shape] = {"logit": batch, "attention": batch, "event": batch}
    if network.evidence is not None:
        shapes["evidence"] = (*batch, network.evidence.time_cells, network.evidence.band_cells)
    return shapes
