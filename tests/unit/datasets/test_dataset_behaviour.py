"""The simulated nonprofit behaves: no gift after death or today, trouble announces itself, a model learns some of it."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from nonprofit.records import CLOSED_LOST, PLEDGED
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score


def unit(gift):
    return gift.household_credit or gift.account


@pytest.fixture(scope="module")
def households(world):
    return {household.number: household for household in world.households}


def test_there_are_as_many_people_as_asked_for(world):
    assert sum(len(household.people) for household in world.households) == 1500


def test_nothing_is_won_paid_or_answered_on_or_after_the_last_day(world):
    assert all(gift.day < world.as_of for gift in world.story.gifts if gift.won)
    assert all(p.paid_on < world.as_of for gift in world.story.gifts for p in gift.payments if p.paid_on)
    assert all(m.responded_on < world.as_of for m in world.story.memberships if m.responded_on)
    assert any(gift.day >= world.as_of for gift in world.story.gifts if not gift.won)


def test_the_dead_give_nothing_and_are_not_to_be_contacted(world, households):
    dead = {p.number: p.deceased_on for h in world.households for p in h.people if p.deceased_on}
    assert dead
    late = [
        g for g in world.story.gifts if g.won and g.account in households and g.day >= dead.get(g.contact, world.as_of)
    ]
    assert late == []
    assert all(p.do_not_contact and p.no_email for h in world.households for p in h.people if p.deceased_on)


def test_every_kind_of_giving_is_there(world):
    kinds = Counter(gift.kind for gift in world.story.gifts)
    assert {"Donation", "MajorGift", "Grant", "MatchingGift", "InKindGift"} <= set(kinds)
    assert {pledge.status for pledge in world.story.pledges} >= {"Active", "Lapsed", "Closed"}
    assert any(gift.tribute for gift in world.story.gifts)
    assert any(gift.asked_on and not gift.won and gift.day >= world.as_of for gift in world.story.gifts)


def test_installments_fail_before_cards_and_budgets_end_a_pledge(world):
    misses = defaultdict(list)
    for gift in world.story.gifts:
        if gift.pledge:
            misses[gift.pledge.number].append((gift.day, gift.stage == CLOSED_LOST))
    forced = [p for p in world.story.pledges if p.reason in ("Card Expired", "Financial Difficulty")]
    assert forced
    assert all(sorted(misses[pledge.number])[-1][1] for pledge in forced)
    expired = [pledge for pledge in forced if pledge.reason == "Card Expired"]
    assert all(pledge.card_expires and pledge.card_expires <= pledge.ended for pledge in expired)


def test_a_running_pledge_has_its_next_installment_open(world):
    waiting = Counter(gift.pledge.number for gift in world.story.gifts if gift.pledge and gift.stage == PLEDGED)
    assert {pledge.number for pledge in world.story.pledges if pledge.status == "Active"} == set(waiting)
    assert set(waiting.values()) == {1}


def test_giving_crowds_into_the_end_of_the_year(world):
    months = Counter(gift.day.month for gift in world.story.gifts if gift.won and not gift.pledge)
    assert months[12] > 1.7 * sum(months.values()) / 12


def test_most_gifts_repeat_the_last_amount(world, households):
    by_donor = defaultdict(list)
    for gift in world.story.gifts:
        if gift.won and not gift.pledge and gift.account in households:
            by_donor[gift.account].append(gift.cents)
    pairs = [pair for amounts in by_donor.values() for pair in pairwise(amounts)]
    assert 0.45 < sum(before == after for before, after in pairs) / len(pairs) < 0.7


def examples(world, households, cut, horizon=90):
    """Per household that gave before `cut` and is no sustainer: what could be known, and whether it gave after."""
    homes = {person.number: h.number for h in world.households for person in h.people}
    sustaining = {
        p.household.number for p in world.story.pledges if p.started < cut and not (p.ended and p.ended < cut)
    }
    ages, after, answers = defaultdict(list), set(), Counter()
    for gift in world.story.gifts:
        if gift.won and unit(gift) in households:
            age = (cut - gift.day).days
            if age > 0:
                ages[unit(gift)].append(age)
            elif age > -horizon:
                after.add(unit(gift))
    for member in world.story.memberships:
        if member.responded_on and 0 < (cut - member.responded_on).days <= 365:
            answers[homes[member.contact]] += 1
    rows = [
        (min(a), len(a), max(a), sum(x <= 365 for x in a), sum(x <= 730 for x in a), answers[h],
         sum(any(365 * y - horizon < x <= 365 * y for y in range(1, 9)) for x in a), h in after)
        for h, a in sorted(ages.items()) if h not in sustaining
    ]  # fmt: skip
    table = np.array(rows, dtype=float)
    return table[:, :-1], table[:, -1]


def test_a_model_learns_more_than_recency_and_is_far_from_perfect(world, households):
    cuts = [world.as_of - timedelta(days=90 * back) for back in (2, 3, 4, 5)]
    past = [examples(world, households, cut) for cut in cuts]
    model = HistGradientBoostingClassifier(max_iter=80, learning_rate=0.07, max_leaf_nodes=8, random_state=0)
    model.fit(np.vstack([x for x, _ in past]), np.concatenate([y for _, y in past]))
    x, y = examples(world, households, world.as_of - timedelta(days=90))
    learned, recency = roc_auc_score(y, model.predict_proba(x)[:, 1]), roc_auc_score(y, -x[:, 0])
    assert 0.70 < recency < learned < 0.88
    assert learned - recency > 0.01
