"""A data report for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from training.data.report import CrossTable, DataReport

_WIDTH = 18
_NAMED = 5


def render(report: DataReport, name: str) -> str:
    """The report as lines of text.

    Args:
        report: the figures.
        name: of the data set.
    """
    return "\n".join(_lines(report, name))


def _lines(report: DataReport, name: str) -> Iterator[str]:
    yield f"{name}, read as {report.layout}"
    subjects = (
        f"{report.subjects} subjects" if report.subjects else "nobody knows how many subjects"
    )
    yield _line("clips", f"{report.clips} of {report.sources} sources; {subjects}")
    for label, its in report.labels.items():
        yield _line(
            label,
            f"{its.clips} clips of {its.sources} sources, {its.shortest_s:.2f} to "
            f"{its.longest_s:.2f} s (median {its.median_s:.2f}), {its.total_s / 60:.1f} minutes",
        )
    yield _line("duplicates", f"{report.duplicate_clips} clips in {report.duplicate_groups} groups")
    contradictory = sum(map(len, report.contradictions))
    yield _line("contradictions", f"{contradictory} files of both labels, left out")
    yield from _named(", ".join(group) for group in report.contradictions)
    for what, problems in (("missing", report.missing), ("unreadable", report.unreadable)):
        yield _line(what, f"{len(problems)} files")
        yield from _named(problems)
    for reason, count in report.left_out.items():
        yield _line("left out", f"{count}: {reason}")
    if set(report.splits) != {"none"}:
        yield from _table("own split", report.splits)
    yield from _cross("device", report.by_device)
    yield from _cross("kind of file", report.by_kind)
    for warning in report.warnings:
        yield f"WARNING: {warning}"


def _cross(what: str, table: CrossTable) -> Iterator[str]:
    if len(table.counts) < 2:
        yield _line(what, f"{next(iter(table.counts), 'unknown')}, all of them")
        return
    yield from _table(what, table.counts)
    yield _line("", f"tells the label with AUC {table.auc:.3f}, accuracy {table.accuracy:.3f}")
    yield _line("", f"(the commoner label always: {table.majority:.3f})")


def _table(what: str, counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    width = max([_WIDTH, *(len(value) + 2 for value in counts)])
    yield f"{what:<{width}}{'sick':>8}{'not sick':>10}"
    for value, its in counts.items():
        yield f"{value:<{width}}{its['sick']:>8}{its['not sick']:>10}"


def _named(items: Sequence[str] | Iterator[str]) -> Iterator[str]:
    listed = list(items)
    yield from (_line("", item) for item in listed[:_NAMED])
    if len(listed) > _NAMED:
        yield _line("", f"and {len(listed) - _NAMED} more")


def _line(name: str, text: str) -> str:
    return f"{name:<{_WIDTH}}{text}"
