"""The donors that models were judged on, on disk in Steward's home: `evidence/<version>.parquet`, keyed by pseudonyms."""

from __future__ import annotations

import pathlib

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from steward.models import Model

FOLDER = "evidence"


def save(home: pathlib.Path, model: Model) -> None:
    """Nothing where a model was never judged."""
    if model.evidence is None:
        return
    path = _path(home, model.version)
    path.parent.mkdir(exist_ok=True)
    half = path.with_suffix(".writing")
    pq.write_table(pa.Table.from_pandas(model.evidence, preserve_index=False), half, compression="zstd")
    half.replace(path)


def load(home: pathlib.Path, version: str) -> pd.DataFrame | None:
    """None where the model was trained elsewhere, or never judged."""
    path = _path(home, version)
    return pq.read_table(path).to_pandas() if path.exists() else None


def _path(home: pathlib.Path, version: str) -> pathlib.Path:
    return home / FOLDER / f"{version}.parquet"
