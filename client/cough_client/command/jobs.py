"""`cough status`, `watch`, `cancel`, `delete` and `jobs`: one's jobs, one or many."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cough_client.answers import DISCLAIMER, Job
from cough_client.client import CoughClient
from cough_client.command import exits
from cough_client.command.options import (
    BRIEF,
    JobArgument,
    JobFormat,
    JobFormatOption,
    ServerOption,
)
from cough_client.command.text import printable, utf8_stdout


def status(
    job_id: JobArgument,
    server: ServerOption = None,
    format_: JobFormatOption = JobFormat.TABLE,
) -> None:
    """Show a job as it stands."""
    with exits.telling(), CoughClient(server, retries=BRIEF) as client:
        _show([client.job(job_id)], format_)


def watch(
    job_id: JobArgument,
    server: ServerOption = None,
    format_: JobFormatOption = JobFormat.TABLE,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to watch at most")] = 3600,
) -> None:
    """Show each change of a job, up to its end."""
    last = None
    with exits.telling(), CoughClient(server, retries=BRIEF) as client:
        for last in client.watch(job_id, timeout_s=timeout):
            if format_ is JobFormat.JSON:
                _show([last], format_)
            else:
                typer.echo(printable(last.status))
        if last is not None and format_ is JobFormat.TABLE:
            _show([last], format_)
    if last is None or last.diagnosis is None:
        raise typer.Exit(exits.ALL_FAILED)


def cancel(job_id: JobArgument, server: ServerOption = None) -> None:
    """Cancel a job: a queued one at once, a running one at its next step."""
    with exits.telling(), CoughClient(server, retries=BRIEF) as client:
        typer.echo(printable(client.cancel(job_id).status))


def delete(job_id: JobArgument, server: ServerOption = None) -> None:
    """Delete a job, its recording and its result, whatever its state."""
    with exits.telling(), CoughClient(server, retries=BRIEF) as client:
        client.delete(job_id)


def jobs(
    server: ServerOption = None,
    format_: JobFormatOption = JobFormat.TABLE,
    status: Annotated[str | None, typer.Option(help="Only those of this status")] = None,
    model: Annotated[str | None, typer.Option(help="Only those of this model")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many")] = 50,
) -> None:
    """List one's own jobs, newest first."""
    with exits.telling(), CoughClient(server, retries=BRIEF) as client:
        found = client.jobs(status=status, model=model)
        _show(list(itertools.islice(found, limit)), format_)


def _show(jobs: list[Job], format_: JobFormat) -> None:
    stream = utf8_stdout()
    if format_ is JobFormat.JSON:
        for job in jobs:
            print(json.dumps(asdict(job), default=datetime.isoformat), file=stream, flush=True)
        return
    table = Table()
    for name in ("Job", "Status", "Created", "Model", "Diagnosis", "Score", "Remarks"):
        table.add_column(name, overflow="fold")
    for job in jobs:
        table.add_row(*(Text(printable(cell)) for cell in _cells(job)))
    console = Console(file=stream, highlight=False)
    console.print(table)
    made = [job.diagnosis.disclaimer for job in jobs if job.diagnosis]
    for disclaimer in dict.fromkeys(made) or [DISCLAIMER]:
        console.print(Text(printable(disclaimer)))


def _cells(job: Job) -> list[str]:
    created = job.created_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    cells = [job.id, job.status, created, job.model]
    if job.diagnosis is not None:
        made = job.diagnosis
        return [*cells, made.diagnosis, f"{made.score:.2f}", ", ".join(made.warnings)]
    failure = job.failure
    return [*cells, "", "", f"{failure.code}: {failure.detail}" if failure else ""]
