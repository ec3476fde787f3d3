"""Our totals beside NPSP's roll-ups, and the likely reason where they differ: a check for the admin, never an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from steward.donors.credit import DONOR_ADVISED_FUND, listed
from steward.donors.ledger import Ledger
from steward.donors.money import MONEY
from steward.donors.reversals import with_net
from steward.donors.units import real_accounts

NEVER_RUN = "NPSP has no roll-up for this account yet: run its roll-up batch"
NOT_REFRESHED = "NPSP's roll-up has not been refreshed since its last gift date"
FUND = "a gift through a donor-advised fund counts for the household, not for the fund"
REVERSED = "refunded, charged back or written off"
MATCH = "an employer's match is booked on the household"
NO_MONEY = "won Opportunities of zero or less are no gifts"
COUNTS_EXCLUDED = "NPSP counts types that its settings exclude: a customised roll-up"
UNEXPLAINED = "unexplained: a customised roll-up or gifts in several currencies"


def reconcile(tables: Mapping[str, ir.Table], ledger: Ledger) -> ir.Table:
    """One row an account unit: total_given, gift_count, last_gift_date, NPSP's three (`npsp_`), matches, reason."""
    both = _side_by_side(tables, ledger)
    found = both.left_join(_as_npsp_counts(tables), "unit_id").drop("unit_id_right")
    found = _zero_for_none(
        found, ("counted", "excluded", "until_last"), ("counted_gifts", "moneyless", "matched_gifts")
    )  # fmt: skip
    return found.select(
        "unit_id", "total_given", "npsp_total", "gift_count", "npsp_gifts", "last_gift_date", "npsp_last_gift_date", "matches",
        reason=ibis.ifelse(found.matches, None, _reason(found)),
    )  # fmt: skip


def _side_by_side(tables: Mapping[str, ir.Table], ledger: Ledger) -> ir.Table:
    """One row an account unit: what the ledger says today, net of everything reversed, and what NPSP says."""
    rows = with_net(ledger.gifts, ledger.reversals)
    kept = rows.net > 0
    ours = rows.group_by("unit_id").aggregate(
        total_given=rows.net.sum(where=kept),
        gift_count=rows.count(where=kept),
        last_gift_date=rows.gift_date.max(where=kept),
        gross=rows.amount.sum(),
        advised=rows.amount.sum(where=rows.source == DONOR_ADVISED_FUND),
    )
    accounts = real_accounts(tables).select(
        unit_id="account_id",
        npsp_total="total_gifts",
        npsp_gifts="number_of_gifts",
        npsp_last_gift_date="last_gift_date",
    )
    found = accounts.left_join(ours, "unit_id").drop("unit_id_right")
    found = found.mutate(
        unrolled=found.npsp_total.isnull() | ((found.npsp_total == 0) & (found.npsp_gifts.fill_null(0) == 0))
    )
    found = _zero_for_none(found, ("total_given", "gross", "advised", "npsp_total"), ("gift_count", "npsp_gifts"))
    return found.mutate(
        reversed=found.gross - found.total_given,
        matches=(found.total_given == found.npsp_total)
        & (found.gift_count == found.npsp_gifts)
        & found.last_gift_date.identical_to(found.npsp_last_gift_date),
    ).drop("gross")


def _zero_for_none(found: ir.Table, amounts: Sequence[str], counts: Sequence[str]) -> ir.Table:
    zero = ibis.literal(0, MONEY)
    return found.mutate(
        **{name: found[name].fill_null(zero).cast(MONEY) for name in amounts},
        **{name: found[name].fill_null(0) for name in counts},
    )


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
    accounts = tables["accounts"]
    rolled = accounts.filter(accounts.last_gift_date.notnull()).select("account_id", rolled_until="last_gift_date")
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
