"""TensorFlow, imported late, quiet, on few threads and repeatable."""

from __future__ import annotations

import os
from typing import Any


def load_keras(*, threads: int = 2) -> Any:
    """Import Keras on TensorFlow with bounded threads and deterministic operations.

    Args:
        threads: the bound on TensorFlow's threads; only the first call in a process can set it.

    Returns:
        The `keras` module.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:  # already started: its first caller chose
        pass
    tf.config.experimental.enable_op_determinism()
    import keras

    return keras
