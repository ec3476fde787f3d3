"""Which units a run has to answer: those of which something is not as in an earlier run. The rows of all others stay as
they are, in the layers of the run before (layers.py).
"""

# ruff: noqa: S608  paths are our own

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from steward.config import Settings
from steward.night import anew, layers, scored
from steward.night.earlier import Earlier
from steward.night.narrowing import Few


@dataclass(frozen=True)
class Slice:
    """Units from `first` up to `end`, or to the last one."""

    first: str = ""
    end: str | None = None

    def of(self, path: pathlib.Path) -> str:
        end = f" AND unit_id < '{self.end}'" if self.end else ""
        return f"SELECT * FROM {layers.rows(path)} WHERE unit_id >= '{self.first}'{end}"


@dataclass(frozen=True)
class Weighed:
    """How many units there are, how many of them are to be answered, and the number of the first part of their answers."""

    units: int
    anew: int
    part: int


def slices(path: pathlib.Path, units: int) -> Iterator[Slice]:
    """The units of a file in so many at a time, in their order."""
    numbered = f"SELECT unit_id, row_number() OVER (ORDER BY unit_id) - 1 AS place FROM {layers.rows(path)}"
    starts = duckdb.execute(f"SELECT unit_id FROM ({numbered}) WHERE place % {units} = 0 ORDER BY place").fetchall()
    firsts = ["", *(first for (first,) in starts[1:])]
    for first, end in zip(firsts, [*firsts[1:], None], strict=True):
        yield Slice(first, end)


def weigh(settings: Settings, folder: pathlib.Path, earlier: Earlier | None, few: Few | None, units: int) -> Weighed:
    """Writes what is known of the units to be answered, and takes over the rows of the others. Facts are compared of so many
    `units` at a time, and only of a `few`, if there are any."""
    config = {"threads": settings.threads, "memory_limit": settings.memory_limit, "temp_directory": str(folder)}
    number = 0
    with duckdb.connect(config=config) as db:  # type: ignore[arg-type]
        answered = ""
        if earlier is not None:
            db.execute(f"CREATE TABLE other AS {_counted_in_days(folder, earlier)}")
            for some in slices(few.units if few else folder / scored.FEATURES, units):
                db.execute(f"INSERT INTO other {_differing(folder, earlier.folder, some, few)}")
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


def _differing(folder: pathlib.Path, earlier: pathlib.Path, some: Slice, few: Few | None) -> str:
    """Units with other facts than they had, or other people, or none of either before or now."""
    only = f"SEMI JOIN read_parquet('{few.units}') USING (unit_id)" if few else ""
    now = few.folder if few else folder
    (facts, then), (people, before) = (
        (f"({some.of(now / name)})", f"(FROM ({some.of(earlier / name)}) {only})")
        for name in (scored.FEATURES, scored.PEOPLE)
    )
    return (
        f"SELECT unit_id FROM {facts} AS new FULL JOIN {then} AS old USING (unit_id) WHERE new IS DISTINCT FROM old "
        f"UNION ALL SELECT unnest([new.unit_id, old.unit_id]) FROM {people} AS new FULL JOIN {before} AS old "
        "USING (contact_id) WHERE new IS DISTINCT FROM old"
    )
