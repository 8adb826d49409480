"""TensorFlow.js models: both forms, quantised or not, give the arrays that were put in."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.backbones.errors import BackboneError
from training.backbones.tfjs import is_tfjs, read_tfjs

KERNEL = np.arange(12, dtype=np.float32).reshape(2, 6) / 10 - 0.5
BIAS = np.array([0.25, -4.0], dtype=np.float32)


def _model(scale: float = 0.00461844) -> tuple[dict[str, Any], list[bytes]]:
    """A manifest and two shards; the kernel in uint8, the bias in float32, cut anywhere."""
    quantised = np.arange(12, dtype=np.uint8)
    weights = [
        {
            "name": "conv2d_1/kernel",
            "shape": [2, 6],
            "dtype": "float32",
            "quantization": {"min": -0.5, "scale": scale, "dtype": "uint8"},
        },
        {"name": "conv2d_1/bias", "shape": [2], "dtype": "float32"},
    ]
    data = quantised.tobytes() + BIAS.tobytes()
    manifest = {"paths": ["group1-shard1of2", "group1-shard2of2"], "weights": weights}
    return {"modelTopology": {"layers": [{"a": 1}]}, "weightsManifest": [manifest]}, [
        data[:5],
        data[5:],
    ]


def _write_json(folder: Path, scale: float) -> None:
    model, shards = _model(scale)
    (folder / "model.json").write_text(json.dumps(model))
    for name, shard in zip(model["weightsManifest"][0]["paths"], shards, strict=True):
        (folder / name).write_bytes(shard)


def _write_scripts(folder: Path, scale: float) -> None:
    """As a minifier leaves them: keys without quotes, fractions without their zero."""
    model, shards = _model(scale)
    text = re.sub(r'"(\w+)":', r"\1:", json.dumps(model, separators=(",", ":")))
    text = text.replace(":0.", ":.").replace("-0.", "-.")
    (folder / "model.min.js").write_text(
        f"!function(a){{module.exports=a()}}({{1:[function(a,n,i){{n.exports={text}}},{{}}]}})"
    )
    for name, shard in zip(model["weightsManifest"][0]["paths"], shards, strict=True):
        data = base64.b64encode(shard).decode()
        (folder / f"{name}.min.js").write_text(f'!function(d){{h.exports="{data}"}}()')


@pytest.mark.parametrize("write", [_write_json, _write_scripts])
@pytest.mark.parametrize("scale", [0.1, 0.00461844, 2e-5])
def test_both_forms_are_read(write: Any, scale: float, tmp_path: Path) -> None:
    write(tmp_path, scale)

    tensors = read_tfjs(tmp_path)

    assert is_tfjs(tmp_path)
    assert tensors["conv2d_1/kernel"] == pytest.approx(
        np.arange(12).reshape(2, 6) * scale - 0.5, abs=1e-6
    )
    assert np.array_equal(tensors["conv2d_1/bias"], BIAS)


def test_the_model_file_may_be_named_itself(tmp_path: Path) -> None:
    _write_json(tmp_path, 0.1)

    assert is_tfjs(tmp_path / "model.json")
    assert read_tfjs(tmp_path / "model.json")["conv2d_1/kernel"] == pytest.approx(KERNEL)


@pytest.mark.parametrize("name", ["network.h5", "network.keras", "."])
def test_other_files_are_something_else(name: str, tmp_path: Path) -> None:
    assert not is_tfjs(tmp_path / name)


@pytest.mark.parametrize("write", [_write_json, _write_scripts])
def test_a_missing_shard_is_named(write: Any, tmp_path: Path) -> None:
    write(tmp_path, 0.1)
    (shard,) = tmp_path.glob("group1-shard2of2*")
    shard.unlink()

    with pytest.raises(BackboneError, match="group1-shard2of2"):
        read_tfjs(tmp_path)


def test_shards_that_hold_too_much_are_refused(tmp_path: Path) -> None:
    _write_json(tmp_path, 0.1)
    with (tmp_path / "group1-shard2of2").open("ab") as shard:
        shard.write(b"\0\0\0\0")

    with pytest.raises(BackboneError, match="24 bytes, its manifest 20"):
        read_tfjs(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", '{"weightsManifest": [{"paths": 3}]}'])
def test_what_is_no_model_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(content)

    with pytest.raises(BackboneError, match=r"model\.json is not a TensorFlow\.js model"):
        read_tfjs(tmp_path)
