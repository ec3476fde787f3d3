"""`docs/outcomes.md`: every outcome as its specification says it."""

from __future__ import annotations

from collections.abc import Iterable

from steward.outcomes.outcome import Outcome

_INTRODUCTION = """# Outcomes

What Steward predicts. This page is made from `backend/steward/outcomes`, and a test holds it equal. Each outcome is
judged beside its rules on later time, on the organization's own data; where a rule wins, or fewer than the examples
named here are on record, the rule speaks (shrunk to the base rate) and the card says so. Some are left out quietly where
an organization has never recorded one: no volunteers, no recurring donations, no matched gifts.

- **Answers of one donor agree.** Lapse risk and renewal add up to 100; 90 days never exceed 12 months; a major gift is
  never likelier than a year at mid level, nor that than any gift. Where two outcomes ask the same of a donor (a new
  donor's second gift is a renewal), the narrower one answers for both.
- **What comes first** is one order, `priority` in `policy.toml`: the first outcome whose band calls for action.
- **Amounts** are the organization's: `STEWARD_MAJOR_GIFT_AMOUNT`, `STEWARD_MID_LEVEL_AMOUNT`.
- **Recurring health** follows from the chance of stopping, installments missed since the last one paid, a pause, a card
  about to expire and answers that ceased; *Upgrade Ready* is a rule (months of recurring gifts, and likely to give more),
  whose worth `steward evaluate --report` measures; **the preferred channel** from where gifts and answers came, few of which must
  agree; **the value of winning back** is the chance of a return times the amount to expect, the chance as loud as it found
  most of the money before: not at all where usual gifts alone found as much.
"""


def as_markdown(outcomes: Iterable[Outcome]) -> str:
    lines = [_INTRODUCTION]
    for one in outcomes:
        lines += [f"## {one.title} (`{one.key}`)", "", f"{one.question} Decision: {_lower(one.decision)}.", ""]
        shown = "a band and a rank, no probability" if one.rank_only else "score, band and rank"
        lines += [
            f"- Fields: `{one.field_prefix}_…__c` ({shown}); horizon {one.horizon_days} days;"
            f" a model needs {one.minimum_positives} examples of the rarer answer.",
            f"- Rules to beat: {'; '.join(_lower(rule.title) for rule in one.rules)}.",
            f"- Not for: {'; '.join(_lower(use) for use in one.not_for)}.",
        ]
        if one.silent_without_examples:
            lines.append("- Left out where the organization has never recorded one.")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _lower(text: str) -> str:
    return text if text[:3].isupper() else text[0].lower() + text[1:]
