"""From an Ibis table of features to the data frame and the float matrix that models read."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from steward.errors import InputError
from steward.models.treetables import Floats


def in_floats(features: ir.Table) -> ir.Table:
    """Decimals, yes and no as floats: what models read."""
    kinds = features.schema().items()
    numbers = {name: features[name].cast("float64") for name, kind in kinds if kind.is_decimal() or kind.is_boolean()}
    return features.mutate(**numbers) if numbers else features


def to_frame(features: ir.Table) -> pd.DataFrame:
    """One row a unit in the order of unit_id, so that every run sees the same order."""
    frame: pd.DataFrame = in_floats(features).to_pyarrow().to_pandas()
    return in_plain_words(frame.sort_values("unit_id", kind="stable", ignore_index=True))


def in_plain_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Keys and column names as Python's own strings: to look one up in Arrow's costs a lone donor more than its score."""
    frame["unit_id"] = frame["unit_id"].astype(object)
    frame.columns = frame.columns.astype(object)
    return frame


def columns(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    return frame[pd.Index(names, dtype=object)]


def matrix(frame: pd.DataFrame, names: Sequence[str]) -> Floats:
    """(donors, features) float32, missing as NaN, C order."""
    absent = [name for name in names if name not in frame]
    if absent:
        raise InputError(
            f"The features table has no column {', '.join(absent)}.",
            "Score with the features' version that the model was trained on, or train again.",
        )
    return np.ascontiguousarray(columns(frame, names).to_numpy(dtype=np.float32, na_value=np.nan))
