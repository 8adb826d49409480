"""What native libraries write to standard error by themselves, past all logging."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_STDERR: Final = 2

logger = logging.getLogger(__name__)


@contextmanager
def native_output_logged() -> Iterator[None]:
    """Log it at the end, as DEBUG, a line an event; no other thread may write meanwhile."""
    with tempfile.TemporaryFile() as written:
        ours = os.dup(_STDERR)
        os.dup2(written.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(ours, _STDERR)
            os.close(ours)
            written.seek(0)
            for line in written.read().decode(errors="replace").splitlines():
                logger.debug("%s", line)
