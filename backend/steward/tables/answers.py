"""The yes or no of each row, however it is written."""

from __future__ import annotations

import numpy as np
import pandas as pd

from steward.errors import InputError, NotEnoughData
from steward.models.metrics import Array
from steward.tables.kinds import recognise

MOST_LISTED = 6
_YES = {"1", "1.0", "y", "yes", "true", "t", "ja", "oui", "si", "sí", "sim", "x", "gave", "donor", "responded"}
_YES |= {"positive", "tested_positive", "present", "presence"}
_NO = {"0", "0.0", "n", "no", "false", "f", "nein", "non", "não", "nao", "none", "not", "nondonor"}
_NO |= {"negative", "tested_negative", "absent", "absence"}


Answers = tuple[Array, tuple[str, ...]]  # 1 for yes, NaN where nothing is said; and what had to be guessed


def yes_or_no(column: pd.Series, name: str, *, yes: str | None = None, same_as_amount: bool = False) -> Answers:
    """`yes` is the word that means it; else of two words the one that is known to, of two numbers the higher.

    Nothing said means no where an amount is the answer, and where there is one word only.
    """
    if yes is not None:
        return _one_word(column, name, yes), ()
    read = recognise(name, column)
    if read.kind != "number":
        return _in_words(_words(column), name)
    if same_as_amount:
        return np.asarray(read.values.fillna(0) > 0, np.float64), ()
    found = sorted(read.values.dropna().unique())
    if len(found) != 2:
        raise InputError(
            f"Column {name!r} holds {len(found)} different numbers; a yes or no is needed.",
            f"Say which one means yes with --yes; or, if it is an amount, give it as --amount {name} too: above zero is then yes.",
        )
    return np.asarray(np.where(read.values.isna(), np.nan, read.values == found[1]), np.float64), ()


def _words(column: pd.Series) -> pd.Series:
    return column.astype("string").str.strip().str.casefold().replace("", pd.NA)


def _one_word(column: pd.Series, name: str, yes: str) -> Array:
    """That word against all others; a number however it is written (1 is 1.0)."""
    words, wanted = _words(column), yes.strip().casefold()
    is_yes = words == wanted
    if (number := pd.to_numeric(pd.Series([wanted]), errors="coerce").iloc[0]) == number:
        is_yes |= (pd.to_numeric(words, errors="coerce") == number).fillna(False)
    if not is_yes.fillna(False).any():
        raise InputError(f"No row of column {name!r} says {yes!r}.", f"It says: {_listed(words)}.")
    return np.asarray(is_yes.astype("Float64").fillna(np.nan), np.float64)


def _in_words(text: pd.Series, name: str) -> Answers:
    words = set(text.dropna().unique())
    guessed: tuple[str, ...] = ()
    yes, no = words & _YES, words & _NO
    strange = words - yes - no
    if len(words) == 1:  # or nothing, which then means no
        yes = yes | strange
    elif len(words) == 2 and strange:
        yes, no, guessed = _of_two(text, name, yes, no, strange)
    elif strange:
        raise InputError(
            f"Column {name!r} holds {len(words)} different words; a yes or no is needed.",
            f"Say which one means yes with --yes. It says: {_listed(text)}.",
        )
    if not yes or not (no or text.isna().any()):
        raise NotEnoughData(f"Everybody has the same answer in {name!r}.", "Give a file with both answers.")
    blank = np.nan if no else 0.0
    return np.asarray(np.where(text.isin(yes), 1.0, np.where(text.isin(no), 0.0, blank)), np.float64), guessed


def _of_two(
    text: pd.Series, name: str, yes: set[str], no: set[str], strange: set[str]
) -> tuple[set[str], set[str], tuple[str, ...]]:
    """A word that is known tells the other; of two that are not, the rarer is what people ask about."""
    if yes or no:
        return yes or strange, no or strange, ()
    rarer = min(sorted(strange), key=lambda word: int((text == word).sum()))
    guess = f"{name}: {rarer!r}, the rarer of its two words, is read as yes; --yes says otherwise"
    return {rarer}, strange - {rarer}, (guess,)


def _listed(text: pd.Series) -> str:
    counts = text.value_counts()
    shown = ", ".join(repr(str(word)) for word in counts.index[:MOST_LISTED])
    return shown + (" …" if len(counts) > MOST_LISTED else "")
