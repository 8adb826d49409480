"""A file is there whole, or what was there before stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.atomic_files import CannotWriteError, whole_file, write_whole


def test_it_appears_whole_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    with whole_file(path) as file:
        file.write(b"one ")
        assert not path.exists()
        file.write(b"two")
    assert path.read_bytes() == b"one two"
    write_whole(path, "drei")
    assert path.read_bytes() == b"drei"
    assert [its.name for its in path.parent.iterdir()] == ["file"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"before")

    def fail() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_bytes() == b"before"
    assert [its.name for its in tmp_path.iterdir()] == ["file"]


def test_a_refusal_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CannotWriteError, match="File exists"):
        write_whole(tmp_path / "file" / "below", b"")
    with pytest.raises(CannotWriteError, match="Is a directory"):
        write_whole(tmp_path, b"")
    assert [its.name for its in tmp_path.iterdir()] == ["file"]
