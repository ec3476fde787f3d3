"""The command group, what every command shares, and the one place where an error becomes words and an exit code."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click
import rich.console
import rich.progress
import rich.table

from steward import __version__, config
from steward.errors import StewardError

if TYPE_CHECKING:
    from steward.bootstrap import Steward


# Every command, in the order in which a newcomer needs them: its module, and its line in `steward --help`. A module is
# imported only when one of its commands is called: `--help` and mistakes answer at once.
COMMANDS = {
    "init": ("setup", "Make Steward's home: folder, key, settings, policy, state."),
    "settings": ("setup", "Every setting, its value and what it is for."),
    "doctor": ("setup", "May Steward work in this org? Says exactly what to grant."),
    "extract": ("runs", "Read the org into a snapshot."),
    "train": ("models", "Train every outcome; publish model or rule, whichever is better."),
    "evaluate": ("evaluate", "How the models did on later time, beside rules; or any table."),
    "models": ("models", "Stored model versions: list, show, try out, promote, roll back."),
    "score": ("runs", "Score the newest snapshot, without writing to the org."),
    "publish": ("runs", "Write the last scored run's changed rows, and prove them."),
    "run": ("runs", "Everything: read, score, write, prove. For every night."),
    "explain": ("donors", "Why does a donor have these scores?"),
    "status": ("runs", "Did last night go well?"),
    "rollups": ("runs", "Do our totals agree with NPSP's roll-ups, and if not, why?"),
    "dead-letters": ("runs", "Rows that the org refused for good."),
    "replay": ("runs", "Try dead letters again."),
    "serve": ("service", "Events and scores by HTTP."),
    "worker": ("service", "Score donors again after events."),
    "jobs": ("service", "Who waits to be scored after an event."),
    "clients": ("service", "Who may call the service, and their secrets."),
    "import-gifts": ("data", "Bring a gift history (CSV) into the org."),
    "contract": ("data", "Every field read or written, and why."),
}


class App(click.Group):
    """Shows Steward's errors as two sentences, what happened and what to do, and exits with the error's own code."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in COMMANDS and name not in self.commands:
            importlib.import_module(f"steward.cli.{COMMANDS[name][0]}")
        return self.commands.get(name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except StewardError as error:
            fail(error.what, error.todo)
            ctx.exit(error.exit_code)
        except OSError as error:
            fail(f"The machine refused: {error}.", "Check disk space and permissions.")
            ctx.exit(3)
        except (click.exceptions.ClickException, click.exceptions.Exit, click.exceptions.Abort):
            raise
        except Exception:
            path = _keep_details()
            fail(
                "Something unexpected happened; nothing is lost.",
                f"Run the command again. Details for a report: {path}",
            )
            ctx.exit(1)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)


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
        if ctx.obj is not None:
            ctx.obj.close()

    return close


def steward(ctx: click.Context) -> Steward:
    """This process's Steward, built once from the environment."""
    from steward.bootstrap import Steward

    root = ctx.find_root()
    if root.obj is None:
        root.obj = Steward(config.load())
    built: Steward = root.obj
    return built


def _keep_details() -> str:
    """The traceback, in a file of its owner only: it can hold values of the moment."""
    descriptor, path = tempfile.mkstemp(prefix="steward-error-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        traceback.print_exc(file=file)
    return path


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
    wide = rich.console.Console(highlight=False, width=max(shutil.get_terminal_size().columns, 110))
    wide.print(table)  # ids and versions are copied by people: better a line that runs over than one that is cut


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
