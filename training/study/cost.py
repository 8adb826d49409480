"""What a network costs: parameters, bytes on disk, milliseconds for a clip of five seconds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from shared.bundle import FrontEnd
from training.bundles.conversion import convert, describe, litert_batch
from worker.features import waveform_to_patches
from worker.model.network import LiteRtNetwork

CLIP_SECONDS = 5.0
_REPEATS = 30


class Cost(BaseModel):
    """Of one network on LiteRT in float32.

    Attributes:
        parameters: number of weights.
        litert_bytes: of the exported file.
        milliseconds: median time to run it over the patches of a clip, one thread.
    """

    model_config = ConfigDict(frozen=True)

    parameters: int
    litert_bytes: int
    milliseconds: float


def measure_cost(network: Any, front_end: FrontEnd) -> Cost:
    """Export a patch network and time it through the worker's own runtime.

    Args:
        network: the Keras patch network.
        front_end: that makes its patches.
    """
    samples = int(CLIP_SECONDS * front_end.sample_rate)
    noise = np.random.default_rng(0).normal(0.0, 0.1, samples).astype(np.float32)
    patches = waveform_to_patches(noise, front_end)
    batch = litert_batch(network)
    described = describe(network, batch)
    exported = convert(network, batch)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / described.litert).write_bytes(exported)
        served = LiteRtNetwork(Path(folder), described)
        served(patches)
        times = []
        for _ in range(_REPEATS):
            started = perf_counter()
            served(patches)
            times.append(perf_counter() - started)
    return Cost(
        parameters=described.parameters,
        litert_bytes=len(exported),
        milliseconds=1000.0 * median(times),
    )
