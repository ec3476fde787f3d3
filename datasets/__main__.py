"""`python -m datasets generate FOLDER --as-of DAY` and `python -m datasets load FOLDER`."""

from __future__ import annotations

import pathlib
import sys
from datetime import datetime
from typing import Any

import click
from rich.progress import Progress
from steward.errors import InputError, StewardError
from steward.salesforce.auth import Connection
from steward.salesforce.client import Gateway

from datasets import generate as generating
from datasets import mapping
from datasets.load import Load

_FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=pathlib.Path))


@click.group(context_settings={"auto_envvar_prefix": "DATASETS"})
def main() -> None:
    """Make and load data for an org that has none."""


@main.command()
@_FOLDER
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day that is today in the data.")
@click.option("--contacts", type=click.IntRange(min=10), default=5000, show_default=True)
@click.option("--years", type=click.IntRange(2, 40), default=10, show_default=True, help="Years of history.")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--database", default="", help="SQLAlchemy URL instead of CSV files, for CumulusCI's load_dataset.")
def generate(folder: pathlib.Path, as_of: datetime, contacts: int, years: int, seed: int, database: str) -> None:
    """Write the data set into FOLDER, a CSV file for each object."""
    generating.generate(folder, as_of=as_of.date(), contacts=contacts, years=years, seed=seed, database=database)
    click.echo(f"{database or folder}: {contacts:,} people and their {years} years before {as_of:%Y-%m-%d}.")


@main.command()
@_FOLDER
@click.option("--add", is_flag=True, help="Load although the org already has gifts.")
@click.option("--login-url", default="")
@click.option(
    "--auth", type=click.Choice(["jwt", "client_credentials", "session"]), default="session", show_default=True
)
@click.option("--client-id", default="")
@click.option("--client-secret", default="")
@click.option("--username", default="")
@click.option("--private-key-file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option("--session-id", default="")
@click.option("--instance-url", default="")
@click.option("--ca-bundle", default="")
def load(folder: pathlib.Path, add: bool, private_key_file: pathlib.Path | None, **options: Any) -> None:
    """Load FOLDER into the org of the given login; every option can be set as DATASETS_LOAD_<OPTION>."""
    key = private_key_file.read_text(encoding="utf-8") if private_key_file else ""
    with Gateway(Connection(private_key=key, **options)) as gateway, Progress() as bar:
        if not add and gateway.counts([("SELECT COUNT() FROM Opportunity", False)])[0]:
            raise InputError("This org already has gifts.", "Use an empty org, or --add to load beside them.")
        tasks = {}
        for step in (steps := mapping.read()):
            rows = sum(1 for _ in (folder / f"{step.table}.csv").open(encoding="utf-8")) - 1
            tasks[step.sobject] = bar.add_task(step.sobject, total=rows)
        run = Load(gateway, folder, lambda sobject, done: bar.update(tasks[sobject], completed=done))
        counts = run.run(steps)
    click.echo(f"Loaded {sum(counts.values()):,} records in {gateway.meter.calls} API calls.")
    if run.skipped:
        click.echo("Not in this org, or not writable by this user: " + ", ".join(run.skipped))


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except StewardError as failed:
        click.echo(f"Error: {failed}", err=True)
        sys.exit(failed.exit_code)
