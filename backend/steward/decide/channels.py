"""By which channel to reach a donor: where their gifts and answers came from, and what they allow."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from steward.donors.channels import CHANNELS, EMAIL, PHONE
from steward.words import ENGLISH, Language

YEARS = 5
DOUBT = 2.0  # gifts' worth of "no preference" in each donor's shares; the same for all, so that a donor's answer is their own
LEAST_TIMES = 2  # one gift by one channel is no preference
LEAST_SHARE = 0.4
COUNTS = tuple(f"by_{channel.lower().replace(' ', '_')}" for channel in CHANNELS)


@dataclass(frozen=True)
class Preference:
    """One channel with how many of the donor's `of` recent gifts and answers came by it."""

    channel: str
    times: int
    of: int

    def told(self, language: Language = ENGLISH) -> str:
        return language.say(
            "{times} of the {of} gifts and answers of the last {years} years came this way ({channel}).",
            times=self.times,
            of=self.of,
            years=YEARS,
            channel=language.say(self.channel.lower()),
        )


def counted(gifts: ir.Table, touches: ir.Table, as_of: dt.date) -> ir.Table:
    """unit_id and a column a channel (COUNTS): how many of its gifts and answers came that way; both as in the ledger.

    Recurring gifts come by themselves and say nothing; appeals are what we chose; answers, calls and meetings count.
    """
    start, end = ibis.literal(as_of.replace(year=as_of.year - YEARS, day=min(as_of.day, 28))), ibis.literal(as_of)
    given = gifts.filter(~gifts.is_recurring, gifts.channel.notnull(), gifts.gift_date >= start, gifts.gift_date < end)
    met = touches.filter(touches.kind != "appeal", touches.channel.notnull())
    met = met.filter(met.touch_date >= start, met.touch_date < end)
    rows = given.select("unit_id", "channel").union(met.select("unit_id", "channel"))
    times = {count: rows.count(where=rows.channel == channel) for count, channel in zip(COUNTS, CHANNELS, strict=True)}
    return rows.group_by("unit_id").aggregate(**times)


@functools.lru_cache(maxsize=10_000)
def preferences(times: tuple[int, ...]) -> tuple[Preference, ...]:
    """The channels that are clearly a unit's, best first; `times` in the order of COUNTS.

    Shares are pulled to an even split, so that few gifts must agree and many need only lean.
    """
    total = sum(times)
    shares = {
        channel: (count + DOUBT / len(CHANNELS)) / (total + DOUBT)
        for channel, count in zip(CHANNELS, times, strict=True)
    }
    clear = [
        (channel, count)
        for channel, count in zip(CHANNELS, times, strict=True)
        if count >= LEAST_TIMES and shares[channel] >= LEAST_SHARE
    ]
    clear.sort(key=lambda one: -shares[one[0]])  # stable: equal ones in the order of CHANNELS
    return tuple(Preference(channel, count, total) for channel, count in clear)


def allowed(preferences: tuple[Preference, ...], *, no_email: bool, no_calls: bool) -> Preference | None:
    """The best channel that this person has not closed."""
    closed = {channel for channel, shut in ((EMAIL, no_email), (PHONE, no_calls)) if shut}
    return next((one for one in preferences if one.channel not in closed), None)
