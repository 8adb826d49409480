"""Backgrounds never hold what the network must find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.data import trees
from training.data.clip import DatasetError
from training.data.noise import find_backgrounds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("rain/a.ogg", "rain/b.ogg", "person_sneeze/c.ogg", "rain/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    return tmp_path


def test_sneezes_are_left_out(folder: Path) -> None:
    assert [path.name for path in find_backgrounds(folder)] == ["a.ogg", "b.ogg"]


def test_a_manifest_decides_where_there_is_one(folder: Path) -> None:
    rows = "file,label\nrain/b.ogg,rain\nperson_sneeze/c.ogg,person_sneeze\n"
    (folder / "manifest.csv").write_text(rows, encoding="utf-8")
    assert [path.name for path in find_backgrounds(folder)] == ["b.ogg"]


@pytest.mark.parametrize("published", [True, False])
def test_esc_is_read_by_its_tables(tmp_path: Path, published: bool) -> None:
    trees.esc(tmp_path, published=published)
    assert [path.name for path in find_backgrounds(tmp_path)] == ["d1.wav", "d2.wav"]


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("name,label\nx,y\n", "lacks the column"),
        ("file,label\nrain/z.ogg,rain\n", "missing, first z"),
        ("file,label\n", "no background"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_refused(folder: Path, manifest: str, said: str) -> None:
    (folder / "manifest.csv").write_text(manifest, encoding="utf-8")
    with pytest.raises(DatasetError, match=said):
        find_backgrounds(folder)
