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


def against(rule: Rule, key: str, title: str) -> Rule:
    """The same rule for the opposite outcome: who would come last comes first."""
    return replace(rule, key=key, title=title, terms=tuple(replace(term, sign=-term.sign) for term in rule.terms))
