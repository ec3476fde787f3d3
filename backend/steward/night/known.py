"""What a run knows of giving units and their people before it answers, in three tables: facts, people, and totals that are
not NPSP's. On an ordinary night few are looked at; what is known of all others is what the run before knew.
"""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import duckdb
import ibis
import ibis.expr.types as ir

from steward import facts
from steward.bootstrap import Steward
from steward.config import Settings
from steward.donors import Ledger
from steward.models.frames import in_floats
from steward.night import layers, rollups, scored
from steward.night.earlier import DATED, this_month
from steward.night.narrowing import Few

ONCE = ("installments",)  # of the ledger: facts sum them up in one pass, which costs less than to hold them


def write(
    steward: Steward, folder: pathlib.Path, ledger: Ledger, tables: Mapping[str, ir.Table], as_of: dt.date
) -> None:
    """The tables of everybody, in `folder`."""
    with steward.runner.keeping() as keep:
        for name, found in _found(ledger, tables, as_of, keep).items():
            steward.runner.write(found, folder / name, layers.ROWS)


def write_asked(
    steward: Steward, folder: pathlib.Path, ledger: Ledger, tables: Mapping[str, ir.Table], as_of: dt.date,
    donors: Sequence[str],
) -> None:  # fmt: skip
    """Facts and people of these donors and their giving units only."""
    asked = ledger.members.filter(ledger.members.contact_id.isin(sorted(donors)))
    with steward.runner.keeping() as keep:
        found = _found(ledger, tables, as_of, keep)
        for name in (scored.FEATURES, scored.PEOPLE):
            theirs = found[name].semi_join(asked, "unit_id")
            steward.runner.write(theirs, folder / name, layers.ROWS)


def write_few(
    steward: Steward, folder: pathlib.Path, ledger: Ledger, tables: Mapping[str, ir.Table], as_of: dt.date,
    few: Few,
) -> None:  # fmt: skip
    """The tables of everybody, where ledger and tables are of these few only."""
    with ThreadPoolExecutor(1) as beside, steward.runner.keeping() as keep:
        numbers = beside.submit(_take_over, steward.settings, folder, few)
        for name, found in _found(ledger, tables, as_of, keep).items():
            theirs = found.semi_join(tables["units"], "unit_id")
            steward.runner.write(theirs, few.folder / name, layers.ROWS)
    for name, number in numbers.result().items():
        layers.add(folder / name, number, few.folder / name)


def _take_over(settings: Settings, folder: pathlib.Path, few: Few) -> dict[str, int]:
    """What is known of all others, in `folder`; the number of the first part to add to each table."""
    config = {"threads": settings.threads, "memory_limit": settings.memory_limit, "temp_directory": str(folder)}
    with duckdb.connect(config=config) as db:  # type: ignore[arg-type]
        units = f"read_parquet('{few.units}')"
        return {
            name: layers.take_over(db, few.before / name, folder / name, units)
            for name in (scored.FEATURES, scored.PEOPLE, scored.ROLLUPS)
        }


def compared(steward: Steward, folder: pathlib.Path, tables: Mapping[str, ir.Table]) -> rollups.Comparison:
    """Our totals beside NPSP's; `tables` of everybody."""
    steward.engine.raw_sql(f"CREATE OR REPLACE TEMP VIEW differing AS FROM {layers.rows(folder / scored.ROLLUPS)}")
    return rollups.compare(steward.engine.table("differing"), tables)


def _found(
    ledger: Ledger, tables: Mapping[str, ir.Table], as_of: dt.date, keep: Callable[[ir.Table], ir.Table]
) -> dict[str, ir.Table]:
    return {
        scored.FEATURES: in_floats(facts.facts(ledger, tables["gaus"], as_of, keep)),
        scored.PEOPLE: _people(ledger, tables, as_of),
        scored.ROLLUPS: rollups.differing(tables, ledger),
    }


def _people(ledger: Ledger, tables: Mapping[str, ir.Table], as_of: dt.date) -> ir.Table:
    """Members with the trend of earlier months and the question it is about: this month's point is about to be replaced."""
    held = tables["profiles"]
    before = held.trend.re_replace(this_month(as_of), "").nullif("")
    question = held.model_version.re_replace(DATED, "")
    held = held.select("contact_id", trend=before, held_model=ibis.ifelse(before.notnull(), question, None))
    return ledger.members.left_join(held, "contact_id").drop("contact_id_right")
