"""Which units a run has to answer: those of which something is not as in an earlier run. The rows of all others stay as
they are, in the layers of the run before (layers.py).
"""

# ruff: noqa: S608  paths are our own

from __future__ import annotations

import pathlib
from dataclasses import dataclass

import duckdb

from steward.config import Settings
from steward.night import anew, layers, scored
from steward.night.earlier import Earlier
from steward.night.narrowing import Few


@dataclass(frozen=True)
class Weighed:
    """How many units there are, how many of them are to be answered, and the number of the first part of their answers."""

    units: int
    anew: int
    part: int


def weigh(settings: Settings, folder: pathlib.Path, earlier: Earlier | None, few: Few | None) -> Weighed:
    """Writes what is known of the units to be answered, and takes over the rows of the others. Only the facts of a `few`, if
    there are any, can be others than they were."""
    config = {"threads": settings.threads, "memory_limit": settings.memory_limit, "temp_directory": str(folder)}
    number = 0
    with duckdb.connect(config=config) as db:  # type: ignore[arg-type]
        answered = ""
        if earlier is not None:
            differing = (_differing(folder, earlier.folder, name, few) for name in (scored.FEATURES, scored.PEOPLE))
            db.execute(f"CREATE TABLE other AS {' UNION ALL '.join([_counted_in_days(folder, earlier), *differing])}")
            rows = folder / scored.PROFILES
            number = layers.take_over(db, earlier.folder / scored.PROFILES, rows, "other")
            answered = f"ANTI JOIN {layers.rows(rows)} USING (unit_id)"
        people = layers.rows(folder / scored.PEOPLE)
        db.execute(f"CREATE TABLE anew AS SELECT DISTINCT unit_id FROM {people} {answered}")
        every = db.execute(f"SELECT count(*) FROM {layers.rows(folder / scored.FEATURES)}").fetchall()[0][0]
        return Weighed(every, anew.write(db, folder), number)


def _counted_in_days(folder: pathlib.Path, earlier: Earlier) -> str:
    after, until = earlier.days[0], earlier.cards_until
    soon = f"card_expires_on > DATE '{after}' AND card_expires_on <= DATE '{until}'"
    return f"SELECT unit_id FROM {layers.rows(folder / scored.FEATURES)} WHERE {soon}"


def _differing(folder: pathlib.Path, earlier: pathlib.Path, name: str, few: Few | None) -> str:
    """Units of which a row of this table is another one than it was, or was none before or is none now.

    Rows are compared by 64 bits each: of a billion that changed, one is missed with a chance of one in twenty billion.
    """
    only = f"SEMI JOIN read_parquet('{few.units}') USING (unit_id)" if few else ""
    now, then = layers.rows((few.folder if few else folder) / name), f"(FROM {layers.rows(earlier / name)} {only})"
    new, old = (f"SELECT unit_id, hash(one) AS said FROM {rows} AS one" for rows in (now, then))
    return (
        f"SELECT unnest([new.unit_id, old.unit_id]) FROM ({new}) AS new FULL JOIN ({old}) AS old USING (unit_id, said) "
        "WHERE new.unit_id IS NULL OR old.unit_id IS NULL"
    )
