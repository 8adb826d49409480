"""The study's rows as a Markdown table, put in place inside a document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shared.bundle import Figure
from training.atomic_files import write_whole
from training.study.rows import SHOWN, Row

BEGIN, END = "<!-- study: begin -->", "<!-- study: end -->"


def render(rows: Sequence[Row], chosen: Row, clips: int, sources: int) -> str:
    """The table, best AUC last, and what the rule chose."""
    lines = [
        f"{clips} clips of {sources} sources; 95 % intervals over sources in brackets.",
        "",
        "| | AUC | accuracy | ECE | SE over folds | parameters | LiteRT | ms per 5 s clip |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda its: its.mean_auc):
        says = f"**{row.says}**" if row.name == chosen.name else row.says
        figures = [_figure(row.figures[name]) for name in SHOWN]
        lines.append(
            f"| {' | '.join([says, *figures, f'{row.standard_error:.3f}', *_cost(row)])} |"
        )
    lines += [
        "",
        f"Chosen by the one-standard-error rule towards the faster network: **{chosen.says}**.",
    ]
    return "\n".join(lines)


def _figure(figure: Figure) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})"


def _cost(row: Row) -> list[str]:
    if row.cost is None:
        return ["–", "–", "–"]
    times = f"{row.networks} × " if row.networks > 1 else ""
    return [
        f"{times}{row.cost.parameters / 1e6:.1f} M",
        f"{times}{row.cost.litert_bytes / 1e6:.1f} MB",
        f"{row.milliseconds:.0f}",
    ]


def put_into(document: Path, table: str) -> None:
    """Replace what stands between the marks in a document; a document without them gets both."""
    text = document.read_text(encoding="utf-8") if document.exists() else "# Models\n"
    if BEGIN not in text or END not in text:
        text = f"{text.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    write_whole(document, f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")
