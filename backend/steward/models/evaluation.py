"""The verdict: on donors and dates it never saw, does the model rank better than every rule, and is it honest?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from steward.models.measures import auc, average_precision, brier
from steward.models.metrics import (
    Array,
    Interval,
    ReliabilityBin,
    bootstrap_auc,
    calibration_error,
    captured,
    interval,
    lift,
    reliability,
)


@dataclass(frozen=True)
class Ranking:
    """How well one way of ordering donors found those who did it; `against_model` is the model's AUC minus its own."""

    key: str
    title: str
    auc: Interval
    lift_at_10: float
    average_precision: float
    gains: tuple[float, ...]  # part of all who did it in the best 5 %, 10 %, … of the list
    against_model: Interval | None = None


@dataclass(frozen=True)
class Evaluation:
    donors: int
    positives: int
    model: Ranking
    rules: tuple[Ranking, ...]  # best first
    brier: float
    brier_of_base_rate: float
    calibration_error: float
    reliability: tuple[ReliabilityBin, ...]

    @property
    def best_rule(self) -> Ranking:
        return self.rules[0]

    @property
    def model_wins(self) -> bool:
        """Better than each rule by more than chance: a tie goes to the rule, which anybody can check by hand."""
        return all(rule.against_model is not None and rule.against_model.low > 0 for rule in self.rules)


def evaluate(
    label: Array, margin: Array, probability: Array, rules: Mapping[str, tuple[str, Array]], seed: int
) -> Evaluation:
    """`rules`: key → (title, points). Ranked by margin, since a calibration may tie donors that the trees part."""
    drawn = bootstrap_auc(label, {"": margin, **{key: points for key, (_, points) in rules.items()}}, seed)
    own = auc(label, margin)
    judged = []
    for key, (title, points) in rules.items():
        gap = interval(own - auc(label, points), drawn[""] - drawn[key])
        judged.append(_ranking(key, title, label, points, drawn=drawn[key], gap=gap))
    base = label.mean()
    return Evaluation(
        donors=len(label),
        positives=int(label.sum()),
        model=_ranking("model", "Steward's model", label, margin, drawn=drawn[""]),
        rules=tuple(sorted(judged, key=lambda rule: (-rule.auc.value, rule.key))),
        brier=brier(label, probability),
        brier_of_base_rate=float(base * (1 - base)),
        calibration_error=calibration_error(label, probability),
        reliability=tuple(reliability(label, probability)),
    )


def _ranking(key: str, title: str, label: Array, order: Array, *, drawn: Array, gap: Interval | None = None) -> Ranking:
    own = interval(auc(label, order), drawn)
    gains = tuple(captured(label, order))
    return Ranking(key, title, own, lift(label, order), average_precision(label, order), gains, gap)
