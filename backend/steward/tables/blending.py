"""One calibrated answer from several learners: how loud each speaks is settled on rows that none of them saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from steward.models import calibration_fitting
from steward.models.calibration import Calibrator
from steward.models.metrics import Array, log_loss
from steward.models.treetables import Floats
from steward.tables import folding, screening
from steward.tables.encoding import Encoder
from steward.tables.learners import FEW, Learner, Lines, Trees

INNER_FOLDS = 4
MANY = 20_000  # rows from which fewer inner checks do
ENOUGH_YES = 10_000  # of the rarer answer, from which one does
SLOPE_KNOWN = 200  # rows of the rarer answer from which a mix of margins is always put right by a line
LEAST_VALUES = 6  # of a column that is measured, not merely told apart
STEPS = 10  # voices handed out, one at a time, each to the learner that lowers the loss most
USUAL = np.array([0, 0, 0, 0.2, 0.2, 0, 0.3, 0.2, 0.1])  # voices before anything is seen: what is plain
DOUBT = 80.0  # rows of the rarer answer: with so many, what they prefer counts half


@dataclass
class Blend:
    """A fitted answer: probability of yes for rows of the same matrix, of which it reads the columns `kept`."""

    kept: np.ndarray
    learners: list[Learner]
    voices: Array
    calibrator: Calibrator
    calibration: str

    def margin(self, data: Floats) -> Array:
        read = data[:, self.kept]
        heard = [(one, voice) for one, voice in zip(self.learners, self.voices, strict=True) if voice]
        return _mix([one.margin(read) for one, _ in heard], [voice for _, voice in heard])

    def probability(self, margin: Array) -> Array:
        return self.calibrator(margin)


@dataclass(frozen=True)
class _Check:
    """One inner split: learners, the rows they did not see, and which columns mattered there."""

    rows: np.ndarray
    unseen: Floats
    learners: list[Learner]
    worth: dict[int, float]  # by number of column in the whole matrix


def fit(rows: pd.DataFrame, encoder: Encoder, data: Floats, label: Array, weight: Array, units: Array, *, seed: int) -> Blend:  # fmt: skip
    """Settles rounds, voices and calibration on inner splits; then every learner that is heard learns from all rows.

    `data` is what `encoder` made of `rows`; inner splits encode anew, since encoding looks at answers.
    """
    checks = [_check(rows, encoder, label, weight, teach, later, seed) for teach, later in _splits(label, units, seed)]
    index = np.concatenate([one.rows for one in checks])
    rounds = _rounds(checks)
    margins = [np.concatenate([_said(one, number, rounds) for one in checks]) for number in range(len(rounds))]
    voices = _voices(margins, label[index], weight[index])
    mixed = _mix(margins, voices)
    kind = _calibration(mixed, label[index], units[index])
    few = _few([one.worth for one in checks])
    found = screening.telling(data, label, seed)
    kept = np.union1d(found.kept, few)
    learners = _learners(_places(kept, few), _places(kept, found.surest), seed)
    longer = (INNER_FOLDS / (INNER_FOLDS - 1)) ** 0.5  # they will see more rows than in the checks
    for number, (one, voice) in enumerate(zip(learners, voices, strict=True)):
        one.rounds = round(longer * rounds[number]) or None
        if voice:
            one.fit(data[:, kept], label, weight)
    return Blend(kept, learners, voices, calibration_fitting.fit(kind, mixed, label[index]), kind)


def _splits(label: Array, units: Array, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rarer = min(label.sum(), len(label) - label.sum())
    wanted = INNER_FOLDS if len(label) < MANY else 2 if rarer < ENOUGH_YES else 1
    return list(folding.folds(label, units, INNER_FOLDS, seed))[:wanted]


def _check(
    rows: pd.DataFrame,
    shape: Encoder,
    label: Array,
    weight: Array,
    teach: np.ndarray,
    later: np.ndarray,
    seed: int,
) -> _Check:
    encoder = shape.fresh()
    data = encoder.fit_transform(rows.iloc[teach], label[teach])
    found = screening.telling(data, label[teach], seed)
    kept, surest = found.kept, _places(found.kept, found.surest)
    data, unseen = data[:, kept], encoder.transform(rows.iloc[later])[:, kept]
    check = (unseen, label[later], weight[later])
    whole = Trees(3, seed)
    whole.fit_until(data, label[teach], weight[teach], check)
    worth = whole.worth(_measured(encoder, kept, data), *check)
    learners = [whole, *_learners(_few([worth]), surest, seed)[1:]]
    for one in learners[1:]:
        one.fit_until(data, label[teach], weight[teach], check)
    return _Check(later, unseen, learners, {int(kept[column]): value for column, value in worth.items()})


def _rounds(checks: list[_Check]) -> list[int]:
    """The usual length of learning of each learner; 0 where it has none."""
    lengths = [[one.rounds or 0 for one in check.learners] for check in checks]
    return [round(float(np.median(length))) for length in zip(*lengths, strict=True)]


def _said(check: _Check, number: int, rounds: list[int]) -> Array:
    """At the usual length, not at the one that suited these very rows best: else trees would seem better than they are."""
    learner = check.learners[number]
    learner.rounds = rounds[number] or None
    return learner.margin(check.unseen)


def _places(kept: np.ndarray, columns: Sequence[int]) -> tuple[int, ...]:
    return tuple(np.searchsorted(kept, columns).tolist())


def _learners(few: tuple[int, ...], surest: tuple[int, ...], seed: int) -> list[Learner]:
    return [
        Trees(3, seed),
        Trees(3, seed, few, ratios=True),
        Trees(4, seed, few, ratios=True),
        Lines(0.05),
        Lines(0.005),
        Lines(0.3, few, curved=True),
        Lines(0.1, surest),
        Trees(2, seed, surest),
        Lines(1.0, surest[:1]),
    ]


def _few(worth: list[dict[int, float]]) -> tuple[int, ...]:
    """The columns that mattered most over all checks."""
    columns = {column for one in worth for column in one}
    total = {column: sum(one.get(column, 0.0) for one in worth) for column in columns}
    return tuple(sorted(columns, key=lambda column: (-total[column], column))[:FEW])


def _measured(encoder: Encoder, kept: np.ndarray, data: np.ndarray) -> list[int]:
    """Columns that are measured and not merely told apart."""
    plain = set(encoder.plain)
    found = [place for place, column in enumerate(kept) if encoder.names[column] in plain]
    some = data[:: max(1, len(data) // 5000)]  # not the first rows: files are often sorted
    return [i for i in found if len(np.unique(some[~np.isnan(some[:, i]), i])) >= LEAST_VALUES] or found or [0]


def _voices(margins: list[Array], label: Array, weight: Array) -> Array:
    """What few rows prefer is luck, so the fewer there are, the more of the usual voices is kept."""
    rarer = min(label.sum(), len(label) - label.sum())
    share = rarer / (rarer + DOUBT)
    return np.asarray(share * _preferred(margins, label, weight) + (1 - share) * USUAL)


def _calibration(mixed: Array, label: Array, units: Array) -> str:
    """By evidence; but means of margins are timid, and where a line's slope is well known it is not left at one."""
    kind, _ = calibration_fitting.choose(mixed, label, units.astype(np.int64))
    rarer = min(label.sum(), len(label) - label.sum())
    return "platt" if kind in ("none", "shift") and rarer >= SLOPE_KNOWN else kind


def _preferred(margins: list[Array], label: Array, weight: Array) -> Array:
    """Greedy: each voice goes to the learner that lowers the loss of the mix most (Caruana et al. 2004)."""
    voices = np.zeros(len(margins))
    total = np.zeros(len(label))
    for step in range(1, STEPS + 1):
        losses = [np.average(log_loss(label, _odds((total + one) / step)), weights=weight) for one in margins]
        best = int(np.argmin(losses))
        voices[best] += 1
        total += margins[best]
    return voices / STEPS


def _mix(margins: Sequence[Array], voices: Sequence[float] | Array) -> Array:
    return np.asarray(sum(voice * one for voice, one in zip(voices, margins, strict=True)), np.float64)


def _odds(margin: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(margin, -35, 35))))
