"""The analyst's tables of one answer: orders, profit, tenths, kinds of donor, chosen groups, drift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steward.decide.readiness import Share
from steward.features import CATALOGUE
from steward.features.phrases import phrase
from steward.models.drift import Drift, Since
from steward.models.metrics import Interval, ReliabilityBin
from steward.models.profit import Earned, Profit
from steward.reports.page import Row, Sheet
from steward.tables.fairness import Group
from steward.words import Language

MUCH_DRIFT, SOME_DRIFT = 0.25, 0.10
MOST_DRIFTED = 8
_KNOWN = {feature.name: feature for feature in CATALOGUE}


def orders(card: dict[str, Any], found: dict[str, Any]) -> Sheet:
    rows = [_order(found["model"], "", card["method"] == "model")]
    for rule in found["rules"]:
        gap = rule["model_minus_this"]
        used = card["method"] == "rule" and rule["title"] == card["rule"]
        rows.append(_order(rule, f"{gap[0]:+.3f} ({gap[1]:+.3f} to {gap[2]:+.3f})", used))
    return Sheet(
        "The model beside each rule",
        ("Order of the list", "AUC", "95 %", "Lift at 10 %", "Average precision", "Model minus this"),
        tuple(rows),
        f"Tested at {found['test_cutoff']}: {found['donors']:,} donors, {found['positives']:,} did it within "
        f"{card['horizon_days']} days. The order in use is in bold.",
    )


def _order(row: dict[str, Any], gap: str, used: bool) -> Row:
    value, low, high = row["auc"]
    return Row(
        (row["title"], f"{value:.3f}", f"{low:.3f}–{high:.3f}", f"{row['lift_at_10']:.2f}", f"{row['average_precision']:.3f}", gap),
        used,
    )  # fmt: skip


def profit(found: Profit | None, symbol: str) -> list[Sheet]:
    if found is None:
        return []
    first = found.orders[0].title
    rows = [
        *(_earned(one) for one in found.orders),
        Row(("everyone", "100%", f"{found.everyone:,.0f}", _gap(found.gap))),
    ]
    words = (
        f"At {symbol}{found.cost:,.2f} a contact, among {found.donors:,} donors, from what they gave in the time asked about. The peak "
        "is looked for on the same donors, in every resample anew. Who gives without being asked is not known from history: "
        "to learn what contact causes, leave some out at random."
    )
    head = ("Order of the list", "Contacted at the peak", "Profit at the peak", f"“{first}” minus this")
    return [Sheet("Whom to contact", head, tuple(rows), words)]


def _earned(one: Earned) -> Row:
    return Row((one.title, f"{one.best_share:.0%}", f"{one.best:,.0f}", _gap(one.gap)))


def _gap(gap: Interval | None) -> str:
    return "" if gap is None else f"{gap.value:+,.0f} ({gap.low:+,.0f} to {gap.high:+,.0f})"


def tenths(found: Sequence[ReliabilityBin]) -> list[Sheet]:
    rows = tuple(
        Row((str(number), f"{one.donors:,}", f"{one.predicted:.1%}", f"{one.observed:.1%}"))
        for number, one in enumerate(found, start=1)
    )
    head = ("Tenth", "Donors", "Predicted", "Observed")
    return [Sheet("Predicted and observed by the answer in use, by tenths", head, rows)] if rows else []


def kinds(found: dict[str, Any]) -> list[Sheet]:
    if not found.get("groups"):
        return []
    rows = tuple(
        Row((f"{one['by']}: {one['name']}", f"{one['donors']:,}", f"{one['positives']:,}",
             "too few" if one["auc"] is None else f"{one['auc']:.3f}", f"{one['predicted']:.1%}", f"{one['observed']:.1%}"))
        for one in found["groups"]
    )  # fmt: skip
    words = "Does the model hold for every kind of donor? Where predicted and observed part, its scores mislead for that kind."
    head = ("Kind of donor", "Donors", "Did it", "AUC", "Predicted", "Observed")
    return [Sheet("Stability by cohort, by size of gift and by kind", head, rows, words)]


def ready(found: Sequence[Share]) -> list[Sheet]:
    rows = tuple(
        Row(
            (one.title, f"{one.donors:,}", f"{one.did:,}", f"{one.share:.1%}", f"{one.low:.1%}–{one.high:.1%}"),
            used=number == 0,
        )
        for number, one in enumerate(found)
    )
    words = (
        "“Upgrade Ready” is a rule over this answer: so many months of recurring gifts, and likely to give more. Of those whom it would "
        "have named at the date of the test, how many raised their gift? Warnings, which take the word away from some, are not counted."
    )
    head = ("Chosen", "Donors", "Raised the gift", "Share", "95 %")
    return [Sheet("What “Upgrade Ready” is worth", head, rows, words)] if rows else []


def groups(found: Sequence[Group]) -> list[Sheet]:
    rows = tuple(
        Row((f"{one.by}: {one.name}", f"{one.rows:,}", "too few" if one.auc is None else f"{one.auc:.3f}", f"{one.predicted:.1%}",
             f"{one.observed:.1%}", f"{one.share_of_rows:.1%}", f"{one.share_of_top:.1%}"))
        for one in found
    )  # fmt: skip
    words = (
        "Of the answer in use. Never inputs. Where predicted and observed part, scores mislead for that group; the last two columns "
        "tell who comes first. A household counts by the person to contact first."
    )
    head = ("Group", "Donors", "AUC", "Predicted", "Observed", "Of all donors", "Of the best 10 %")
    return [Sheet("Fairness: the groups you asked to check", head, rows, words)] if rows else []


def drift(found: dict[str, Any]) -> list[Sheet]:
    """What the card knows: from the day of the test to the day of training."""
    rows = tuple(
        Row((_about(one["input"]), f"{one['psi']:.3f}", in_words(one["psi"]))) for one in found.get("drift") or ()
    )
    words = "How far each input's distribution moved from the day of the test to the day of training (population stability index)."
    head = ("Input", "PSI", "In words")
    return (
        [Sheet("Drift before training: the inputs that moved most", head, rows, words, words_in=(2,))] if rows else []
    )


def since_training(found: Since | None, symbol: str) -> list[Sheet]:
    if found is None:
        return []
    rows = [Row(("the order of donors", "", f"{found.order:.3f}", in_words(found.order)), used=True)]
    rows += [
        Row((_about(one.name), _typical(one, symbol), f"{one.psi:.3f}", in_words(one.psi)))
        for one in found.inputs[:MOST_DRIFTED]
    ]
    words = (
        f"Do the {found.donors:,} donors of the last run still look like those it was trained on? The score's own order first, then "
        "the inputs that moved most (population stability index). Where the order moved much, train again."
    )
    head = ("Input", "The typical donor", "PSI", "In words")
    return [Sheet("Drift since training", head, tuple(rows), words, words_in=(1, 3))]


def in_words(psi: float) -> str:
    return "much" if psi > MUCH_DRIFT else "some" if psi > SOME_DRIFT else "little"


def _about(name: str) -> str:
    feature = _KNOWN.get(name)
    plain = name.replace("_", " ")
    return f"{plain} ({feature.topic})" if feature and feature.topic != plain else plain


def _typical(one: Drift, symbol: str) -> str:
    """What is said of the typical donor now, with what it was then."""
    return (
        phrase(_KNOWN[one.name], one.now, one.then, Language(symbol=symbol), "at training")
        if one.name in _KNOWN
        else ""
    )
