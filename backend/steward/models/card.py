"""The model card, written by training: what it predicts, from what, how well beside which rules, and its limits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from steward.models.metrics import Interval
from steward.models.model import Model
from steward.models.training_sets import Examples, labels
from steward.outcomes import Outcome

if TYPE_CHECKING:  # they learn, and bring what learning needs
    from steward.models.backtest import Backtest
    from steward.models.evaluation import Evaluation, Ranking

LIMITS = (
    "It knows gifts, soft credits and recorded contacts only: no wealth, no news of a donor's life.",
    "It shows what donors like this did before; it does not know whether contact caused the gift.",
    "When the organization changes whom it asks or how, it must be trained again.",
)
CALIBRATIONS = {
    "none": "left as learnt",
    "shift": "moved up or down as one",
    "platt": "put right by a straight line on log-odds (Platt)",
    "beta": "put right by beta calibration",
    "isotonic": "put right by rising steps (isotonic)",
}


@dataclass(frozen=True)
class Origin:
    """Where a model comes from: the snapshot that it learnt from, and the sources that taught it."""

    snapshot: str = ""
    snapshot_hash: str = ""
    code: str = ""


NOWHERE = Origin()


def write(
    outcome: Outcome, examples: Examples, model: Model, tested: Backtest | None, why: str, origin: Origin = NOWHERE
) -> dict[str, Any]:
    """Plain JSON values only."""
    label = labels(examples.rows)
    return {
        "outcome": outcome.key,
        "title": outcome.title,
        "question": outcome.question,
        "decision": outcome.decision,
        "method": model.method,
        "why_a_rule": why,
        "rule": model.rule.rule.title,
        "trained_on": examples.as_of.isoformat(),
        "origin": asdict(origin),
        "horizon_days": outcome.horizon_days,
        "earns": outcome.earns,
        "features_version": model.features_version,
        "inputs": list(model.boosted.names) if model.boosted else [t.feature for t in model.rule.rule.terms],
        "data": {
            "cutoffs": [date.isoformat() for date in examples.cutoffs],
            "examples": len(label),
            "giving_units": int(examples.rows["unit_id"].nunique()),
            "positives": int(label.sum()),
            "base_rate": round(model.base_rate, 6),
            "eligible_today": len(examples.current),
        },
        "bands": dict(zip(("very_high", "high", "medium"), (round(cut, 4) for cut in model.cuts), strict=True)),
        "recipe": _recipe(tested),
        "evaluation": _evaluation(tested.evaluation, tested) if tested else None,
        "limits": list(LIMITS),
        "not_for": list(outcome.not_for),
    }


def _recipe(tested: Backtest | None) -> dict[str, Any] | None:
    if tested is None:
        return None
    return {
        **tested.choice.to_json(),
        "calibration": tested.kind,
        "calibration_losses": {kind: round(loss, 6) for kind, loss in tested.losses.items()},
    }


def _evaluation(found: Evaluation, tested: Backtest) -> dict[str, Any]:
    return {
        "test_cutoff": tested.plan.test.isoformat(),
        "learnt_until": max(tested.plan.known).isoformat(),
        "donors": found.donors,
        "positives": found.positives,
        "model": _ranking(found.model),
        "rules": [_ranking(rule) for rule in found.rules],
        "model_wins": found.model_wins,
        "brier": round(found.brier, 5),
        "brier_of_base_rate": round(found.brier_of_base_rate, 5),
        "calibration_error": round(found.calibration_error, 5),
        "reliability": [asdict(one) for one in found.reliability],
        "groups": [{**asdict(one), **_rounded(asdict(one))} for one in tested.groups],
        "drift": _most_drifted(tested.drift),
    }


def _rounded(group: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) for name, value in group.items() if isinstance(value, float)}


def _most_drifted(drift: dict[str, float], most: int = 8) -> list[dict[str, Any]]:
    """Inputs whose distribution moved most from the day of the test to the day of training."""
    worst = sorted(drift, key=lambda name: (-drift[name], name))[:most]
    return [{"input": name, "psi": round(drift[name], 4)} for name in worst]


def _ranking(one: Ranking) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "auc": _interval(one.auc),
        "lift_at_10": round(one.lift_at_10, 3),
        "average_precision": round(one.average_precision, 4),
        "gains": [round(part, 4) for part in one.gains],
        "model_minus_this": _interval(one.against_model) if one.against_model else None,
    }


def _interval(found: Interval) -> list[float]:
    return [round(found.value, 4), round(found.low, 4), round(found.high, 4)]


def markdown(card: dict[str, Any]) -> str:
    """The same card for a reader."""
    data, dates = card["data"], card["data"]["cutoffs"]
    method = "a trained model" if card["method"] == "model" else f"the rule “{card['rule']}”"
    lines = [
        f"# {card['title']}",
        "",
        f"{card['question']} Answered by {method}. {card['why_a_rule']}".strip(),
        "",
        f"**Decision it serves.** {card['decision']}.",
        "",
        f"**Data.** {data['examples']:,} examples of {data['giving_units']:,} giving units at {len(dates)} dates"
        f"{_span(dates)}; {data['positives']:,} did it within {card['horizon_days']} days"
        f" (base rate {data['base_rate']:.1%}).",
        "",
        f"**Origin.** {_origin(card)}",
        "",
        *_recipe_lines(card["recipe"]),
        *_evaluation_lines(card["evaluation"]),
        "**Limits.**",
        *[f"- {limit}" for limit in card["limits"]],
        "",
        "**Must not be used for.**",
        *[f"- {use}" for use in card["not_for"]],
    ]
    return "\n".join(lines) + "\n"


def _origin(card: dict[str, Any]) -> str:
    known = card.get("origin", {})
    snapshot = f"snapshot {known['snapshot']} ({known['snapshot_hash'][:12]})" if known.get("snapshot") else ""
    code = f"code {known['code']}" if known.get("code") else ""
    parts = [f"Trained as of {card['trained_on']}", snapshot, f"features version {card['features_version']}", code]
    return ", ".join(filter(None, parts)) + "."


def _recipe_lines(recipe: dict[str, Any] | None) -> list[str]:
    if recipe is None:
        return []
    voice = recipe["voice_of_trees"]
    line = f", heard {voice:.0%}, beside a straight line" if voice < 1 else ""
    how = CALIBRATIONS[recipe["calibration"]]
    return [
        f"**How.** {recipe['trees']} trees of depth {recipe['depth']}{line}; probabilities {how}, which later donors chose"
        f" among {len(recipe['calibration_losses'])} ways.",
        "",
    ]


def _span(cutoffs: list[str]) -> str:
    return f" from {cutoffs[0]} to {cutoffs[-1]}" if cutoffs else ""


def _evaluation_lines(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return ["**Evaluation.** None: there was too little history to judge a model.", ""]
    rows = [found["model"], *found["rules"]]
    table = [
        f"| {row['title']} | {_with_interval(row['auc'])} | {row['lift_at_10']:.2f} | {row['average_precision']:.3f} |"
        for row in rows
    ]
    return [
        f"**Evaluation** out of time at {found['test_cutoff']}: {found['donors']:,} donors,"
        f" {found['positives']:,} of them positive; nothing after that date was known to it."
        " Intervals are 95 % bootstrap intervals.",
        "",
        "| order | AUC | lift at 10 % | average precision |",
        "|---|---|---|---|",
        *table,
        "",
        f"Brier score {found['brier']:.4f} (base rate alone {found['brier_of_base_rate']:.4f}),"
        f" calibration error {found['calibration_error']:.3f}.",
        "",
        *_group_lines(found.get("groups", [])),
    ]


def _group_lines(groups: list[dict[str, Any]]) -> list[str]:
    """What was checked, and where scores mislead most."""
    if not groups:
        return []
    worst = max(groups, key=lambda one: abs(one["predicted"] - one["observed"]))
    kinds = ", ".join(dict.fromkeys(f"“{one['by']}”" for one in groups))
    return [
        f"**Checked by** {kinds}. Farthest apart: {worst['by'].lower()} {worst['name']}, {worst['predicted']:.1%} predicted,"
        f" {worst['observed']:.1%} observed, of {worst['donors']:,} donors.",
        "",
    ]


def _with_interval(found: list[float]) -> str:
    return f"{found[0]:.3f} ({found[1]:.3f}–{found[2]:.3f})"
