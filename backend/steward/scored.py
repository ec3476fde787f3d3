"""What one run concluded, on disk: a row a Contact and the features behind it, so that any answer can be traced later."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from steward.errors import StateError

if TYPE_CHECKING:
    import pandas as pd

PROFILES, FEATURES = "profiles.parquet", "features.parquet"
KEEP_RUNS = 30


@dataclass(frozen=True)
class Scored:
    """`rows`: profile fields a Contact, keyed by pseudonyms; `features`: one row a giving unit."""

    run_id: str
    rows: list[dict[str, Any]]
    features: pd.DataFrame


def save(folder: pathlib.Path, scored: Scored) -> None:
    """Under `runs/<run_id>/`, complete or not at all."""
    target = folder / scored.run_id
    half = folder / f".{scored.run_id}"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(scored.rows), half / PROFILES, compression="zstd")
    pq.write_table(pa.Table.from_pandas(scored.features, preserve_index=False), half / FEATURES, compression="zstd")
    shutil.rmtree(target, ignore_errors=True)
    half.rename(target)


def load(folder: pathlib.Path, run_id: str) -> Scored:
    target = folder / run_id
    if not (target / PROFILES).exists():
        raise StateError(f"Run {run_id} left no scores.", "Run `steward score` first.")
    rows = pq.read_table(target / PROFILES).to_pylist()
    return Scored(run_id, rows, pq.read_table(target / FEATURES).to_pandas())


def find(
    folder: pathlib.Path, run_ids: Sequence[str], contact_id: str
) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    """(run, profile row, features of the unit) of the first of these runs that scored this Contact."""
    for run_id in run_ids:
        path = folder / run_id / PROFILES
        if not path.exists():
            continue
        found = pq.read_table(path, filters=[("contact_id", "==", contact_id)]).to_pylist()
        if found:
            unit = [("unit_id", "==", found[0]["unit_id"])]
            features = pq.read_table(folder / run_id / FEATURES, filters=unit).to_pylist()
            return run_id, found[0], features[0] if features else {}
    return None


def prune(folder: pathlib.Path, keep: Sequence[str]) -> None:
    """Removes the files of all other runs."""
    for path in folder.glob("*"):
        if path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
