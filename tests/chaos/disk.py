"""A small disk that can be filled, where we may mount one."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path

_BYTES = 256 * 1024**2
_BLOCK = 1024**2


class SmallDisk:
    """A tmpfs at a folder; a folder like any other where it cannot be mounted."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._ballast = folder / "ballast"
        command = ["mount", "-t", "tmpfs", "-o", f"size={_BYTES},mode=700", "tmpfs", str(folder)]
        try:
            mounted = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            self.why_not = f"no mount: {error.strerror}"
        else:
            self.why_not = mounted.stderr.strip() if mounted.returncode else ""

    def fill(self) -> None:
        """Leave not a byte."""
        size = _BLOCK
        with self._ballast.open("ab", buffering=0) as file:
            while size:
                try:
                    file.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    size //= 2

    def clear(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount it, and forget what is on it."""
        if not self.why_not:
            subprocess.run(["umount", str(self.folder)], check=True)
