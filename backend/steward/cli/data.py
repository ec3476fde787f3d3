"""Commands about data: bring a gift history into an org, and what Steward reads and writes there."""

from __future__ import annotations

import pathlib
from decimal import Decimal
from typing import Literal

import click

from steward import config
from steward.bootstrap import connection, utc_now
from steward.cli.app import Bars, json_option, main, out, print_json
from steward.errors import InputError, RowErrors
from steward.imports import columns as choosing
from steward.imports import values
from steward.imports.columns import Columns
from steward.imports.gifts import Summary, rejected_beside
from steward.imports.gifts import import_gifts as bring_in
from steward.imports.org import OrgUploader
from steward.imports.plan import LARGEST, LARGEST_USUAL, Options
from steward.imports.reading import PLAIN, GiftFile
from steward.salesforce import contract
from steward.salesforce.client import Gateway


@main.command("import-gifts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="WHAT=COLUMN",
    help="donor, date, amount, campaign or gift; guessed if left out.",
)
@click.option(
    "--source",
    help="Short name of where the gifts come from, the same each time: it is part of every record's key.",
)
@click.option("--date-format", help="Such as %Y-%m-%d or %d/%m/%Y; found out from the file if left out.")
@click.option("--decimal-mark", type=click.Choice([".", ","]), help="Before the cents; found out if left out.")
@click.option(
    "--largest",
    type=click.IntRange(1, int(LARGEST)),
    default=int(LARGEST_USUAL),
    show_default=True,
    help="Larger amounts are taken for mistakes.",
)
@click.option(
    "--anonymous",
    type=click.Choice(["skip", "account"]),
    default="skip",
    show_default=True,
    help="Gifts without a donor.",
)
@click.option("--encoding", help="Such as utf-8 or cp1252; found out from the file if left out.")
@click.option(
    "--rejected", type=click.Path(dir_okay=False, path_type=pathlib.Path), help="Where refused rows go, with reasons."
)
@click.option("--again", is_flag=True, help="Also write what the org already holds.")
@click.option("--dry-run", is_flag=True, help="Read and check everything; write nothing.")
@click.option(
    "--login",
    type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path),
    help="Env file of a user who may create gifts.",
)
@json_option
def import_gifts(
    file: pathlib.Path, mapped: tuple[str, ...], source: str | None, date_format: str | None,
    decimal_mark: values.DecimalMark | None, largest: int, anonymous: Literal["skip", "account"], encoding: str | None,
    rejected: pathlib.Path | None, again: bool, dry_run: bool, login: pathlib.Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Bring a gift history (CSV, gzip welcome) into the org as households, contacts, campaigns and gifts.

    Safe to repeat: rows are found again by their key. Rows that cannot be used go to a file with the reason beside each.
    The nightly integration user may not create gifts: give another user's settings by --login.
    """
    gifts = GiftFile(file, encoding)
    chosen = choosing.choose(gifts.header(), dict(_pair(text) for text in mapped))
    form = date_format or values.date_format(gifts.sample(chosen.date))
    options = Options(
        source=source or _source(file, dry_run),
        dates=values.DateReader(form, utc_now().date()),
        anonymous=anonymous,
        decimal_mark=decimal_mark or values.decimal_mark(gifts.sample(chosen.amount)),
        largest=Decimal(largest),
    )
    refused = rejected or rejected_beside(file)
    if not as_json:
        out().print(_understood(gifts, chosen, options), markup=False)
    with Bars(as_json) as bars:
        if dry_run:
            summary = bring_in(gifts, chosen, options, None, refused)
        else:
            settings = config.load_with(login) if login else config.load()
            with Gateway(connection(settings)) as gateway:
                uploader = OrgUploader(gateway)
                uploader.check()
                bars.stage("Importing gifts")
                summary = bring_in(
                    gifts,
                    chosen,
                    options,
                    uploader,
                    refused,
                    again=again,
                    progress=lambda _name, done: bars.advance(done),
                )
    _report(summary, refused, as_json)


def _understood(gifts: GiftFile, columns: Columns, options: Options) -> str:
    """How the file is read, for the person to confirm."""
    cents = f" Cents after {options.decimal_mark!r}." if options.decimal_mark != "." else ""
    letters = f" Letters: {gifts.encoding}." if gifts.encoding != PLAIN else ""
    return f"Columns: {columns.shown()}. Dates: {values.shown(options.dates.format)}.{cents}{letters}"


def _report(summary: Summary, refused: pathlib.Path, as_json: bool) -> None:
    if as_json:
        print_json(summary.as_dict())
    else:
        for line in summary.lines():
            out().print(line, markup=False)
        if summary.has_rejected_rows:
            out().print(f"Rejected rows with their reasons: {refused}", markup=False)
    if summary.rows and not summary.gifts:
        why = max(summary.reasons, key=summary.reasons.__getitem__, default="no donor is named")
        raise InputError(
            f"None of the {summary.rows:,} rows can be used; the commonest reason: {why}.",
            "Name other columns with --map, or see --date-format, --decimal-mark, --encoding and --anonymous.",
        )
    if summary.refused:
        raise RowErrors(
            f"The org refused {summary.refused:,} rows; the first reason: {summary.refusal}",
            "Mend the cause and import the same file again: only what is missing is written.",
        )


def _pair(text: str) -> tuple[str, str]:
    what, equals, column = text.partition("=")
    if not equals:
        raise InputError(f"--map {text} has no =.", "Write for example --map donor=supporter_id.")
    return what.strip(), column.strip()


def _source(file: pathlib.Path, dry_run: bool) -> str:
    """A name from the file's serves a dry run; in keys that stay it would bring all in again when the file is renamed."""
    if not dry_run:
        raise InputError(
            "The gifts need the name of their source: by it they are found again, also in a file of another name.",
            f"Say for example --source {_plain(file)}, and the same again for later files from there.",
        )
    return _plain(file)


def _plain(file: pathlib.Path) -> str:
    stem = file.name.split(".")[0].lower()
    return (
        "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in stem)[:24].strip("-") or "gifts"
    )


@main.command("contract")
def show_contract() -> None:
    """Every object and field Steward reads or writes, and why (Markdown; the same as docs/data-contract.md)."""
    click.echo(contract.as_markdown(), nl=False)
