"""The command `cough`: its commands, and what `cough --help` says."""

from __future__ import annotations

import typer

from cough_client.command import jobs
from cough_client.command.diagnose import diagnose
from cough_client.command.pictures import pictures

app = typer.Typer(
    name="cough",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show local variables, keys among them
    rich_markup_mode=None,
    help="""Diagnose recordings of coughs with the cough screening service.

Research software, not a medical device: 'sick' means "this sounds like the coughs and sneezes
labelled sick in the training data".

An API key is read from COUGH_API_KEY, and only from there.

Exit status: 0 all went well; 1 the command failed (no service, no such job, key refused);
2 wrong usage; 3 some recordings were not diagnosed; 4 none was, or the watched job ended without a
diagnosis; 130 interrupted.""",
)

app.command()(diagnose)
for command in (jobs.status, jobs.watch, jobs.cancel, jobs.delete, jobs.jobs, pictures):
    app.command()(command)


def main() -> None:
    """Run `cough`."""
    app()


if __name__ == "__main__":
    main()
