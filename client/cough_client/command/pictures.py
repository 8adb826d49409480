"""`cough pictures`: a job's pictures into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from cough_client.client import CoughClient
from cough_client.command import exits
from cough_client.command.options import BRIEF, JobArgument, ServerOption
from cough_client.command.text import printable
from cough_client.errors import ConfigurationError


def pictures(
    job_id: JobArgument,
    server: ServerOption = None,
    to: Annotated[Path, typer.Option(file_okay=False, help="The folder")] = Path(),
) -> None:
    """Save a job's spectrogram and its explanation as PNG, if it was sent with --pictures."""
    with exits.telling(), CoughClient(server, retries=BRIEF) as client:
        drawn = {
            "spectrogram": client.spectrogram_png(job_id),
            "explanation": client.explanation_png(job_id),
        }
        for file in save(to, job_id, drawn):
            typer.echo(printable(str(file)))


def save(folder: Path, job_id: str, drawn: dict[str, bytes]) -> list[Path]:
    """Write `<job id>-<name>.png` for each, and make the folder if it is missing.

    Raises:
        ConfigurationError: that cannot be done.
    """
    stem = quote(job_id, safe="")  # it came from elsewhere, and leads nowhere else
    files = {folder / f"{stem}-{name}.png": png for name, png in drawn.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, png in files.items():
            file.write_bytes(png)
    except OSError as error:
        raise ConfigurationError(f"The pictures cannot be written: {error}") from error
    return list(files)
