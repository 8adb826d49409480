"""Weights that come inside an installed Python package, found without importing it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from training.backbones.errors import BackboneError


def packaged_weights(network: str, module: str, file: str, install: str) -> Path:
    """The weights file of an installed package.

    Args:
        network: whose weights they are, for the message.
        module: the package's top-level module; it is not imported, it may need PyTorch.
        file: below the module's folder; a pattern that one file matches.
        install: how to install the package.

    Raises:
        BackboneError: the package is not installed, or lacks the file.
    """
    spec = find_spec(module)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(path for folder in folders for path in Path(folder).glob(file))
    if not found:
        raise BackboneError(
            f"the weights of {network} are not here: `{install}`, or give the file with --weights"
        )
    return found[0]
