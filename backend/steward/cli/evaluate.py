"""`steward evaluate`: the evidence, for the models of this home or for any table with one row a donor."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
from typing import TYPE_CHECKING, Any

import click

from steward import pipeline, value
from steward.cli.app import Bars, json_option, main, out, print_json, steward
from steward.cli.models import KEYS, show
from steward.errors import InputError
from steward.models import report
from steward.outcomes import give_90_days

if TYPE_CHECKING:
    from steward.bootstrap import Steward
    from steward.evidence.appraisal import People
    from steward.tables.prepare import Roles


@main.command()
@click.option("--outcome", "keys", multiple=True, type=click.Choice(KEYS), help="Only this outcome; may be repeated.")
@click.option(
    "--table", type=click.Path(path_type=pathlib.Path), help="Instead: cross-validate on this CSV or Parquet file."
)
@click.option(
    "--test",
    "other",
    type=click.Path(path_type=pathlib.Path),
    help="Instead of cross-validation: learn from the whole --table and judge on this file.",
)
@click.option("--target", help="The table's column with the yes or no to predict.")
@click.option("--yes", help="The target's word or number that means yes, all others no; needed where it is not clear.")
@click.option("--amount", help="The table's column with the amount given; never an input.")
@click.option(
    "--cost",
    type=click.FloatRange(min=0),
    help="What one contact costs: of a table, adds the profit of contacting; in the report 1 unless given.",
)
@click.option("--weight", help="The table's column with each row's weight.")
@click.option(
    "--id",
    "unit",
    help="The table's column that names the donor or household: its rows stay together; of --groups-from: of Contact ids.",
)
@click.option("--drop", multiple=True, help="Columns that must not be used; separate by commas or repeat.")
@click.option("--keep", multiple=True, help="Columns to use although they look like the target in disguise.")
@click.option("--groups", multiple=True, help="Columns of groups to check for fairness; never inputs.")
@click.option(
    "--groups-from",
    "people",
    type=click.Path(path_type=pathlib.Path),
    help="Without --table: your own file of who is in which group, with Contact ids in the column Id (or --id).",
)
@click.option(
    "--report",
    "page",
    type=click.Path(path_type=pathlib.Path),
    help="Also write an HTML report to this file or folder.",
)
@click.option(
    "--ablate",
    is_flag=True,
    help="Instead: what each family of features adds, each left out in turn (minutes; give_90_days unless --outcome).",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="With --ablate: as if today were this date.")
@click.option("--threads", default=2, type=click.IntRange(1, 64), show_default=True, help="Folds of a table at a time.")
@click.option("--seed", default=7, show_default=True, help="Deals a table's rows into folds.")
@json_option
@click.pass_context
def evaluate(
    ctx: click.Context,
    keys: tuple[str, ...],
    table: pathlib.Path | None,
    other: pathlib.Path | None,
    target: str | None,
    yes: str | None,
    amount: str | None,
    cost: float | None,
    weight: str | None,
    unit: str | None,
    drop: tuple[str, ...],
    keep: tuple[str, ...],
    groups: tuple[str, ...],
    people: pathlib.Path | None,
    page: pathlib.Path | None,
    ablate: bool,
    as_of: dt.datetime | None,
    threads: int,
    seed: int,
    as_json: bool,
) -> None:
    """How the champions did on later time, beside a fundraiser's rules; or how well any table can be predicted.

    \b
    steward evaluate
    steward evaluate --ablate --outcome give_12_months
    steward evaluate --report evidence/ --cost 0.68 --groups-from people.csv --groups region,language
    steward evaluate --table donors.csv --target gave --amount amount --cost 0.68
    """
    lists = {"drop": drop, "keep": keep, "groups": groups}
    if table is not None:
        roles = dataclasses.replace(_roles(target, amount, cost, weight, unit), yes=yes)
        _evaluate_table(table, other, roles, lists, cost, page, threads=threads, seed=seed, as_json=as_json)
        return
    _refuse_of_tables(
        {"test": other, "target": target, "yes": yes, "amount": amount, "weight": weight, "drop": drop, "keep": keep}
    )
    wanted = _people(people, unit, groups, page)
    app = steward(ctx)
    if ablate:
        _ablate(app, [key for key in keys or (give_90_days.GIVE_90_DAYS.key,) if key != value.KEY], as_of, as_json)
        return
    champions = [app.registry.champion(key) for key in (keys or pipeline.ALL) if key != value.KEY]
    worth = pipeline.valuing(app) if value.KEY in (keys or pipeline.ALL) else None
    cards = [model.card for model in champions]
    if page is not None:
        from steward.evidence import appraisal
        from steward.reports import outcomes

        found = appraisal.appraise(app, champions, 1.0 if cost is None else cost, wanted)
        _write(page, outcomes.report(found, app.settings.currency_symbol), as_json)
    show(cards, worth.card if worth else None, as_json)


def _ablate(app: Steward, keys: list[str], as_of: dt.datetime | None, as_json: bool) -> None:
    with Bars(as_json) as bars, app.alone():
        found = pipeline.ablate(app, keys, pipeline.date_of(app, as_of), bars)
    if as_json:
        print_json([one.to_json() for one in found])
        return
    for one in found:
        out().print(report.ablation(one), markup=False)
    out().print("Notes are never read, so that they add nothing to any score.")


def _refuse_of_tables(asked: dict[str, Any]) -> None:
    if given := [name for name, one in asked.items() if one]:
        raise InputError(f"--{given[0]} speaks of a table's columns.", "Give the file with --table FILE.")


def _people(
    path: pathlib.Path | None, key: str | None, groups: tuple[str, ...], page: pathlib.Path | None
) -> People | None:
    """Which groups to check in the report, if any."""
    if path is None:
        if groups or key:
            raise InputError(
                f"--{'groups' if groups else 'id'} needs a file.",
                "Give --groups-from FILE with your own columns and Contact ids, or --table FILE.",
            )
        return None
    if not groups or page is None:
        raise InputError(
            f"--groups-from needs {'--groups' if not groups else '--report'}.",
            "Name the columns to check with --groups, and where the report goes with --report.",
        )
    from steward.evidence.appraisal import People

    named = tuple(part.strip() for one in groups for part in one.split(",") if part.strip())
    return People(path, key or "Id", named)


def _roles(target: str | None, amount: str | None, cost: float | None, weight: str | None, unit: str | None) -> Roles:
    from steward.tables.prepare import Roles

    if target is None:
        raise InputError("--table needs --target.", "Name the column with the yes or no to predict.")
    if cost is not None and amount is None:
        raise InputError("--cost needs --amount.", "Name the column with what each donor gave.")
    return Roles(target, amount, weight, unit)


def _evaluate_table(
    path: pathlib.Path,
    other: pathlib.Path | None,
    roles: Roles,
    lists: dict[str, tuple[str, ...]],
    cost: float | None,
    page: pathlib.Path | None,
    *,
    threads: int,
    seed: int,
    as_json: bool,
) -> None:
    from steward.tables import evaluation, held, prepare, reading, words

    with Bars(as_json) as bars:
        bars.stage("Reading the file" if other is None else "Reading the files")
        frame, later = reading.read(path), None
        if other is not None:
            frame, later = held.joined(frame, reading.read(other))
        roles = dataclasses.replace(roles, **{role: _names(given, frame.columns) for role, given in lists.items()})  # type: ignore[arg-type]
        bars.stage("Looking at the columns")
        columns = prepare.prepare(frame, roles, later)
        del frame  # as large again as what is learnt from
        found = evaluation.judge(
            columns, roles, cost=cost, seed=seed, threads=threads, stage=bars.stage, advance=bars.advance
        )
    if page is not None:
        from steward.reports import table

        _write(page, table.report(found), as_json)
    if as_json:
        print_json(found)
    else:
        out().print(words.text(found), markup=False)


def _write(page: pathlib.Path, content: str, quiet: bool) -> None:
    """To the file, or to evaluation.html in the folder, by another name first."""
    path = page if page.suffix.lower() in (".html", ".htm") else page / "evaluation.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.writing")
    half.write_text(content, encoding="utf-8")
    half.replace(path)
    if not quiet:
        out().print(f"Report: {path}")


def _names(given: tuple[str, ...], columns: Any) -> tuple[str, ...]:
    """Names may hold commas: what is a column as it stands is one name."""
    return tuple(
        name
        for one in given
        for name in ([one] if one in columns else [part.strip() for part in one.split(",") if part.strip()])
    )
