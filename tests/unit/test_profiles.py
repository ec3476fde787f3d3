"""One row a Contact: the unit's answer mirrored, exclusions blank, everything within the org's limits."""

import dataclasses
import datetime as dt
import json
import math
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
from steward import outcomes
from steward.decide.asks import Ask
from steward.decide.channels import Preference
from steward.decide.policy import DO_NOT_SOLICIT, NEXT_STEPS, Policy
from steward.decide.rollout import Rollout
from steward.decide.sustainers import Health
from steward.explain import Told
from steward.profile_fields import OutcomeAnswers, UnitAnswers
from steward.profiles import Held, columns, rows
from steward.shared import Shared
from steward.value.answers import Money, ValueAnswers, Windows

PREFIXES = ("Propensity", "Lapse_Risk")
POLICY = Policy()
GIVES = dataclasses.replace(outcomes.get("give_90_days"), title="Likely to give in the next 90 days")


def member(contact_id, unit_id="u1", **other):
    defaults = {"basis": "Household", "is_lead": True, "excluded_reason": None, "do_not_contact": False,
                "opted_out_of_email": False, "do_not_call": False}  # fmt: skip
    return {"contact_id": contact_id, "unit_id": unit_id, **defaults, **other}


def propensity(**other):
    """What one outcome says of one donor."""
    defaults = {
        "outcome": GIVES, "score": 34.0, "band": "High", "rank": 8, "method": "Model",
        "version": "give_90_days-20260301-ab12cd34", "confidence": "High",
        "helps": ("gave 5 gifts in the last 2 years",), "holds_back": ("last gave 14 months ago",),
    }  # fmt: skip
    return SimpleNamespace(**(defaults | other))


def only(value):
    """A column of one unit."""
    return np.array([value]) if isinstance(value, float) else Shared([value], np.array([0]))


def said(one):
    sentences = [*one.helps, *one.holds_back]
    sides = (np.arange(len(one.helps)), np.arange(len(one.helps), len(sentences)))
    columns = (only(value) for value in (one.score, one.band, one.rank, one.confidence))
    told = Told(sentences, *(side.reshape(1, -1) for side in sides))
    return OutcomeAnswers(one.outcome, one.method, one.version, np.array([0]), *columns, told)


def answer(segment, *spoken, told=None, value=None, **more):
    """A lone unit of which these outcomes speak: the first stands for it, the first `told` bring their reasons."""
    named = {one.outcome.key: said(one) for one in spoken}
    keys = tuple(named)
    main = only(keys[0] if keys else None)
    columns = {name: only(one) for name, one in more.items()}
    return UnitAnswers(
        np.array(["u1"], object), np.array([0]), only(segment), named, main, only(keys[:told]), **columns, value=value
    )


def compose(members, answers, prefixes=PREFIXES):
    return rows(columns(pa.Table.from_pylist(members), answers, prefixes, POLICY, Rollout(("Full",))))


def test_both_spouses_carry_the_households_answer_and_only_one_leads():
    made = answer(
        "Loyal donor", propensity(), ask=Ask(50.0, 50.0, 75.0, "The last gift was $50."), affinity="Gives to Education"
    )
    first, second = compose([member("c1"), member("c2", is_lead=False)], made)
    assert first["Propensity_Score__c"] == second["Propensity_Score__c"] == 34.0
    assert (first["Household_Lead__c"], second["Household_Lead__c"]) == (True, False)
    assert first["Lapse_Risk_Score__c"] is None
    assert first["Next_Step__c"] == NEXT_STEPS["Loyal donor"]
    assert first["Suggested_Ask__c"] == 50.0
    assert json.loads(first["Reasons__c"])["Propensity"]["helps"] == ["gave 5 gifts in the last 2 years"]


def test_the_insight_is_one_sentence_with_the_likelihood_and_both_sides():
    (row,) = compose([member("c1")], answer("Loyal donor", propensity()))
    assert row["Cultivation_Insight__c"] == (
        "Likely to give in the next 90 days: high (about 34 in 100); gave 5 gifts in the last 2 years; but last gave 14 months ago."
    )


def test_an_excluded_person_has_no_score_no_reason_and_no_ask():
    made = answer("Loyal donor", propensity(), ask=Ask(1.0, 2.0, 3.0, "x"))
    (row,) = compose([member("c1", excluded_reason="Deceased")], made)
    assert (row["Method__c"], row["Excluded_Reason__c"], row["Segment__c"]) == ("Excluded", "Deceased", DO_NOT_SOLICIT)
    filled = {name for name, value in row.items() if value is not None}
    assert filled == {
        "contact_id", "unit_id", "Basis__c", "Household_Lead__c", "Mode__c", "Excluded_Reason__c", "Method__c", "Segment__c",
    }  # fmt: skip


def test_who_must_not_be_contacted_keeps_the_score_but_gets_no_ask_and_no_action():
    made = answer("Upgrade ready", propensity(), ask=Ask(1.0, 2.0, 3.0, "x"))
    (row,) = compose([member("c1", do_not_contact=True)], made)
    assert row["Propensity_Score__c"] == 34.0
    assert row["Suggested_Ask__c"] is None
    assert row["Segment__c"] == DO_NOT_SOLICIT
    assert row["Next_Step__c"] == "Do not contact or ask."


def test_long_reasons_are_cut_at_whole_reasons_and_fit_their_fields():
    long = tuple(f"a reason number {n} that goes on for quite a while in words" for n in range(40))
    named = (dataclasses.replace(GIVES, key=f"p{n}", field_prefix=f"P{n}") for n in range(12))
    made = answer("Loyal donor", *(propensity(outcome=one, helps=long) for one in named))
    (row,) = compose([member("c1")], made)
    assert len(row["Helps__c"]) <= 255
    assert row["Helps__c"].endswith("in words")
    assert len(row["Reasons__c"]) <= 16_384
    assert "P0" in json.loads(row["Reasons__c"])
    assert len(row["Cultivation_Insight__c"]) <= 255


def test_no_likelihood_is_told_as_certain():
    sure, hardly = (
        compose([member("c1")], answer("Loyal donor", propensity(score=score)))[0]["Cultivation_Insight__c"]
        for score in (99.7, 0.1)
    )
    assert "more than 99 in 100" in sure
    assert "fewer than 1 in 100" in hardly


def test_an_order_without_a_probability_has_a_word_and_a_place_only():
    legacy = propensity(outcome=outcomes.get("planned_giving"), score=math.nan, band="High", rank=12)
    made = answer("Loyal donor", propensity(), legacy)
    prefixes = (*PREFIXES, "Planned_Giving")
    (row,) = compose([member("c1")], made, prefixes)
    assert (row["Planned_Giving_Band__c"], row["Planned_Giving_Rank__c"]) == ("High", 12)
    assert "Planned_Giving_Score__c" not in row


def test_only_what_is_told_brings_its_reasons_but_every_outcome_its_score():
    lapse = propensity(outcome=outcomes.get("lapse_12_months"), score=9.0)
    made = answer("Loyal donor", propensity(), lapse, told=1)
    (row,) = compose([member("c1")], made)
    assert set(json.loads(row["Reasons__c"])) == {"Propensity"}
    assert row["Lapse_Risk_Score__c"] == 9.0


def test_each_spouse_is_reached_by_the_channel_they_left_open():
    made = answer("Loyal donor", propensity(), channels=(Preference("Email", 5, 6), Preference("Mail", 2, 6)))
    open_, closed = compose([member("c1"), member("c2", opted_out_of_email=True)], made)
    assert (open_["Preferred_Channel__c"], closed["Preferred_Channel__c"]) == ("Email", "Mail")
    assert closed["Channel_Reason__c"].startswith("2 of the 6")


def test_who_must_not_be_contacted_has_no_channel_and_nothing_that_comes_first():
    made = answer("Loyal donor", propensity(), priority="Upgrades", channels=(Preference("Mail", 5, 6),))
    (row,) = compose([member("c1", do_not_contact=True)], made)
    assert row["Preferred_Channel__c"] is row["Priority_Outcome__c"] is None


def test_the_score_by_month_grows_with_what_the_org_holds_and_starts_anew_with_another_question():
    def trend(held):
        made = answer("Loyal donor", propensity())
        day = dt.date(2026, 11, 22)
        members = pa.Table.from_pylist([member("c1")])
        return columns(members, made, PREFIXES, POLICY, Rollout(("Full",)), day, {"c1": held})["Trend__c"][0]

    assert trend(Held("2026-10:31.2", "give_90_days-20260101-00000000")) == "2026-10:31.2 2026-11:34.0"
    assert trend(Held("2026-10:31.2", "reactivation-20260101-00000000")) == "2026-11:34.0"
    assert trend(Held()) == "2026-11:34.0"


def test_recurring_health_and_the_value_of_a_return_stand_with_their_reason():
    made = answer("Lapsed", propensity(), health=Health("At Risk", "x" * 300), reactivation_value=12.34)
    (row,) = compose([member("c1")], made)
    assert (row["Recurring_Health__c"], len(row["Recurring_Health_Reason__c"])) == ("At Risk", 255)
    assert row["Reactivation_Value__c"] == 12.34


def test_amounts_and_dates_ahead_are_written_and_whoever_must_not_be_contacted_gets_no_window():
    money = Money(*(np.array([amount]) for amount in (50.0, 20.0, 120.0)))
    window = Windows(*(np.array([day], "datetime64[D]") for day in ("2026-03-01", "2026-04-01")))
    value = ValueAnswers(
        np.array([0]), money, dict.fromkeys((1, 3, 5), money), window, window, False, "value-1", "From a rule"
    )
    made = answer("Loyal donor", propensity(), value=value)
    asked, silent = compose([member("c1"), member("c2", do_not_contact=True)], made)
    assert (asked["Expected_Gift__c"], asked["Lifetime_Value_5_Years_High__c"]) == (50.0, 120.0)
    assert (asked["Next_Gift_From__c"], asked["Contact_Window_Until__c"]) == ("2026-03-01", "2026-04-01")
    assert silent["Expected_Gift__c"] == 50.0
    assert silent["Contact_Window_From__c"] is silent["Contact_Window_Until__c"] is None
