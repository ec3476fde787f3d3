"""The command group, what every command shares, and the one place where an error becomes words and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click
import rich.console
import rich.progress
import rich.table
import sqlalchemy.exc

from steward import __version__, config
from steward.bootstrap import Steward
from steward.errors import StewardError


class App(click.Group):
    """Shows Steward's errors as two sentences, what happened and what to do, and exits with the error's own code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except StewardError as error:
            fail(error.what, error.todo)
            ctx.exit(error.exit_code)
        except (sqlalchemy.exc.OperationalError, OSError) as error:
            fail(
                f"The machine refused: {str(error).splitlines()[0]}", "Check disk space, permissions and the database."
            )
            ctx.exit(3)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order in which a newcomer needs them


@click.group(cls=App, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="steward")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Steward scores NPSP donors with reasons, and writes the answers back to Salesforce.

    \b
    First time:   steward init    steward doctor    steward train    steward run
    Every night:  steward run
    A question:   steward explain 003xx0000012345AAA
    A refusal:    steward dead-letters    steward replay

    Settings are STEWARD_* variables, or lines of steward.env in Steward's home: see `steward settings`.
    Exit codes: 0 done, 1 unexpected, 2 your input, 3 settings or permissions, 4 the org or network (run again), 5 too little data.
    """
    ctx.call_on_close(_close(ctx))


def _close(ctx: click.Context) -> Callable[[], None]:
    def close() -> None:
        if isinstance(ctx.obj, Steward):
            ctx.obj.close()

    return close


def steward(ctx: click.Context) -> Steward:
    """This process's Steward, built once from the environment."""
    root = ctx.find_root()
    if not isinstance(root.obj, Steward):
        root.obj = Steward(config.load())
    return root.obj


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")(command)


def fail(what: str, todo: str) -> None:
    console = rich.console.Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[bold red]✗[/] {rich.markup.escape(what)}")
    if todo:
        console.print(f"  {rich.markup.escape(todo)}")


def out() -> rich.console.Console:
    return rich.console.Console(highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def print_table(title: str, columns: Mapping[str, str], rows: list[tuple[Any, ...]]) -> None:
    """`columns`: heading → justification (`left` or `right`)."""
    table = rich.table.Table(title=title, title_justify="left", title_style="bold", box=rich.box.SIMPLE_HEAD)
    for heading, justify in columns.items():
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(rich.markup.escape(str(cell)) for cell in row))
    out().print(table)


class Bars:
    """Progress as bars on a terminal, as plain lines where nobody watches (cron, CI)."""

    def __init__(self, quiet: bool = False) -> None:
        self._live = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self._console = rich.console.Console(stderr=True, highlight=False, soft_wrap=True)
        self._progress = rich.progress.Progress(
            rich.progress.SpinnerColumn(),
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(),
            rich.progress.MofNCompleteColumn(),
            rich.progress.TimeElapsedColumn(),
            rich.progress.TimeRemainingColumn(),
            console=self._console,
            disable=not self._live,
        )
        self._task: rich.progress.TaskID | None = None

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        if self._task is not None:
            task = self._progress.tasks[-1]
            self._progress.update(self._task, completed=task.total or 1, total=task.total or 1)
        self._task = self._progress.add_task(name, total=total)
        if not self._live and not self._quiet:
            self._console.print(f"… {name}")

    def advance(self, done: int) -> None:
        if self._task is not None:
            self._progress.update(self._task, completed=done)

    def say(self, text: str) -> None:
        if not self._quiet:
            self._console.print(f"  {rich.markup.escape(text)}")
