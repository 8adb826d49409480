"""`cough diagnose`: files and folders in, a row each out."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cough_client.answers import Diagnosis
from cough_client.async_client import AsyncCoughClient
from cough_client.command import exits
from cough_client.command.diagnosing import LocalDiagnoser, ServiceDiagnoser, diagnose_all
from cough_client.command.files import find_recordings
from cough_client.command.options import BRIEF, PATIENT, ServerOption
from cough_client.command.rows import Format, Output, Row, output
from cough_client.command.state import State, open_state
from cough_client.command.text import utf8_stdout
from cough_client.errors import UnexpectedAnswerError, UnknownModelError
from cough_client.in_process import LocalPipeline


@dataclass
class _Tally:
    """Counts rows on their way out."""

    output: Output
    progress: Progress
    diagnosed: int = 0
    failed: int = 0

    def show(self, row: Row) -> None:
        self.output.write(row)
        if isinstance(row.outcome, Diagnosis):
            self.diagnosed += 1
        else:
            self.failed += 1
        for task in self.progress.task_ids:
            self.progress.update(task, advance=1, failed=self.failed)


def diagnose(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES|DIR...",
            exists=True,
            show_default=False,
            help="Recordings, and folders to search for them",
        ),
    ],
    server: ServerOption = None,
    format_: Annotated[
        Format, typer.Option("--format", help="json: an object a line. json and csv: as they come")
    ] = Format.TABLE,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many at a time")] = 4,
    model: Annotated[
        str | None,
        typer.Option(help="name@version, or name for its newest version", show_default=False),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Keep what is done in this file, and skip what it says is done",
            show_default=False,
        ),
    ] = None,
    pictures: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Save each recording's spectrogram and explanation in this folder, named by job",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to wait for one diagnosis")] = 300,
    local: Annotated[
        bool, typer.Option("--local", help="In this process, without a service; one at a time")
    ] = False,
) -> None:
    """Diagnose recordings: one row each on standard output.

    Research software, not a medical device: 'sick' means "this sounds like the coughs and sneezes
    labelled sick in the training data".

    With --state, or given a folder, what is done is kept in a file (a folder's by itself in
    .cough-state.jsonl, here), and the same command run again goes on where it was interrupted:
    it shows all rows, and sends what is missing.
    """
    files = find_recordings(paths)
    if not files:
        raise typer.BadParameter("there are no recordings")
    if local and pictures is not None:
        raise typer.BadParameter("--local draws no pictures; python -m worker.diagnose does")
    if state is None and any(path.is_dir() for path in paths):
        state = Path(".cough-state.jsonl")
    rows = output(format_, utf8_stdout())
    with _progress(len(files)) as progress, exits.telling(), open_state(state) as done:
        tally = _Tally(rows, progress)
        try:
            asyncio.run(_run(files, tally, done, jobs, model, pictures, timeout, server, local))
        except BaseException:
            if state is not None and (tally.diagnosed or tally.failed):
                progress.console.print(
                    f"cough: {state} keeps what is done; run this again to go on"
                )
            raise
        finally:
            rows.close()
    raise typer.Exit(exits.exit_status(tally.diagnosed, tally.failed))


async def _run(
    files: Sequence[Path],
    tally: _Tally,
    state: State,
    jobs: int,
    model: str | None,
    pictures: Path | None,
    timeout_s: float,
    server: str | None,
    local: bool,
) -> None:
    if local:
        pipeline = LocalPipeline(model)
        await diagnose_all(files, LocalDiagnoser(pipeline), state, 1, tally.show)
        return
    async with AsyncCoughClient(server, retries=BRIEF) as client:
        chosen = _chosen(await client.models(), model)
    async with AsyncCoughClient(server, retries=PATIENT) as client:
        diagnoser = ServiceDiagnoser(client, chosen, timeout_s, pictures)
        await diagnose_all(files, diagnoser, state, jobs, tally.show)


def _chosen(models: Mapping[str, Any], asked: str | None) -> str:
    """What the service would understand by `asked`, as `name@version`: the state's key needs it."""
    try:
        default = str(models["default"])
        there = [(str(card["name"]), str(card["version"])) for card in models["models"]]
    except (KeyError, TypeError) as error:
        raise UnexpectedAnswerError("The answer is not a list of models") from error
    if asked is None:
        return default
    fitting = [(name, version) for name, version in there if asked in (name, f"{name}@{version}")]
    if not fitting:
        raise UnknownModelError(f"Ask for one of: {', '.join('@'.join(one) for one in there)}")
    newest = max(fitting, key=lambda one: [int(part) for part in one[1].split(".")])
    return "@".join(newest)


@contextmanager
def _progress(count: int) -> Iterator[Progress]:
    """A bar on stderr, if somebody looks at it there."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),  # where both are one terminal, rows stand above it
    )
    with progress:
        progress.add_task("diagnosing", total=count, failed=0)
        yield progress
