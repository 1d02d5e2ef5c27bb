"""The command line: parse, call one function, print."""

from escalation.cli.main import main

__all__ = ["main"]
