"""From a file's columns to a table a model may learn from: the yes or no, the inputs, and what was left out and why."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from steward.errors import InputError, NotEnoughData
from steward.models.metrics import Array
from steward.tables import fairness
from steward.tables.answers import yes_or_no
from steward.tables.kinds import Kind, Read, as_numbers, recognise_input
from steward.tables.reading import NOTES
from steward.tables.words import listed

FEWEST = 10  # rows of the rarer answer below which nothing can be said


@dataclass(frozen=True)
class Roles:
    """The columns that are not inputs, as the caller names them."""

    target: str
    amount: str | None = None
    weight: str | None = None
    unit: str | None = None
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()  # inputs even where they look like the target in disguise
    groups: tuple[str, ...] = ()  # to check afterwards, never inputs
    yes: str | None = None  # the target's word that means it

    def named(self) -> list[str]:
        given = [self.target, self.amount, self.weight, self.unit]
        return [name for name in given if name] + [*self.drop, *self.keep, *self.groups]


@dataclass(frozen=True)
class Table:
    """One row a donor. `units`: rows of one unit are never on both sides of a split."""

    inputs: pd.DataFrame
    kinds: dict[str, Kind]
    label: Array
    weight: Array
    units: Array
    amount: Array | None
    left_out: tuple[tuple[str, str], ...]  # column, why
    notes: tuple[str, ...]
    groups: dict[str, pd.Series] = field(default_factory=dict)  # each row's group, by column
    held: np.ndarray | None = None  # rows to judge on and never to learn from; None: cross-validate

    def part(self, rows: np.ndarray) -> Table:
        """Only these rows, none of them held."""
        return replace(
            self,
            inputs=self.inputs[rows],
            label=self.label[rows],
            weight=self.weight[rows],
            units=self.units[rows],
            amount=None if self.amount is None else self.amount[rows],
            groups={name: where[rows] for name, where in self.groups.items()},
            held=None,
        )


def prepare(frame: pd.DataFrame, roles: Roles, held: np.ndarray | None = None) -> Table:
    _require_columns(frame, roles)
    target = frame[roles.target]
    label, guessed = yes_or_no(target, roles.target, yes=roles.yes, same_as_amount=roles.amount == roles.target)
    notes: list[str] = [*frame.attrs.get(NOTES, ()), *guessed]
    known = ~np.isnan(label)
    if not known.all():
        notes.append(f"{roles.target}: {(~known).sum():,} rows without an answer left out")
        frame, label = frame[known].reset_index(drop=True), label[known]
        held = None if held is None else held[known]
    for rows in (slice(None),) if held is None else (~held, held):
        _require_both(label[rows], roles.target)
    inputs, kinds, left_out = _inputs(frame, roles, notes)
    if not kinds:
        raise InputError("No column is left to learn from.", "See which were left out and why; --keep brings one back.")
    return Table(
        inputs=inputs,
        kinds=kinds,
        label=label,
        weight=_weights(frame, roles.weight),
        units=_units(frame, roles.unit, label),
        amount=_amounts(frame, roles.amount, label, notes),
        left_out=tuple(left_out),
        notes=tuple(notes),
        groups={name: fairness.named(frame[name]) for name in roles.groups},
        held=held,
    )


def _require_columns(frame: pd.DataFrame, roles: Roles) -> None:
    absent = [name for name in roles.named() if name not in frame]
    if absent:
        raise InputError(f"The file has no column {absent[0]!r}.", _meant(absent[0], list(map(str, frame.columns))))


def _meant(name: str, columns: list[str]) -> str:
    plain = {column.casefold().strip(): column for column in columns}
    near = difflib.get_close_matches(name.casefold().strip(), plain, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(repr(plain[one]) for one in near)}?"
    return f"It has: {', '.join(columns[:12])}{' …' if len(columns) > 12 else ''}."


def _require_both(label: Array, name: str) -> None:
    rarer = int(min(label.sum(), (1 - label).sum()))
    if rarer < FEWEST:
        raise NotEnoughData(
            f"Only {rarer} of {len(label):,} rows have the rarer answer in {name!r}; {FEWEST} are needed to say anything.",
            "Wait for more history, or ask about something more frequent.",
        )


def _inputs(
    frame: pd.DataFrame, roles: Roles, notes: list[str]
) -> tuple[pd.DataFrame, dict[str, Kind], list[tuple[str, str]]]:
    special = {roles.target, roles.amount, roles.weight, roles.unit}
    left_out = (
        [(roles.amount, "is the amount, known only afterwards")] if roles.amount not in (None, roles.target) else []
    )
    left_out += [(name, "left out as asked") for name in roles.drop]
    left_out += [(name, "is a group to check, never an input") for name in roles.groups]
    columns: dict[str, pd.Series] = {}
    kinds: dict[str, Kind] = {}
    read_as: dict[str, list[str]] = {}
    for name in frame.columns:
        if name in special or name in roles.drop or name in roles.groups:
            continue
        read = recognise_input(name, frame[name])
        if read.kind is None:
            left_out.append((name, read.note))
            continue
        columns[name] = _compact(read)
        kinds[name] = read.kind
        if read.note:
            read_as.setdefault(read.note, []).append(str(name))
    notes += [f"{listed(names)}: {note}" for note, names in read_as.items()]
    return pd.DataFrame(columns, index=frame.index), kinds, [(str(name), why) for name, why in left_out]


def _compact(read: Read) -> pd.Series:
    """Numbers in the precision that is learnt from; words as numbers into a sorted list of them, nothing as a word of its own."""
    if read.kind == "category":
        return pd.Series(pd.Categorical(read.values.fillna("").astype(str)), index=read.values.index)
    return read.values if read.kind == "date" else read.values.astype(np.float32)


def _weights(frame: pd.DataFrame, name: str | None) -> Array:
    if name is None:
        return np.ones(len(frame))
    values = as_numbers(frame[name]).to_numpy(np.float64)
    if not np.isfinite(values).all() or (values < 0).any() or values.sum() <= 0:
        raise InputError(f"Column {name!r} is not a weight: it has empty, negative or only zero values.", "Correct it.")
    return np.asarray(values / values.mean())


def _units(frame: pd.DataFrame, name: str | None, label: Array) -> Array:
    if name is None:
        return np.arange(len(frame), dtype=np.float64)
    codes, _ = pd.factorize(frame[name], use_na_sentinel=True)
    alone = codes < 0
    units = np.asarray(np.where(alone, len(frame) + np.arange(len(frame)), codes), np.float64)
    if (saying := len(np.unique(units[label == 1]))) < FEWEST:
        raise NotEnoughData(
            f"All who say yes belong to only {saying} of the units in {name!r}; {FEWEST} are needed to say anything.",
            "Name the column of the donor or household, or leave --id out.",
        )
    return units


def _amounts(frame: pd.DataFrame, name: str | None, label: Array, notes: list[str]) -> Array | None:
    if name is None:
        return None
    values = as_numbers(frame[name]).to_numpy(np.float64)
    if np.isnan(values).all():
        raise InputError(f"Column {name!r} is not an amount.", "Give a column of numbers.")
    if (unknown := int((np.isnan(values) & (label == 1)).sum())) > 0:
        notes.append(f"{name}: {unknown} givers without an amount count as 0")
    if (negative := int((values < 0).sum())) > 0:
        notes.append(f"{name}: {negative} amounts below zero count as 0")
    return np.asarray(np.clip(np.nan_to_num(values), 0, None), np.float64)
