"""Trains one outcome as it would have been trained in the past, judges it there, and publishes model or rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from steward import features
from steward.errors import NotEnoughData
from steward.models import artefact, boosters, calibration_fitting, card, drift, learning, money, peers, treetables
from steward.models.backtest import Backtest, backtest, input_names
from steward.models.base_rates import base_rates, log_odds
from steward.models.card import NOWHERE, Origin
from steward.models.metrics import Array, reliability
from steward.models.model import Boosted, Model
from steward.models.rule_fitting import fit_rates
from steward.models.ruling import FittedRule
from steward.models.training_sets import Examples, Plan, labels, plan
from steward.outcomes import Outcome

FEWEST_TEST_POSITIVES = 30
REFERENCE_STEPS = 2001


def train(outcome: Outcome, examples: Examples, seed: int, threads: int = 2, origin: Origin = NOWHERE) -> Model:
    """The model where it beats every rule out of time; else the best rule with its own rate, and the card says why."""
    try:
        known = judgeable(outcome, examples)
    except NotEnoughData as short:
        return _by_rule(outcome, examples, outcome.rules[0].key, None, str(short), origin)
    tested = backtest(outcome, examples, known, seed, threads)
    if not tested.evaluation.model_wins:
        best = tested.evaluation.best_rule
        why = f"The model did not rank better than the rule “{best.title}” by more than chance."
        return _by_rule(outcome, examples, best.key, tested, why, origin)
    return _by_model(outcome, examples, tested, seed, threads, origin)


def judgeable(outcome: Outcome, examples: Examples) -> Plan:
    """Which past dates teach and which one tests; raises NotEnoughData where a model could not be judged."""
    label = labels(examples.rows)
    rarer = int(min(label.sum(), (1 - label).sum()))
    if rarer < outcome.minimum_positives:
        raise NotEnoughData(
            f"Only {rarer} past example{'s' * (rarer != 1)} of the rarer answer; a model needs {outcome.minimum_positives}.",
            "The rule is used until more years are on record.",
        )
    known = plan(examples.cutoffs, outcome.horizon)
    if known is None:
        raise NotEnoughData(
            f"The history is shorter than two times {outcome.horizon_days} days: a model cannot be judged.",
            "The rule is used until more years are on record.",
        )
    last = labels(examples.at([known.test]))
    if min(last.sum(), (1 - last).sum()) < FEWEST_TEST_POSITIVES:
        raise NotEnoughData(
            f"At the last cut-off ({known.test}) too few donors gave each answer to judge a model.",
            "The rule is used until more donors are on record.",
        )
    return known


def _by_model(outcome: Outcome, examples: Examples, tested: Backtest, seed: int, threads: int, origin: Origin) -> Model:
    """The same recipe on everything known today; calibrated on all margins that were out of time."""
    names = input_names(examples.rows)
    rates = base_rates(examples.rows, outcome.prior_rate)
    learnt = learning.grow(examples.rows, names, tested.choice.recipe, rates, seed=seed, threads=threads)
    calibrator = calibration_fitting.fit(tested.kind, tested.margin, tested.label)
    level = log_odds(rates.expected(examples.as_of))
    tables = treetables.build(learnt.booster)
    boosted = Boosted(names, boosters.kept(learnt.booster), tables, calibrator, level, learnt.line, learnt.voice)
    rule = _fitted_rule(outcome, tested.evaluation.best_rule.key, examples)
    order = boosted.margin(boosted.contributions(examples.current, threads))
    checked = reliability(tested.label, calibrator(tested.margin))
    support = tuple((b.predicted, b.donors) for b in checked)
    return _publish(
        outcome, examples, rule, boosted=boosted, order=order, support=support, tested=tested, why="", origin=origin
    )


def _by_rule(
    outcome: Outcome, examples: Examples, key: str, tested: Backtest | None, why: str, origin: Origin
) -> Model:
    rule = _fitted_rule(outcome, key, examples)
    support = tuple(zip(rule.rates, rule.support, strict=True))
    return _publish(
        outcome,
        examples,
        rule,
        boosted=None,
        order=rule.points(examples.current),
        support=support,
        tested=tested,
        why=why,
        origin=origin,
    )


def _fitted_rule(outcome: Outcome, key: str, examples: Examples) -> FittedRule:
    rule = next(rule for rule in outcome.rules if rule.key == key)
    expected = base_rates(examples.rows, outcome.prior_rate).expected(examples.as_of)
    return fit_rates(rule, examples.rows, labels(examples.rows), expected)


def _publish(
    outcome: Outcome,
    examples: Examples,
    rule: FittedRule,
    *,
    boosted: Boosted | None,
    order: Array,
    support: tuple[tuple[float, int], ...],
    tested: Backtest | None,
    why: str,
    origin: Origin,
) -> Model:
    names = input_names(examples.current)
    worth = money.judge(tested.evidence, by_model=boosted is not None) if outcome.in_money and tested else None
    model = Model(
        outcome=outcome.key,
        as_of=examples.as_of,
        features_version=features.VERSION,
        rule=rule,
        boosted=boosted,
        base_rate=rule.prior,
        cuts=outcome.bands.cuts(rule.prior),
        reference=_reference(order),
        typical=peers.typical(examples.current, names),
        peers=peers.medians(examples.current, names),
        support=support,
        spreads=drift.spreads(examples.current, names),
        evidence=tested.evidence if tested else None,
        chance_voice=worth.voice if worth else 1.0,
    )
    told = card.write(outcome, examples, model, tested, why, origin)
    return artefact.sealed(replace(model, card=told | {"in_money": worth and worth.to_json()}))


def _reference(order: Array) -> tuple[float, ...]:
    if len(order) == 0:
        return ()
    steps = np.linspace(0, 1, min(REFERENCE_STEPS, len(order)))
    return tuple(np.quantile(order, steps, method="lower").tolist())
