"""`localorg lightning`: build the pages' components, and open a page as one of the org's users."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlencode

import click
from rich.console import Console

import localorg.server.lightning  # noqa: F401 (its control verb)
from localorg.process import control, running

console = Console(highlight=False, soft_wrap=True)
in_folder = click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=".localorg", show_default=True,
    envvar="LOCALORG_FOLDER", help="Where the org lives.",
)  # fmt: skip


@click.group()
def lightning() -> None:
    """The org's Lightning pages in a browser."""


@lightning.command()
@in_folder
def build(folder: Path) -> None:
    """Build the deployed Lightning components now; else the first page does, and is slow."""
    began = time.monotonic()
    found = control(folder, "lightning", {})
    console.print(f"{found['components']} Lightning components are ready ({time.monotonic() - began:.0f} s).")


@lightning.command("open")
@in_folder
@click.argument("path", default="/lightning")
@click.option("--user", "username", default="admin@steward.example", show_default=True, help="Whose session it is.")
def open_page(folder: Path, path: str, username: str) -> None:
    """Print an address that opens PATH with a session of USER in it: keep it to yourself."""
    found = running(folder)
    if found is None:
        raise click.ClickException(f"No org is running here. Start it with: localorg start --detach --folder {folder}")
    token = control(folder, "session", {"username": username})["access_token"]
    click.echo(f"{found['url']}/secur/frontdoor.jsp?{urlencode({'sid': token, 'retURL': path})}")
