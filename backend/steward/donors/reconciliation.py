"""Our totals beside NPSP's roll-ups, and the likely reason where they differ: a check for the admin, never an input."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from steward.donors.credit import DONOR_ADVISED_FUND, listed
from steward.donors.ledger import Ledger
from steward.donors.reversals import known_at
from steward.donors.units import real_accounts

NEVER_RUN = "NPSP has no roll-up for this account yet: run its roll-up batch"
NOT_REFRESHED = "NPSP's roll-up has not been refreshed since its last gift date"
FUND = "a gift through a donor-advised fund counts for the household, not for the fund"
REVERSED = "refunded, charged back or written off"
MATCH = "an employer's match is booked on the household"
NO_MONEY = "won Opportunities of zero or less are no gifts"
COUNTS_EXCLUDED = "NPSP counts types that its settings exclude: a customised roll-up"
UNEXPLAINED = "unexplained: a customised roll-up or gifts in several currencies"

_EVER = dt.date.max


def reconcile(tables: Mapping[str, ir.Table], ledger: Ledger) -> ir.Table:
    """One row an account unit: total_given, gift_count, last_gift_date, NPSP's three (`npsp_`), matches, reason."""
    ours, raw = _ours(ledger), _as_npsp_counts(tables)
    accounts = real_accounts(tables).select(
        unit_id="account_id",
        npsp_total="total_gifts",
        npsp_gifts="number_of_gifts",
        npsp_last_gift_date="last_gift_date",
    )
    found = accounts.left_join(ours, "unit_id").drop("unit_id_right").left_join(raw, "unit_id").drop("unit_id_right")
    zero = ibis.literal(0, "decimal(18,2)")
    amounts = ("total_given", "reversed", "advised", "counted", "excluded", "until_last", "npsp_total")
    counts = ("gift_count", "counted_gifts", "moneyless", "npsp_gifts", "matched_gifts")
    found = found.mutate(
        unrolled=found.npsp_total.isnull() | ((found.npsp_total == 0) & (found.npsp_gifts.fill_null(0) == 0)),
        **{name: found[name].fill_null(zero).cast("decimal(18,2)") for name in amounts},
        **{name: found[name].fill_null(0) for name in counts},
    )
    same = (
        (found.total_given == found.npsp_total)
        & (found.gift_count == found.npsp_gifts)
        & (found.last_gift_date.identical_to(found.npsp_last_gift_date))
    )
    return found.select(
        "unit_id", "total_given", "npsp_total", "gift_count", "npsp_gifts", "last_gift_date", "npsp_last_gift_date",
        matches=same,
        reason=ibis.ifelse(same, None, _reason(found)),
    ).order_by("unit_id")  # fmt: skip


def _ours(ledger: Ledger) -> ir.Table:
    """What the ledger says today: net of everything reversed."""
    net = known_at(ledger, _EVER)
    given = ledger.gifts.group_by("unit_id").aggregate(
        gross=ledger.gifts.amount.sum(),
        advised=ledger.gifts.amount.sum(where=ledger.gifts.source == DONOR_ADVISED_FUND),
    )
    kept = net.group_by("unit_id").aggregate(
        total_given=net.amount.sum(), gift_count=net.count(), last_gift_date=net.gift_date.max()
    )
    both = given.left_join(kept, "unit_id").drop("unit_id_right")
    return both.mutate(reversed=both.gross - both.total_given.fill_null(0)).drop("gross")


def _as_npsp_counts(tables: Mapping[str, ir.Table]) -> ir.Table:
    """NPSP's account roll-up from the same Opportunities: what it should show if it ran now."""
    rows = tables["opportunities"]
    rows = rows.filter(rows.is_won, rows.amount.notnull(), rows.account_id.notnull())
    types = listed(tables, "excluded_account_types").select(left_out_type="value")
    record_types = listed(tables, "excluded_account_record_types").select(left_out_record_type="value")
    found = rows.left_join(types, rows.type == types.left_out_type)
    found = found.left_join(record_types, found.record_type == record_types.left_out_record_type)
    matches = rows.filter(rows.matching_gift_id.notnull()).select(match_id="matching_gift_id").distinct()
    found = found.left_join(matches, found.gift_id == matches.match_id)
    rolled = tables["accounts"].select("account_id", rolled_until="last_gift_date")
    found = found.left_join(rolled, "account_id")
    kept = found.left_out_type.isnull() & found.left_out_record_type.isnull()
    return found.group_by(unit_id=found.account_id).aggregate(
        counted=found.amount.sum(where=kept),
        counted_gifts=found.count(where=kept),
        counted_last=found.close_date.max(where=kept),
        until_last=found.amount.sum(where=kept & (found.close_date <= found.rolled_until)),
        excluded=found.amount.sum(where=~kept),
        moneyless=found.count(where=kept & (found.amount <= 0)),
        matched_gifts=found.count(where=kept & found.match_id.notnull()),
    )


def _reason(found: ir.Table) -> ir.StringValue:
    """The first explanation that fits; where NPSP shows what its own rule gives, the difference is one of our rules."""
    by_npsp_rule = (found.npsp_total == found.counted) & (found.npsp_gifts == found.counted_gifts)
    elsewhere = found.total_given + found.reversed - found.advised != found.counted
    older = found.npsp_last_gift_date < found.counted_last
    return ibis.cases(
        (found.unrolled & (found.counted_gifts > 0), NEVER_RUN),
        (by_npsp_rule & (found.advised != 0), FUND),
        (by_npsp_rule & (found.matched_gifts > 0), MATCH),
        (by_npsp_rule & (found.reversed != 0), REVERSED),
        (by_npsp_rule & (found.moneyless > 0), NO_MONEY),
        (by_npsp_rule & elsewhere, FUND),
        ((found.excluded != 0) & (found.npsp_total == found.counted + found.excluded), COUNTS_EXCLUDED),
        (older | (found.npsp_total == found.until_last), NOT_REFRESHED),
        else_=UNEXPLAINED,
    )
