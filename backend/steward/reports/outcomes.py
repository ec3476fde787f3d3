"""The report of the answers in use: each model beside a fundraiser's rules, on later time; executives first, then analysts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from steward.decide.readiness import Share
from steward.models.drift import Since
from steward.models.metrics import ReliabilityBin
from steward.models.profit import Earned, Profit
from steward.reports import charts, sheets
from steward.reports.page import Figure, Row, Section, Sheet, Summary, figure, render
from steward.tables.fairness import Group

FIFTH = 3  # of the gains, which go in steps of a twentieth: the best 20 % of the list
WELL, FAIRLY = 0.02, 0.05  # calibration error


@dataclass(frozen=True)
class Honesty:
    """How far the probabilities in use, a model's or a rule's, were from what happened."""

    error: float
    tenths: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class Judged:
    """One answer in use: its card, and what is known beyond it where its evidence and a run are at hand."""

    card: dict[str, Any]
    profit: Profit | None = None
    since: Since | None = None
    groups: tuple[Group, ...] = ()
    seen: Honesty | None = None
    ready: tuple[Share, ...] = ()

    @property
    def honesty(self) -> Honesty | None:
        """Of the answer in use; without evidence only a model's is known, from its card."""
        found = self.card["evaluation"]
        if self.seen is not None or found is None or self.card["method"] != "model":
            return self.seen
        return Honesty(found["calibration_error"], tuple(ReliabilityBin(**one) for one in found["reliability"]))


def report(answers: Sequence[Judged], symbol: str = "$") -> str:
    return render(
        "How far to trust Steward's answers",
        "Every figure is on later time: trained on what was known before a date, tested on what happened after it. "
        "Intervals hold in 95 of 100 resamplings of the donors.",
        [_section(one, symbol) for one in answers],
        _summary(answers, symbol),
    )


def _summary(answers: Sequence[Judged], symbol: str) -> Summary:
    judged = [one for one in answers if one.card["evaluation"] is not None]
    models = sum(one.card["method"] == "model" for one in judged)
    unjudged = len(answers) - len(judged)
    sentence = (
        f"Of {len(answers)} questions, {models} are answered by a model that ranked donors better than every rule of thumb, "
        f"{len(judged) - models} by the rule that did as well or better"
        f"{f', and {unjudged} by a rule that history is too short to judge' if unjudged else ''}."
    )
    drawn = [(one.card["title"], *_found_in_fifth(one.card["evaluation"])) for one in judged]
    title = "Of all who did it, how many are found in the best fifth of the list"
    picture = None
    if drawn:
        svg = charts.beside(title, drawn, ("Steward's model", "best rule"), 0.2)
        picture = figure(title, svg, "The farther right, the fewer contacts reach the same donors.")
    rows = tuple(Row(_in_short(one, symbol)) for one in answers)
    head = (
        "Question",
        "Answered by",
        "Found in the best fifth",
        "Do scores mean what they say?",
        "Best use of contacts",
    )
    return Summary(sentence, picture, Sheet("Question by question", head, rows, words_in=(1, 3, 4)))


def _found_in_fifth(found: dict[str, Any]) -> tuple[float, float]:
    return found["model"]["gains"][FIFTH], found["rules"][0]["gains"][FIFTH]


def _in_short(one: Judged, symbol: str) -> tuple[str, ...]:
    found, by_model = one.card["evaluation"], one.card["method"] == "model"
    answered = "the model" if by_model else f"the rule: {one.card['rule']}"
    if found is None:
        return one.card["title"], answered, "", "not judged yet: too little history", ""
    reached = _found_in_fifth(found)[0 if by_model else 1]
    return one.card["title"], answered, f"{reached:.0%}", _honesty(one.honesty), _best_use(one.profit, symbol)


def _honesty(found: Honesty | None) -> str:
    if found is None:
        return "not known on this machine"
    words = "yes" if found.error <= WELL else "nearly" if found.error <= FAIRLY else "not quite"
    return f"{words}: off by {found.error * 100:.1f} points on average"


def _best_use(profit: Profit | None, symbol: str) -> str:
    if profit is None:
        return ""
    best = profit.orders[0]
    return (
        f"contact the best {best.best_share:.0%}: {_money(best.best, symbol)}; all: {_money(profit.everyone, symbol)}"
    )


def _section(one: Judged, symbol: str) -> Section:
    card = one.card
    found = card["evaluation"]
    lead = f"{card['question']} It decides: {card['decision'][0].lower()}{card['decision'][1:]}."
    lists = ({"title": "Must not be used for", "items": card["not_for"]}, {"title": "Limits", "items": card["limits"]})
    now = sheets.since_training(one.since, symbol)
    if found is None:
        verdict = card["why_a_rule"] or "Not judged yet."
        return Section(card["outcome"], card["title"], lead, verdict, tables=tuple(now), lists=lists)
    tables = (
        sheets.orders(card, found), *sheets.profit(one.profit, symbol), *sheets.tenths(one.honesty.tenths if one.honesty else ()),
        *sheets.kinds(found), *sheets.ready(one.ready), *sheets.groups(one.groups), *sheets.drift(found), *now,
    )  # fmt: skip
    figures = _figures(found, one, symbol)
    return Section(card["outcome"], card["title"], lead, _verdict(card, found), figures, tables, lists)


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


def _figures(found: dict[str, Any], one: Judged, symbol: str) -> tuple[Figure, ...]:
    best, model = found["rules"][0], found["model"]
    held, by_rule = _found_in_fifth(found)
    words = f"The best 20 % of the model's list hold {held:.0%} of all who did it; of the rule's, {by_rule:.0%}."
    orders = [("the model", model["gains"]), (f"rule: {best['title']}", best["gains"])]
    drawn = [figure("Who is found early in the list", charts.gains(orders), words)]
    if one.profit is not None:
        curves = [(order.title, order.curve) for order in one.profit.orders]
        drawn.append(figure("What contact would have earned", charts.profit(curves), _earned(one.profit, symbol)))
    if honest := one.honesty:
        words = f"Mean distance of predicted and observed: {honest.error:.3f}. On the line, scores mean what they say."
        places = [(tenth.predicted, tenth.observed) for tenth in honest.tenths]
        drawn.append(figure("Do scores mean what they say?", charts.reliability(places), words))
    return tuple(drawn)


def _earned(profit: Profit, symbol: str) -> str:
    first = profit.orders[0]
    others = "; ".join(f"{one.title}: {_peak(one, symbol)}" for one in profit.orders[1:])
    return (
        f"At {symbol}{profit.cost:,.2f} a contact. {first.title[0].upper()}{first.title[1:]} peaks: {_peak(first, symbol)}. "
        f"{others[0].upper()}{others[1:]}. Contacting all: {_money(profit.everyone, symbol)}. It counts as if nobody else had given."
    )


def _peak(one: Earned, symbol: str) -> str:
    return f"{_money(one.best, symbol)} at {one.best_share:.0%} of the list"


def _money(amount: float, symbol: str) -> str:
    return f"−{symbol}{-amount:,.0f}" if amount <= -0.5 else f"{symbol}{abs(amount):,.0f}"
