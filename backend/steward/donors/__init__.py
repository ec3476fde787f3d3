"""Who the donor is and what they gave: NPSP's own credit rules, written once as one expression for any engine."""

from steward.donors.build import build_ledger
from steward.donors.ledger import Ledger
from steward.donors.reconciliation import reconcile
from steward.donors.reversals import known_at

__all__ = ["Ledger", "build_ledger", "known_at", "reconcile"]
