"""TensorFlow, imported late, quiet, on few threads and repeatable."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def load_keras(*, threads: int = 2) -> Any:
    """Import Keras on TensorFlow with bounded threads and deterministic operations.

    A GPU that TensorFlow finds is used; its memory is taken as needed, not all at once.

    Args:
        threads: the bound on TensorFlow's threads on the CPU, 0 for as many as it likes; only the
            first call in a process can set it.

    Returns:
        The `keras` module.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with _silent():
        import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:  # already started: its first caller chose
        pass
    tf.config.experimental.enable_op_determinism()
    import keras

    return keras


@contextmanager
def _silent() -> Iterator[None]:
    """Keep off the terminal what TensorFlow greets with when it is imported.

    It writes to the file descriptor, whatever the log level. If the import fails, it is shown.
    """
    if "tensorflow" in sys.modules:
        yield
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as greeting:
        os.dup2(greeting.fileno(), 2)
        try:
            yield
        except BaseException:
            greeting.seek(0)
            os.write(terminal, greeting.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
