"""A second file to be judged on: put below the first, so that both are read alike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from steward.errors import InputError
from steward.tables.reading import NOTES
from steward.tables.words import listed


def joined(table: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The rows of both with the columns that both have, and which of them are held: those of `other`."""
    shared = [name for name in table if name in other]
    alone = [str(name) for name in (*table, *other) if name not in shared]
    if not shared:
        raise InputError("The two files have no column in common.", "Give files with the same header.")
    # As words where only one of the two holds numbers: "12,50" below 12.5 is to be read by one rule.
    mixed = [name for name in shared if _numbers(table[name]) != _numbers(other[name])]
    rows = [one[shared].astype(dict.fromkeys(mixed, "string")) for one in (table, other)]
    frame = pd.concat(rows, ignore_index=True)
    notes = [note for one in (table, other) for note in one.attrs.get(NOTES, ())]
    frame.attrs[NOTES] = notes + ([f"{listed(alone)}: only in one of the two files, not used"] if alone else [])
    return frame, np.arange(len(frame)) >= len(table)


def _numbers(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column))
