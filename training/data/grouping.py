"""Clips that must stay together in every split, whatever ties them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from training.data.clip import Clip


def merge_sources(clips: Sequence[Clip], contents: Sequence[Sequence[str]]) -> list[Clip]:
    """Give clips that share a source, a subject or content, also by way of others, one source.

    Args:
        clips: as listed.
        contents: of each clip, as in `Sound.contents`.

    Returns:
        The clips in their order; the source of each is the first, by name, of those it is tied to.
        Whoever splits by source then splits by subject and by content too.
    """
    from scipy.cluster.hierarchy import DisjointSet

    ties = DisjointSet(("source", clip.source) for clip in clips)
    for clip, hashes in zip(clips, contents, strict=True):
        others = [("content", its) for its in hashes]
        if clip.subject:
            others.append(("subject", clip.subject))
        for other in others:
            ties.add(other)
            ties.merge(("source", clip.source), other)
    names: dict[tuple[str, str], str] = {}
    for clip in clips:
        root = ties[("source", clip.source)]
        names[root] = min(names.get(root, clip.source), clip.source)
    return [replace(clip, source=names[ties[("source", clip.source)]]) for clip in clips]


def same_content(contents: Sequence[Sequence[str]]) -> list[list[int]]:
    """Groups of two or more clips that share content, as indices in order."""
    by_content: dict[str, list[int]] = defaultdict(list)
    for index, hashes in enumerate(contents):
        for its in hashes:
            by_content[its].append(index)
    return _joined([group for group in by_content.values() if len(group) > 1])


def _joined(groups: list[list[int]]) -> list[list[int]]:
    """Groups that overlap become one; content may be shared by bytes with one, by samples with
    another."""
    from scipy.cluster.hierarchy import DisjointSet

    ties = DisjointSet(index for group in groups for index in group)
    for group in groups:
        for index in group[1:]:
            ties.merge(group[0], index)
    return sorted(sorted(subset) for subset in ties.subsets())
