"""TensorFlow.js layers models → numpy arrays.

Two forms are read: `model.json` with binary shards beside it, as the converter writes it, and the
JavaScript modules (`model.min.js` and `<shard>.min.js`, the shards in base64) that npm's nsfwjs
ships. Weights that were quantised to uint8 or uint16 are dequantised.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.backbones.errors import BackboneError

Tensor = npt.NDArray[np.float32]

_JSON, _SCRIPT = "model.json", "model.min.js"
_MANIFEST = re.compile(r"weightsManifest:(\[.*?\]\}\])", re.DOTALL)
_BARE_KEY = re.compile(r"([{,])([A-Za-z_]\w*):")
_BARE_FRACTION = re.compile(r"(?<=[:,\[-])\.(?=\d)")
_SHARD = re.compile(r'exports\s*=\s*"([A-Za-z0-9+/=]*)"')


def is_tfjs(path: Path) -> bool:
    """Whether a path names a TensorFlow.js model: its folder, or its model file."""
    return path.name in (_JSON, _SCRIPT) or any((path / its).is_file() for its in (_JSON, _SCRIPT))


def read_tfjs(path: Path) -> dict[str, Tensor]:
    """All weights of a model.

    Args:
        path: `model.json` or `model.min.js`, or the folder that holds one of them.

    Returns:
        Name, such as `conv2d_1/kernel`, → float32 array.

    Raises:
        BackboneError: a file is missing, or not of these forms.
    """
    if path.is_dir():
        path = path / (_JSON if (path / _JSON).is_file() else _SCRIPT)
    try:
        groups = _manifest(path)
        tensors: dict[str, Tensor] = {}
        for group in groups:
            data = b"".join(_shard(path, name) for name in group["paths"])
            tensors |= _split(data, group["weights"])
        return tensors
    except OSError as error:
        name = Path(error.filename).name if error.filename else path.name
        raise BackboneError(f"{name} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise BackboneError(f"{path.name} is not a TensorFlow.js model: {error}") from error


def _manifest(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    manifest: list[dict[str, Any]]
    if path.suffix == ".json":
        manifest = json.loads(text)["weightsManifest"]
    else:
        match = _MANIFEST.search(text)
        if match is None:
            raise ValueError("it has no weightsManifest")
        # A minifier drops the quotes of keys and the zero before a point.
        quoted = _BARE_KEY.sub(r'\1"\2":', match.group(1))
        manifest = json.loads(_BARE_FRACTION.sub("0.", quoted))
    return manifest


def _shard(model: Path, name: str) -> bytes:
    if model.suffix == ".json":
        return (model.parent / name).read_bytes()
    match = _SHARD.search((model.parent / f"{name}.min.js").read_text(encoding="ascii"))
    if match is None:
        raise ValueError(f"{name}.min.js holds no data")
    return base64.b64decode(match.group(1), validate=True)


def _split(data: bytes, weights: list[dict[str, Any]]) -> dict[str, Tensor]:
    tensors, start = {}, 0
    for weight in weights:
        quantisation = weight.get("quantization")
        dtype = np.dtype(quantisation["dtype"] if quantisation else weight["dtype"])
        count = math.prod(weight["shape"])
        stored = np.frombuffer(data, dtype.newbyteorder("<"), count, start)
        start += stored.nbytes
        values = stored.astype(np.float64)
        if quantisation:
            values = values * quantisation["scale"] + quantisation["min"]
        tensors[weight["name"]] = values.astype(np.float32).reshape(weight["shape"])
    if start != len(data):
        raise ValueError(f"its shards hold {len(data)} bytes, its manifest {start}")
    return tensors
