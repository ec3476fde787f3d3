"""The `steward` command. Each file holds one family of commands; `app.py` lists them and turns errors into words."""

from steward.cli.app import main

__all__ = ["main"]
