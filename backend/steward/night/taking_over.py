"""Which units a run has to answer: those of which something is not as in an earlier run. The rows of all others stay as they are.

They are not copied: a part of the earlier run is linked into this one's folder, and a list names the rows in it that
are no longer so (see scored.py).
"""

# ruff: noqa: S608  paths are our own

from __future__ import annotations

import datetime as dt
import os
import pathlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from steward.config import Settings
from steward.night import scored


@dataclass(frozen=True)
class Earlier:
    """A run on whose basis this one rests too. A card that expires after the first of these days and up to the second is
    counted in days, so its unit is answered anew."""

    folder: pathlib.Path
    cards: tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Slice:
    """Units from `first` up to `end`, or to the last one."""

    first: str = ""
    end: str | None = None

    def of(self, path: pathlib.Path) -> str:
        end = f" AND unit_id < '{self.end}'" if self.end else ""
        return f"SELECT * FROM read_parquet('{path}') WHERE unit_id >= '{self.first}'{end}"


def slices(path: pathlib.Path, units: int) -> Iterator[Slice]:
    """The units of a file in so many at a time, in their order."""
    numbered = f"SELECT unit_id, row_number() OVER (ORDER BY unit_id) - 1 AS place FROM read_parquet('{path}')"
    starts = duckdb.execute(f"SELECT unit_id FROM ({numbered}) WHERE place % {units} = 0 ORDER BY place").fetchall()
    firsts = ["", *(first for (first,) in starts[1:])]
    for first, end in zip(firsts, [*firsts[1:], None], strict=True):
        yield Slice(first, end)


def weigh(settings: Settings, folder: pathlib.Path, earlier: Earlier | None, units: int) -> tuple[int, int]:
    """Writes which units are to be answered and which rows of the earlier run are no longer so; how many units there are,
    and how many are to be answered. Facts are compared by so many `units` at a time."""
    config = {"threads": settings.threads, "memory_limit": settings.memory_limit, "temp_directory": str(folder)}
    with duckdb.connect(config=config) as db:  # type: ignore[arg-type]
        db.execute("CREATE TABLE same (unit_id VARCHAR)")
        if earlier is not None:
            for some in slices(folder / scored.FEATURES, units):
                db.execute(f"INSERT INTO same {_same(folder, earlier, some)}")
            db.execute(f"COPY ({_stale(earlier.folder)}) TO '{folder / scored.STALE}' (FORMAT parquet)")
        people = f"SELECT DISTINCT unit_id FROM read_parquet('{folder / scored.PEOPLE}')"
        anew = f"FROM ({people}) ANTI JOIN same USING (unit_id) ORDER BY unit_id"
        db.execute(f"COPY ({anew}) TO '{folder / scored.ANEW}' (FORMAT parquet)")
        counted = (f"SELECT count(*) FROM read_parquet('{folder / name}')" for name in (scored.FEATURES, scored.ANEW))
        every, to_answer = (db.execute(query).fetchall()[0][0] for query in counted)
        return every, to_answer


def _same(folder: pathlib.Path, earlier: Earlier, some: Slice) -> str:
    """Units with the facts and the people that they had, and with rows; but none whose card's days are counted."""
    facts, people = (f"({some.of(folder / name)})" for name in (scored.FEATURES, scored.PEOPLE))
    old_facts, old_people = (f"({some.of(earlier.folder / name)})" for name in (scored.FEATURES, scored.PEOPLE))
    after, until = earlier.cards
    other = (
        f"SELECT unit_id FROM (FROM {facts} EXCEPT FROM {old_facts}) "
        f"UNION ALL SELECT unit_id FROM {old_facts} ANTI JOIN {facts} USING (unit_id) "
        f"UNION ALL SELECT unit_id FROM (FROM {people} EXCEPT FROM {old_people}) "
        f"UNION ALL SELECT unit_id FROM (FROM {old_people} EXCEPT FROM {people}) "
        f"UNION ALL SELECT unit_id FROM {facts} WHERE card_expires_on > DATE '{after}' AND card_expires_on <= DATE '{until}'"
    )
    end = f" AND unit_id < '{some.end}'" if some.end else ""
    held = f"SELECT unit_id FROM {scored.rows(earlier.folder)} WHERE unit_id >= '{some.first}'{end}"
    return (
        f"SELECT DISTINCT unit_id FROM ({held}) SEMI JOIN {people} USING (unit_id) ANTI JOIN ({other}) USING (unit_id)"
    )


def _stale(earlier: pathlib.Path) -> str:
    """Rows of the earlier run whose units are answered anew or gone, and those that were not so even then."""
    then = scored.rows(earlier, "contact_id, unit_id, parse_filename(filename) AS part")
    now = f"SELECT part, contact_id FROM {then} ANTI JOIN same USING (unit_id)"
    before = earlier / scored.STALE
    return f"{now} UNION ALL FROM read_parquet('{before}')" if before.exists() else now


def link(folder: pathlib.Path, earlier: Earlier) -> int:
    """The earlier run's parts under their own names; the number of the first that this run may make itself."""
    parts = scored.parts(earlier.folder)
    for path in parts:
        _link(path, folder / scored.PROFILES / path.name)
    return 1 + max((scored.number_of(path) for path in parts), default=-1)


def _link(source: pathlib.Path, target: pathlib.Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # storage that knows no second name for a file
        shutil.copyfile(source, target)
