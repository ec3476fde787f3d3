"""The rules fundraisers use today. A model that does not beat the best of them gives way to it."""

from __future__ import annotations

from dataclasses import replace

from steward.outcomes.outcome import Rule, Term

RFM = Rule(
    "rfm",
    "RFM score (recency, frequency, money in fifths)",
    (Term("months_since_last_gift", -1), Term("gift_count"), Term("total_given")),
    fifths=True,
)
RECENCY = Rule("recency", "Most recent gift first", (Term("months_since_last_gift", -1),))
FREQUENCY = Rule("frequency", "Most gifts first", (Term("gift_count"),))
TOTAL = Rule("total_given", "Most given in all first", (Term("total_given"),))
LARGEST = Rule("largest_gift", "Largest gift first", (Term("largest_gift"),))
NOT_LAPSED = Rule("not_lapsed", "Gave in the last 12 months", (Term("months_since_last_gift", -1, at_least=12),))
SAME_AS_LAST_YEAR = Rule("same_as_last_year", "Most gifts in the last 12 months first", (Term("gifts_12m"),))
GROWING = Rule("growing", "Gave more this year than the year before", (Term("given_change_12m"),))

GIVEN_12M = Rule("given_12m", "Most given in the last 12 months first", (Term("given_12m"),))
ANSWERS = Rule("answers", "Most answers to appeals in the last 12 months first", (Term("responses_12m"),))
CONTACT = Rule("contact", "Most recent contact first", (Term("months_since_contact", -1),))
NEWEST = Rule("newest", "Newest in the database first", (Term("months_on_record", -1),))
HOURS = Rule("hours", "Most volunteer hours of the last 2 years first", (Term("volunteer_hours_24m"),))
LATELY_VOLUNTEERED = Rule(
    "lately_volunteered", "Most recently volunteered first", (Term("months_since_volunteering", -1),)
)
MISSED = Rule("missed", "Most missed installments of the last 6 months first", (Term("installments_missed_6m"),))
SILENT_SUSTAINER = Rule(
    "silent_sustainer", "Longest since the last recurring gift first", (Term("months_since_recurring_gift"),)
)
LONGEST_SUSTAINING = Rule("longest_sustaining", "Longest recurring donor first", (Term("recurring_months"),))
REGULAR_AMOUNT = Rule("regular_amount", "Largest regular gift first", (Term("last_recurring_gift"),))
MOST_MATCHED = Rule("most_matched", "Most matched gifts of the last 2 years first", (Term("matched_gifts_24m"),))
TENURE = Rule("tenure", "Longest with the organization first", (Term("months_since_first_gift"),))
LOYALTY = Rule(
    "loyalty",
    "Loyalty index (years given of the last 5, years since the first gift, number of gifts, years of recurring gifts)",
    (Term("years_given_of_5"), Term("months_since_first_gift"), Term("gift_count"), Term("recurring_months")),
    fifths=True,
)


def against(rule: Rule, key: str, title: str) -> Rule:
    """The same rule for the opposite outcome: who would come last comes first."""
    return replace(rule, key=key, title=title, terms=tuple(replace(term, sign=-term.sign) for term in rule.terms))
