"""By which channel to reach a donor: where their gifts and answers came from, and what they allow."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from steward.donors.channels import CHANNELS, EMAIL, PHONE

YEARS = 5
DOUBT = 2.0  # gifts' worth of "no preference" in each donor's shares; the same for all, so that a donor's answer is their own
LEAST_TIMES = 2  # one gift by one channel is no preference
LEAST_SHARE = 0.4


@dataclass(frozen=True)
class Preference:
    """One channel with how many of the donor's `of` recent gifts and answers came by it."""

    channel: str
    times: int
    of: int

    @property
    def reason(self) -> str:
        noun = "gift or answer" if self.of == 1 else "gifts and answers"
        return f"{self.times} of the {self.of} {noun} of the last {YEARS} years came this way ({self.channel.lower()})."


def preferences(gifts: ir.Table, touches: ir.Table, as_of: dt.date) -> dict[str, tuple[Preference, ...]]:
    """unit_id → channels that are clearly theirs, best first; `gifts` and `touches` as in the ledger.

    Recurring gifts come by themselves and say nothing; appeals are what we chose; answers, calls and meetings count.
    """
    by_unit: dict[str, list[tuple[str, int]]] = {}
    for row in _counted(gifts, touches, as_of).to_pyarrow().to_pylist():
        by_unit.setdefault(row["unit_id"], []).append((row["channel"], row["times"]))
    return {unit: found for unit, times in by_unit.items() if (found := _clear(times))}


def allowed(preferences: tuple[Preference, ...], *, no_email: bool, no_calls: bool) -> Preference | None:
    """The best channel that this person has not closed."""
    closed = {channel for channel, shut in ((EMAIL, no_email), (PHONE, no_calls)) if shut}
    return next((one for one in preferences if one.channel not in closed), None)


def _counted(gifts: ir.Table, touches: ir.Table, as_of: dt.date) -> ir.Table:
    start, end = ibis.literal(as_of.replace(year=as_of.year - YEARS, day=min(as_of.day, 28))), ibis.literal(as_of)
    given = gifts.filter(~gifts.is_recurring, gifts.channel.notnull(), gifts.gift_date >= start, gifts.gift_date < end)
    met = touches.filter(touches.kind != "appeal", touches.channel.notnull())
    met = met.filter(met.touch_date >= start, met.touch_date < end)
    rows = given.select("unit_id", "channel").union(met.select("unit_id", "channel"))
    found = rows.group_by(["unit_id", "channel"]).aggregate(times=rows.count())
    return found.order_by(["unit_id", "channel"])


def _clear(times: list[tuple[str, int]]) -> tuple[Preference, ...]:
    """Shares pulled to an even split, so that few gifts must agree and many need only lean."""
    total = sum(count for _, count in times)
    shares = {channel: (count + DOUBT / len(CHANNELS)) / (total + DOUBT) for channel, count in times}
    clear = [(channel, count) for channel, count in times if count >= LEAST_TIMES and shares[channel] >= LEAST_SHARE]
    clear.sort(key=lambda one: (-shares[one[0]], CHANNELS.index(one[0])))
    return tuple(Preference(channel, count, total) for channel, count in clear)
