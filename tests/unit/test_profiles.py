"""One row a Contact: the unit's answer mirrored, exclusions blank, everything within the org's limits."""

import json

import pandas as pd
from steward.decide.asks import Ask
from steward.decide.policy import DO_NOT_SOLICIT, NEXT_STEPS, Policy
from steward.profiles import OutcomeAnswer, UnitAnswer, rows

PREFIXES = ("Propensity", "Lapse_Risk")
POLICY = Policy()


def member(contact_id, unit_id="u1", **other):
    defaults = {"basis": "Household", "is_lead": True, "excluded_reason": None, "do_not_contact": False,
                "opted_out_of_email": False, "do_not_call": False}  # fmt: skip
    return {"contact_id": contact_id, "unit_id": unit_id, **defaults, **other}


def propensity(**other):
    defaults = {
        "field_prefix": "Propensity", "title": "Likely to give in the next 90 days", "score": 34.0, "band": "High", "rank": 8,
        "method": "Model", "version": "give_90_days-20260301-ab12cd34", "confidence": "High",
        "helps": ("gave 5 gifts in the last 2 years",), "holds_back": ("last gave 14 months ago",),
    }  # fmt: skip
    return OutcomeAnswer(**(defaults | other))


def compose(members, answer):
    return rows(pd.DataFrame(members), {"u1": answer}, PREFIXES, POLICY, "Full")


def test_both_spouses_carry_the_households_answer_and_only_one_leads():
    answer = UnitAnswer(
        "Loyal donor", (propensity(),), Ask(50.0, 50.0, 75.0, "The last gift was $50."), "Gives to: Education"
    )
    first, second = compose([member("c1"), member("c2", is_lead=False)], answer)
    assert first["Propensity_Score__c"] == second["Propensity_Score__c"] == 34.0
    assert (first["Household_Lead__c"], second["Household_Lead__c"]) == (True, False)
    assert first["Lapse_Risk_Score__c"] is None
    assert first["Next_Step__c"] == NEXT_STEPS["Loyal donor"]
    assert first["Suggested_Ask__c"] == 50.0
    assert json.loads(first["Reasons__c"])["Propensity"]["helps"] == ["gave 5 gifts in the last 2 years"]


def test_the_insight_is_one_sentence_with_the_likelihood_and_both_sides():
    (row,) = compose([member("c1")], UnitAnswer("Loyal donor", (propensity(),)))
    assert row["Cultivation_Insight__c"] == (
        "Likely to give in the next 90 days: high (about 34 in 100); gave 5 gifts in the last 2 years; but last gave 14 months ago."
    )


def test_an_excluded_person_has_no_score_no_reason_and_no_ask():
    answer = UnitAnswer("Loyal donor", (propensity(),), Ask(1.0, 2.0, 3.0, "x"))
    (row,) = compose([member("c1", excluded_reason="Deceased")], answer)
    assert (row["Method__c"], row["Excluded_Reason__c"], row["Segment__c"]) == ("Excluded", "Deceased", DO_NOT_SOLICIT)
    filled = {name for name, value in row.items() if value is not None}
    assert filled == {
        "contact_id", "unit_id", "Basis__c", "Household_Lead__c", "Mode__c", "Excluded_Reason__c", "Method__c", "Segment__c",
    }  # fmt: skip


def test_who_must_not_be_contacted_keeps_the_score_but_gets_no_ask_and_no_action():
    answer = UnitAnswer("Upgrade ready", (propensity(),), Ask(1.0, 2.0, 3.0, "x"))
    (row,) = compose([member("c1", do_not_contact=True)], answer)
    assert row["Propensity_Score__c"] == 34.0
    assert row["Suggested_Ask__c"] is None
    assert row["Segment__c"] == DO_NOT_SOLICIT
    assert row["Next_Step__c"] == "Do not contact or ask."


def test_long_reasons_are_cut_at_whole_reasons_and_fit_their_fields():
    long = tuple(f"a reason number {n} that goes on for quite a while in words" for n in range(40))
    answer = UnitAnswer("Loyal donor", tuple(propensity(field_prefix=f"P{n}", helps=long) for n in range(12)))
    (row,) = compose([member("c1")], answer)
    assert len(row["Helps__c"]) <= 255
    assert row["Helps__c"].endswith("in words")
    assert len(row["Reasons__c"]) <= 16_384
    assert "P0" in json.loads(row["Reasons__c"])
    assert len(row["Cultivation_Insight__c"]) <= 255


def test_no_likelihood_is_told_as_certain():
    sure, hardly = (
        compose([member("c1")], UnitAnswer("Loyal donor", (propensity(score=score),)))[0]["Cultivation_Insight__c"]
        for score in (99.7, 0.1)
    )
    assert "more than 99 in 100" in sure
    assert "fewer than 1 in 100" in hardly
