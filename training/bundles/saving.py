"""A Keras network → a `.keras` file that depends on the network alone.

Keras notes in the file when it was saved and where in memory each layer lay, so the same network
never gives the same bytes. Here both are put to constants.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can tell
_SHARED_OBJECT = "shared_object_id"


def save_network(network: Any, path: Path) -> None:
    """Save a network in Keras's own format; the same network gives the same bytes.

    Args:
        network: the Keras network.
        path: of the file to write, `.keras`.

    Raises:
        OSError: it cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".saving-") as temporary:
        saved = Path(temporary) / "network.keras"
        network.save(saved)
        with ZipFile(saved) as source, ZipFile(path, "w") as target:
            for name in source.namelist():
                entry = ZipInfo(name, _EPOCH)
                entry.external_attr = 0o644 << 16
                target.writestr(entry, _constant(name, source.read(name)))


def _constant(name: str, content: bytes) -> bytes:
    if name == "metadata.json":
        metadata = json.loads(content)
        return json.dumps(metadata | {"date_saved": "1980-01-01@00:00:00"}).encode()
    if name == "config.json":
        return json.dumps(_numbered(json.loads(content), {})).encode()
    return content


def _numbered(value: Any, numbers: dict[int, int]) -> Any:
    """The configuration with shared objects numbered as they come, in place of their addresses."""
    if isinstance(value, list):
        return [_numbered(item, numbers) for item in value]
    if isinstance(value, dict):
        return {
            key: numbers.setdefault(item, len(numbers))
            if key == _SHARED_OBJECT
            else _numbered(item, numbers)
            for key, item in value.items()
        }
    return value
