"""The `steward` command. Each file holds one family of commands; this one joins them and turns errors into words."""

from __future__ import annotations

from steward.cli import data, donors, models, runs, setup  # noqa: F401  each registers its commands
from steward.cli.app import main

__all__ = ["main"]
