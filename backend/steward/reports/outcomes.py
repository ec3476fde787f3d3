"""The report of the models in use: each beside a fundraiser's rules, on later time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from steward.reports import charts
from steward.reports.page import Figure, Row, Section, Sheet, figure, render

MUCH_DRIFT, SOME_DRIFT = 0.25, 0.10


def report(cards: Iterable[dict[str, Any]]) -> str:
    sections = [_section(card) for card in cards]
    return render(
        "How far to trust Steward's answers",
        "Every figure is on later time: trained on what was known before a date, tested on what happened after it. "
        "Intervals hold in 95 of 100 resamplings of the donors.",
        sections,
    )


def _section(card: dict[str, Any]) -> Section:
    found = card["evaluation"]
    lead = f"{card['question']} It decides: {card['decision'][0].lower()}{card['decision'][1:]}."
    lists = ({"title": "Must not be used for", "items": card["not_for"]}, {"title": "Limits", "items": card["limits"]})
    if found is None:
        return Section(card["outcome"], card["title"], lead, card["why_a_rule"] or "Not judged yet.", lists=lists)
    return Section(
        card["outcome"],
        card["title"],
        lead,
        _verdict(card, found),
        _figures(found),
        (_orders(card, found), _tenths(found), *_stability(found), *_drift(found)),
        lists,
    )


def _verdict(card: dict[str, Any], found: dict[str, Any]) -> str:
    best, model = found["rules"][0], found["model"]
    gap = best["model_minus_this"]
    if card["method"] == "model":
        return (
            f"The model is used: it ranks donors better than the best rule, “{best['title']}”, by {gap[0]:+.3f} AUC "
            f"({gap[1]:+.3f} to {gap[2]:+.3f}). The best tenth of its list holds {model['lift_at_10']:.1f} times as many "
            "as a tenth picked blindly."
        )
    return f"The rule “{card['rule']}” is used. {card['why_a_rule']}"


def _figures(found: dict[str, Any]) -> tuple[Figure, ...]:
    best, model = found["rules"][0], found["model"]
    drawn = []
    if "gains" in model:
        held = model["gains"][3]
        words = f"The best 20 % of the model's list hold {held:.0%} of all who did it; of the rule's, {best['gains'][3]:.0%}."
        orders = [("the model", model["gains"]), (f"rule: {best['title']}", best["gains"])]
        drawn.append(figure("Who is found early in the list", charts.gains(orders), words))
    words = f"Mean distance of predicted and observed: {found['calibration_error']:.3f}. On the line, scores mean what they say."
    drawn.append(figure("Do scores mean what they say?", charts.reliability(found["reliability"]), words))
    return tuple(drawn)


def _orders(card: dict[str, Any], found: dict[str, Any]) -> Sheet:
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


def _tenths(found: dict[str, Any]) -> Sheet:
    rows = tuple(
        Row((str(number), f"{one['donors']:,}", f"{one['predicted']:.1%}", f"{one['observed']:.1%}"))
        for number, one in enumerate(found["reliability"], start=1)
    )
    return Sheet("Predicted and observed, by tenths", ("Tenth", "Donors", "Predicted", "Observed"), rows)


def _stability(found: dict[str, Any]) -> list[Sheet]:
    if not found.get("groups"):
        return []
    rows = tuple(
        Row((f"{one['by']}: {one['name']}", f"{one['donors']:,}", f"{one['positives']:,}",
             "too few" if one["auc"] is None else f"{one['auc']:.3f}", f"{one['predicted']:.1%}", f"{one['observed']:.1%}"))
        for one in found["groups"]
    )  # fmt: skip
    words = "Does it hold for every kind of donor? Where predicted and observed part, its scores mislead for that kind."
    head = ("Kind of donor", "Donors", "Did it", "AUC", "Predicted", "Observed")
    return [Sheet("Stability by cohort and by size of gift", head, rows, words)]


def _drift(found: dict[str, Any]) -> list[Sheet]:
    if not found.get("drift"):
        return []
    rows = tuple(
        Row((one["input"].replace("_", " "), f"{one['psi']:.3f}", _drift_words(one["psi"]))) for one in found["drift"]
    )
    words = "How far each input's distribution moved from the day of the test to the day of training (population stability index)."
    return [Sheet("Drift: the inputs that moved most", ("Input", "PSI", "In words"), rows, words, words_in=(2,))]


def _drift_words(psi: float) -> str:
    return "much: train again soon" if psi > MUCH_DRIFT else "some" if psi > SOME_DRIFT else "little"
