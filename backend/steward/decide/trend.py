"""A donor's score month by month, as one short text that the card draws: `2026-10:31.2 2026-11:33.0`."""

from __future__ import annotations

import datetime as dt
import re

MONTHS = 13
_POINT = re.compile(r"(\d{4}-\d{2}):(\d{1,3}\.\d)")


def extended(earlier: str | None, as_of: dt.date, score: float) -> str:
    """With this month's point, which replaces an earlier one of the month; months after `as_of` are no history."""
    month = as_of.isoformat()[:7]
    if not earlier:
        return f"{month}:{score:.1f}"
    points = {when: value for when, value in _POINT.findall(earlier) if when < month}
    points[month] = f"{score:.1f}"
    return " ".join(f"{when}:{points[when]}" for when in sorted(points)[-MONTHS:])


def same_question(model: str | None, version: str) -> bool:
    """Whether a model version (outcome, date, hash) is of the same outcome: two questions make no line."""
    return model is not None and model.rsplit("-", 2)[0] == version.rsplit("-", 2)[0]
