"""What one run concluded, on disk: a row a Contact and the features behind it, so that any answer can be traced later.

Its tables lie in layers (layers.py): most rows of an ordinary night are those of the run before.
"""

# ruff: noqa: S608  names in the SQL come from the contract

from __future__ import annotations

import contextlib
import json
import pathlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steward.errors import StateError
from steward.night import layers
from steward.profile_fields import Column
from steward.salesforce import canonical
from steward.salesforce.contract import PROFILE
from steward.shared import Shared

if TYPE_CHECKING:
    import pandas as pd

# A row a Contact; a row a unit; a row a Contact; a row a unit whose totals are not NPSP's; what the answers rest on.
PROFILES, FEATURES, PEOPLE = "profiles", "features.parquet", "people.parquet"
ROLLUPS, BASIS = "rollups.parquet", "basis.json"
ANEW = "anew"  # the folder of what is known of those to answer: FEATURES and PEOPLE, batch by batch
HASH = "content_hash"
KEEP_RUNS = 30
# The contract's references as SQL over a part's columns: a Contact without an Account is a unit of its own.
REFERENCES = {
    "Donor_Id__c": "contact_id", "Contact__c": "contact_id",
    "Giving_Unit__c": "CASE WHEN unit_id <> contact_id THEN unit_id END",
}  # fmt: skip
_OWN = {"contact_id", HASH}  # of each row
_CARDS = 1 << 28  # bytes of a part's distinct cards, beyond which they would be kept row by row
_TYPES = {"boolean": pa.bool_(), "currency": pa.float64()}


@dataclass(frozen=True)
class Scored:
    """`rows`: profile fields a Contact, keyed by pseudonyms; `features`: one row a giving unit."""

    run_id: str
    rows: list[dict[str, Any]]
    features: pd.DataFrame


def table(columns: Mapping[str, Sequence[Any] | Column]) -> pa.Table:
    """Profile fields as columns of the contract's types; those that are not given are empty, as are None and NaN."""
    fields = [field for field in PROFILE.hashed if field.name not in REFERENCES]
    kinds = {one.name: pa.int64() if one.type == "double" and not one.scale else _kind(one.type) for one in fields}
    names = {"contact_id": pa.string(), "unit_id": pa.string(), **kinds}
    size = len(columns["contact_id"])
    arrays = [_array(columns[name], kind) if name in columns else pa.nulls(size, kind) for name, kind in names.items()]
    return pa.table(arrays, names=list(names))


def _array(column: Sequence[Any] | Column, kind: pa.DataType) -> pa.Array:
    """Texts that are shared stay so, as a dictionary."""
    if isinstance(column, Shared):
        found = column.arrow(kind)
        return found if kind == pa.string() else found.dictionary_decode()
    return column if isinstance(column, pa.Array) else pa.array(column, kind, from_pandas=True)


def hashed(rows: pa.Table) -> dict[str, pa.Array]:
    """The columns of what is hashed, as in REFERENCES."""
    columns = {name: rows[name].combine_chunks() for name in rows.column_names}
    contact, unit = columns.pop("contact_id"), columns.pop("unit_id")
    home = pc.if_else(pc.not_equal(unit, contact), unit, None)
    return columns | {"Donor_Id__c": contact, "Contact__c": contact, "Giving_Unit__c": home}


def write(rows: pa.Table, path: pathlib.Path) -> None:
    """Parts are read within hours, and most of them once: quick comes before small."""
    shared = [name for name in rows.column_names if name not in _OWN]
    pq.write_table(
        rows, path, compression="lz4", use_dictionary=shared, dictionary_pagesize_limit=_CARDS, store_schema=False
    )


def _kind(field_type: str) -> pa.DataType:
    return pa.float64() if field_type == "double" else _TYPES.get(field_type, pa.string())


def part(folder: pathlib.Path, number: int) -> pathlib.Path:
    return layers.part(folder / PROFILES, number)


def parts(folder: pathlib.Path) -> list[pathlib.Path]:
    return layers.parts(folder / PROFILES)


def rows(folder: pathlib.Path, columns: str = "*") -> str:
    """A run's rows as a table in DuckDB's words."""
    return layers.rows(folder / PROFILES, columns)


@contextlib.contextmanager
def making(folder: pathlib.Path, run_id: str) -> Iterator[pathlib.Path]:
    """The folder that becomes `runs/<run_id>/`, complete or not at all; what a killed process left of it lies beside it."""
    target, half = folder / run_id, folder / f".{run_id}"
    _set_aside(half)
    (half / PROFILES).mkdir(parents=True)
    yield half
    shutil.rmtree(target, ignore_errors=True)
    half.rename(target)
    shutil.rmtree(left_over(half), ignore_errors=True)


def left_over(half: pathlib.Path) -> pathlib.Path:
    """Where the parts of a killed process are while its run is made."""
    return half.with_name(f"{half.name}.killed")


def _set_aside(half: pathlib.Path) -> None:
    """Of a run that was killed twice, what had come further stays."""
    before = left_over(half)
    made = [len(parts(one)) for one in (half, before)]
    if made[0] and made[0] >= made[1]:
        shutil.rmtree(before, ignore_errors=True)
        half.rename(before)
    shutil.rmtree(half, ignore_errors=True)


def save(folder: pathlib.Path, scored: Scored) -> None:
    """Rows and features that are at hand, as a run of one part."""
    with making(folder, scored.run_id) as half, duckdb.connect() as db:
        names = dict.fromkeys(["contact_id", *(name for row in scored.rows for name in row)])
        db.register("fresh", table({name: [row.get(name) for row in scored.rows] for name in names}))
        hashed = f"SELECT *, {canonical.hash_sql(PROFILE, REFERENCES)} AS {HASH} FROM fresh"
        db.execute(f"COPY ({hashed}) TO '{part(half, 0)}' ({layers.PARQUET})")
        pq.write_table(pa.Table.from_pandas(scored.features, preserve_index=False), half / FEATURES, compression="zstd")


def load(folder: pathlib.Path, run_id: str) -> Scored:
    target = require(folder, run_id)
    with duckdb.connect() as db:
        found = db.sql(f"FROM {rows(target)}").to_arrow_table()
    return Scored(run_id, found.drop_columns([HASH]).to_pylist(), features(target))


def features(folder: pathlib.Path) -> pd.DataFrame:
    """Of all giving units, in their order."""
    with duckdb.connect() as db:
        return db.sql(f"FROM {layers.rows(folder / FEATURES)} ORDER BY unit_id").to_arrow_table().to_pandas()


def require(folder: pathlib.Path, run_id: str) -> pathlib.Path:
    """The folder of what a run concluded."""
    target = folder / run_id
    if not _left_scores(target):
        raise StateError(f"Run {run_id} left no scores.", "Run `steward score` first.")
    return target


def _left_scores(target: pathlib.Path) -> bool:
    """An ordinary night of a Steward before layers has a list of another form, without which its rows cannot be told apart."""
    return (target / PROFILES).exists() and not (target / "stale.parquet").exists()


def write_basis(folder: pathlib.Path, basis: Mapping[str, Any]) -> None:
    (folder / BASIS).write_text(json.dumps(basis, indent=1, sort_keys=True), encoding="utf-8")


def basis(folder: pathlib.Path) -> dict[str, Any] | None:
    """What a run's answers rest on; None where it cannot be told."""
    try:
        found: dict[str, Any] = json.loads((folder / BASIS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def counts(folder: pathlib.Path, prefixes: Sequence[str]) -> dict[str, int]:
    """What a run concluded, in numbers."""
    scores = [f"{prefix}_Score__c" for prefix in prefixes if PROFILE.named(f"{prefix}_Score__c")]
    has_score = f"coalesce({', '.join(scores)}) IS NOT NULL"
    query = (
        f"SELECT (SELECT count(*) FROM {layers.rows(folder / FEATURES)}), count(*) FILTER ({has_score}), "
        f"count(*) FILTER (Method__c = 'Rule' AND {has_score}), "
        f"count(*) FILTER (Method__c <> 'Excluded' AND NOT ({has_score})), count(*) FILTER (Method__c = 'Excluded') "
        f"FROM {rows(folder)}"
    )  # names of the contract
    names = ("donors_read", "profiles_scored", "profiles_by_rule", "profiles_without_scores", "profiles_excluded")
    with duckdb.connect() as db:
        found = db.execute(query).fetchone()
    return dict(zip(names, found or (0,) * len(names), strict=True))


def find(
    folder: pathlib.Path, run_ids: Sequence[str], contact_id: str
) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    """(run, profile row, features of the unit) of the first of these runs that scored this Contact."""
    for run_id in run_ids:
        if not _left_scores(folder / run_id):
            continue
        with duckdb.connect() as db:
            theirs = db.sql(f"FROM {rows(folder / run_id)} WHERE contact_id = $contact", params={"contact": contact_id})
            found = theirs.to_arrow_table().to_pylist()
            if found:
                of_unit = f"FROM {layers.rows(folder / run_id / FEATURES)} WHERE unit_id = $unit"
                known = db.sql(of_unit, params={"unit": found[0]["unit_id"]}).to_arrow_table().to_pylist()
                return run_id, {k: v for k, v in found[0].items() if k != HASH}, known[0] if known else {}
    return None


def prune(folder: pathlib.Path, keep: Sequence[str]) -> None:
    """Removes the files of all other runs."""
    for path in folder.glob("*"):
        if path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
