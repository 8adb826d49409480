"""The command `cough`. Nothing outside this folder imports typer or rich."""
