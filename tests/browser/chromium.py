"""The Chromium that the machine has, with the microphone that a test wants."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

_FAKE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
REFUSED = ("--use-fake-ui-for-media-stream=deny", "--use-fake-device-for-media-stream")
MISSING = ("--use-fake-ui-for-media-stream",)

# Without a sound server or a sound card there is no microphone, whatever the machine has.
_NO_SOUND = {"PULSE_SERVER": "/dev/null", "ALSA_CONFIG_PATH": "/dev/null"}
# It is to fetch nothing by itself, and needs neither a GPU nor a sandbox in a container.
_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def hearing(recording: Path) -> tuple[str, ...]:
    """A microphone into which a WAV file is played once, from the moment that it is opened."""
    return (*_FAKE, f"--use-file-for-fake-audio-capture={recording}%noloop")


@contextmanager
def chromium(playwright: Playwright, microphone: tuple[str, ...]) -> Iterator[Browser]:
    """A headless Chromium until the end of the block, or the test is skipped."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs a browser: apt install chromium")
    quiet = _NO_SOUND if microphone is MISSING else {}
    browser = playwright.chromium.launch(
        executable_path=path, args=[*_SWITCHES, *microphone], env={**os.environ, **quiet}
    )
    try:
        yield browser
    finally:
        browser.close()
