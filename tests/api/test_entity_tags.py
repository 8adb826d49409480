"""`If-None-Match` is compared weakly, and what is malformed in it matches nothing."""

from __future__ import annotations

import pytest

from api.entity_tags import KnownTags


@pytest.mark.parametrize("field", ['"2"', 'W/"2"', '"1", "2"', '"1",W/"2"', "*", ' "2" '])
def test_a_known_tag(field: str) -> None:
    assert '"2"' in KnownTags([field])
    assert KnownTags([field])


@pytest.mark.parametrize("field", ['"1"', '"22"', "2", '"2', "w/2", '"1, 2"'])
def test_another_tag(field: str) -> None:
    assert '"2"' not in KnownTags([field])


@pytest.mark.parametrize("fields", [[], [""], ["2"]])
def test_no_tag_at_all(fields: list[str]) -> None:
    assert not KnownTags(fields)


def test_tags_may_come_in_several_fields() -> None:
    assert '"2"' in KnownTags(['"1"', '"2"'])
