"""Which profiles of a run are to be written: those the org does not hold yet, by content hash, in bounded memory."""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

import contextlib
import datetime as dt
import pathlib
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from steward.bootstrap import Steward
from steward.night import scored
from steward.salesforce import canonical
from steward.salesforce.contract import PROFILE
from steward.state import packed
from steward.state.store import EXPIRES, STANDS

_VERDICT = f"""
CASE WHEN mark = '{STANDS}' THEN 'kept' WHEN held.content_hash IS DISTINCT FROM p.content_hash THEN 'changed'
WHEN mark = '{EXPIRES}' THEN 'renewed' ELSE 'unchanged' END
"""
_EXPECTED = f"CASE WHEN mark = '{STANDS}' THEN held.content_hash ELSE p.content_hash END"
_WRITTEN = "('changed', 'renewed')"
_SAID = [one.name for one in PROFILE.hashed if one.name not in scored.REFERENCES]


@dataclass(frozen=True)
class Changes:
    """What a run has to write, looked up in its parts when asked for.

    `renewed` are unchanged ones close to expiry. `kept` are profiles that stand as they are: a real-time answer lasts
    still, or knows more than this run's snapshot.
    """

    db: duckdb.DuckDBPyConnection
    concluded: pathlib.Path
    changed: int
    renewed: int
    unchanged: int
    kept: int

    @property
    def writing(self) -> int:
        return self.changed + self.renewed

    def tables(self, stamps: Mapping[str, Any], only: Collection[str] | None = None) -> Iterator[pa.Table]:
        """Rows to write in the gateway's form, a table a part."""
        said = {one.name: canonical.render(one, stamps[one.name]) for one in PROFILE.fields if one.name in stamps}
        for part, places in self._places(only):
            yield _as_sent(_rows(self.concluded / scored.PROFILES / part, places), said)

    def _places(self, only: Collection[str] | None) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Parts, and where in each of them rows to write are: few in one that was taken over, often none."""
        chosen, some = f"FROM verdicts WHERE verdict IN {_WRITTEN}", {}
        if only is not None:
            chosen, some = f"{chosen} AND contact_id IN (SELECT unnest($only))", {"only": sorted(only)}
        parts = self.db.cursor().execute(f"SELECT DISTINCT part {chosen} ORDER BY part", some).fetchall()
        for (part,) in parts:
            query = f"SELECT place {chosen} AND part = $part ORDER BY place"
            found = self.db.cursor().sql(query, params={**some, "part": part}).to_arrow_table()
            yield part, found["place"].to_numpy()

    def rows(self, stamps: Mapping[str, Any], only: Collection[str]) -> list[dict[str, Any]]:
        """A few of them as dicts."""
        return [row for table in self.tables(stamps, only) for row in table.to_pylist()] if only else []

    def writes(self, donors: Collection[str]) -> set[str]:
        """Those of `donors` whose row is to be written."""
        query = f"FROM verdicts WHERE verdict IN {_WRITTEN} AND contact_id IN (SELECT unnest($donors::VARCHAR[]))"
        found = self.db.cursor().execute(f"SELECT contact_id {query}", {"donors": sorted(donors)})
        return {donor for (donor,) in found.fetchall()}

    def hashes(self, without: Collection[str]) -> Iterator[list[tuple[str, str]]]:
        """Donors and content hashes of the rows to write, but not of those `without`, many at a time."""
        gone = "ANTI JOIN (SELECT unnest($without::VARCHAR[]) AS contact_id) USING (contact_id)"
        query = f"SELECT contact_id, content_hash FROM verdicts {gone} WHERE verdict IN {_WRITTEN}"
        found = self.db.cursor().execute(query, {"without": sorted(without)})
        while some := found.fetchmany(packed.ROWS):
            yield some

    def expected(self, without: Collection[str] = ()) -> pa.Table:
        """Donor and content hash, of all the run concluded: what the org should hold once the changes are written."""
        gone = "ANTI JOIN (SELECT unnest($without::VARCHAR[]) AS contact_id) USING (contact_id)"
        query = f"SELECT contact_id, content_hash FROM verdicts {gone}"
        return self.db.cursor().sql(query, params={"without": sorted(without)}).to_arrow_table()


@contextlib.contextmanager
def changes(steward: Steward, concluded: pathlib.Path, now: dt.datetime, known_until: dt.datetime) -> Iterator[Changes]:
    """Rows whose content differs from what the org last accepted, or that expire soon, unless a newer answer stands."""
    with tempfile.TemporaryDirectory(prefix="steward-changes-") as spill, duckdb.connect(config={
        "memory_limit": steward.settings.memory_limit, "threads": steward.settings.threads, "temp_directory": spill,
    }) as db:  # fmt: skip
        db.register("held", _held(steward, now, known_until))
        columns = f"contact_id, {scored.HASH}, parse_filename(filename) AS part, file_row_number AS place"
        rows = scored.rows(concluded, columns)
        db.execute(
            f"CREATE TABLE verdicts AS SELECT contact_id, part, place, {_EXPECTED} AS content_hash, {_VERDICT} AS verdict "
            f"FROM {rows} AS p LEFT JOIN held ON contact_id = donor_key"
        )
        db.unregister("held")
        counted = dict(db.execute("SELECT verdict, count(*) FROM verdicts GROUP BY verdict").fetchall())
        found = (counted.get(verdict, 0) for verdict in ("changed", "renewed", "unchanged", "kept"))
        yield Changes(db, concluded, *found)


def _held(steward: Steward, now: dt.datetime, known_until: dt.datetime) -> pa.Table:
    """What the org holds, as far as we know: whether it comes first, and whether it is about to expire."""
    soon = now + dt.timedelta(days=steward.settings.renew_before_days)
    schema = pa.schema([(name, pa.string()) for name in ("donor_key", "content_hash", "mark")])
    portions = steward.state.standing(now, known_until, soon)
    return pa.Table.from_batches([pa.record_batch(columns, schema=schema) for columns in portions], schema)


def _rows(part: pathlib.Path, places: NDArray[np.int64]) -> pa.Table:
    """Rows of a part at ascending places; texts by their distinct values, also where the part has them row by row."""
    return _at(places, pq.ParquetFile(part, read_dictionary=_SAID).read(use_threads=False))


def _at(places: NDArray[np.int64], rows: pa.Table) -> pa.Table:
    """The rows at ascending places, not copied where none between them is left out."""
    if places[-1] - places[0] < len(places):
        return rows.slice(places[0], len(places))
    return rows.take(pa.array(places))


def _as_sent(rows: pa.Table, said: Mapping[str, str]) -> pa.Table:
    """Rows of a part with the contract's references, and with what is `said` of them all."""
    donor, unit = rows["contact_id"], rows["unit_id"]
    home = pc.if_else(pc.not_equal(unit, donor), unit, None)  # as in scored.REFERENCES
    more = {"Donor_Id__c": donor, "Contact__c": donor, "Giving_Unit__c": home, "Content_Hash__c": rows[scored.HASH]}
    more |= {name: pa.repeat(pa.scalar(text or None, pa.string()), len(rows)) for name, text in said.items()}
    made = rows.drop_columns(["contact_id", "unit_id", scored.HASH])
    for name, column in more.items():
        made = made.append_column(name, column)
    return made
