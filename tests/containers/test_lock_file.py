"""What is installed is what was locked, to the byte."""

from __future__ import annotations

import re
import tomllib

from shared.settings import REPOSITORY

LOCK = tomllib.loads((REPOSITORY / "uv.lock").read_text(encoding="utf-8"))


def test_every_file_of_every_package_has_its_hash() -> None:
    checked = 0
    for package in LOCK["package"]:
        if package["source"].keys() & {"virtual", "editable"}:  # this repository itself
            continue
        assert package["source"] == {"registry": "https://pypi.org/simple"}
        files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
        assert files, package["name"]
        for file in files:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), package["name"]
            checked += 1
    assert checked > 1000


def test_the_makefile_installs_from_the_lock_file_alone() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    synced = re.findall(r"\bsync\b.*", makefile)
    assert synced
    assert all("--frozen" in line for line in synced)
