"""Which units a run has to answer: those of which something is not as in an earlier run. The rows of all others stay as they are.

They are not copied: a part of the earlier run is linked into this one's folder, and a list names the rows in it that
are no longer so (see scored.py).
"""

# ruff: noqa: S608  paths are our own

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow.parquet as pq

from steward.config import Settings
from steward.night import scored
from steward.night.earlier import Earlier
from steward.night.narrowing import Few
from steward.salesforce.parts import link_file

_MEMORY = "512MB"  # to write one part anew


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


def weigh(
    settings: Settings, folder: pathlib.Path, earlier: Earlier | None, few: Few | None, units: int
) -> tuple[int, int]:
    """Writes which units are to be answered and which rows of the earlier run are no longer so; how many units there are,
    and how many are to be answered. Facts are compared of so many `units` at a time, and only of a `few`, if there are any."""
    config = {"threads": settings.threads, "memory_limit": settings.memory_limit, "temp_directory": str(folder)}
    with duckdb.connect(config=config) as db:  # type: ignore[arg-type]
        db.execute("CREATE TABLE same (unit_id VARCHAR)")
        if earlier is not None:
            db.execute(f"CREATE TABLE answered AS SELECT DISTINCT unit_id FROM {scored.rows(earlier.folder)}")
            db.execute("CREATE TABLE other (unit_id VARCHAR)")
            db.execute(f"INSERT INTO other {_counted_in_days(folder, earlier)}")
            for some in slices(few.units if few else folder / scored.FEATURES, units):
                db.execute(f"INSERT INTO other {_differing(folder, earlier.folder, some, few)}")
            db.execute("INSERT INTO same FROM answered ANTI JOIN other USING (unit_id)")
            db.execute(f"COPY ({_stale(earlier.folder)}) TO '{folder / scored.STALE}' (FORMAT parquet)")
        people = f"SELECT DISTINCT unit_id FROM read_parquet('{folder / scored.PEOPLE}')"
        anew = f"FROM ({people}) ANTI JOIN same USING (unit_id) ORDER BY unit_id"
        db.execute(f"COPY ({anew}) TO '{folder / scored.ANEW}' (FORMAT parquet)")
        counted = (f"SELECT count(*) FROM read_parquet('{folder / name}')" for name in (scored.FEATURES, scored.ANEW))
        every, to_answer = (db.execute(query).fetchall()[0][0] for query in counted)
        return every, to_answer


def _counted_in_days(folder: pathlib.Path, earlier: Earlier) -> str:
    after, until = earlier.days[0], earlier.cards_until
    soon = f"card_expires_on > DATE '{after}' AND card_expires_on <= DATE '{until}'"
    return f"SELECT unit_id FROM read_parquet('{folder / scored.FEATURES}') WHERE {soon}"


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


def _stale(earlier: pathlib.Path) -> str:
    """Rows of the earlier run whose units are answered anew or gone, and those that were not so even then."""
    then = scored.rows(earlier, "contact_id, unit_id, parse_filename(filename) AS part")
    now = f"SELECT part, contact_id FROM {then} ANTI JOIN same USING (unit_id)"
    before = earlier / scored.STALE
    return f"{now} UNION ALL FROM read_parquet('{before}')" if before.exists() else now


def link(folder: pathlib.Path, earlier: Earlier) -> int:
    """The earlier run's parts under their own names; the number of the first that this run may make itself."""
    parts = scored.parts(earlier.folder)
    renewed = _renewed(folder, parts)
    for path in parts:
        if path not in renewed:
            link_file(path, folder / scored.PROFILES / path.name)
    return 1 + max((scored.number_of(path) for path in parts), default=-1)


def _renewed(folder: pathlib.Path, parts: Sequence[pathlib.Path]) -> list[pathlib.Path]:
    """Those of the parts of which more than half is stale: they are written without it, so that parts never hold twice what
    is so, however many nights have added theirs."""
    stale = folder / scored.STALE
    if not stale.exists():
        return []
    with duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY, "temp_directory": str(folder)}) as db:
        gone = dict(db.execute(f"SELECT part, count(*) FROM read_parquet('{stale}') GROUP BY part").fetchall())
        renewed = [path for path in parts if 2 * gone.get(path.name, 0) > pq.read_metadata(path).num_rows]
        for path in renewed:
            theirs = f"FROM read_parquet('{stale}') WHERE part = '{path.name}'"
            still = f"FROM read_parquet('{path}') ANTI JOIN ({theirs}) USING (contact_id) ORDER BY unit_id, contact_id"
            _write(db, still, folder / scored.PROFILES / path.name)
        if renewed:
            names = ", ".join(f"'{path.name}'" for path in renewed)
            _write(db, f"FROM read_parquet('{stale}') WHERE part NOT IN ({names})", stale)
    return renewed


def _write(db: duckdb.DuckDBPyConnection, query: str, path: pathlib.Path) -> None:
    """Whole or not at all: what a killed run leaves is read by the next one."""
    half = path.with_name(f".{path.name}")
    db.execute(f"COPY ({query}) TO '{half}' ({scored.PARQUET})")
    half.replace(path)
