"""The commands, one module each: `HELP`, `add_arguments(parser)` and `run(arguments)`.

They parse and print; the work is done elsewhere. Nothing heavy is imported at their top, so that
`--help` answers at once.
"""

COMMANDS = (
    "data",
    "fit",
    "crossvalidate",
    "evaluate",
    "devices",
    "listener",
    "study",
    "agreement",
    "export",
    "card",
    "spectrograms",
    "retrain",
)
