"""Which of NPSP's trigger handlers run: the rows of npsp__Trigger_Handler__c, as on the platform."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from localorg.context import User
from localorg.store import Store

INDIVIDUAL_ACCOUNTS = "ACCT_IndividualAccounts_TDTM"
HOUSEHOLD_NAMES = "HH_Households_TDTM"
DO_NOT_CONTACT = "CON_DoNotContact_TDTM"
CONTACT_ROLES = "OPP_OpportunityContactRoles_TDTM"
HOUSEHOLD_ROLES = "HH_OppContactRoles_TDTM"
PAYMENT_CREATOR = "PMT_PaymentCreator_TDTM"
RECURRING = "RD2_RecurringDonations_TDTM"
INSTALLMENTS = "RD2_OpportunityEvaluation_TDTM"

BULK = "npsp_in_bulk"
_ALL = "BeforeInsert;BeforeUpdate;AfterInsert;AfterUpdate;AfterDelete;AfterUndelete"


@dataclass(frozen=True)
class Handler:
    """One row NPSP ships, of those this org acts on."""

    object: str
    name: str
    actions: str
    order: int


# NPSP's defaults for what is emulated here, in the order in which they run.
DEFAULTS = (
    Handler("Contact", INDIVIDUAL_ACCOUNTS, _ALL, 0),
    Handler("Contact", DO_NOT_CONTACT, "BeforeInsert;BeforeUpdate;AfterInsert;AfterUpdate", 1),
    Handler("Contact", HOUSEHOLD_NAMES, "AfterInsert;AfterUpdate;AfterDelete;AfterUndelete", 2),
    Handler("Opportunity", CONTACT_ROLES, "BeforeInsert;BeforeUpdate;AfterInsert;AfterUpdate", 0),
    Handler("Opportunity", HOUSEHOLD_ROLES, "AfterInsert;AfterUpdate", 1),
    Handler("Opportunity", PAYMENT_CREATOR, "AfterInsert;AfterUpdate", 1),
    Handler("Opportunity", INSTALLMENTS, "AfterInsert;AfterUpdate;AfterDelete;AfterUndelete", 2),
    Handler("npe03__Recurring_Donation__c", RECURRING, "BeforeInsert;BeforeUpdate;AfterInsert;AfterUpdate", 1),
)


@dataclass
class Switchboard:
    """Looked up once a batch; `off` while NPSP's own writes must not start it again."""

    connection: sqlite3.Connection
    user: User
    off: bool = False

    def active(self, sobject: str) -> frozenset[str]:
        """The handlers of an object that run for this user."""
        if self.off:
            return frozenset()
        rows = self.connection.execute(
            "SELECT npsp__Class__c, npsp__Usernames_to_Exclude__c FROM npsp__Trigger_Handler__c"
            " WHERE npsp__Object__c = ? AND npsp__Active__c = 1 AND IsDeleted = 0",
            (sobject,),
        )
        return frozenset(name for name, excluded in rows if self.user.username.lower() not in _names(excluded))

    @contextmanager
    def silence(self) -> Iterator[None]:
        before, self.off = self.off, True
        try:
            yield
        finally:
            self.off = before


def _names(text: str | None) -> set[str]:
    return {name.strip().lower() for name in (text or "").split(";")}


def switch(store: Store, stamp: str, *, on: bool) -> None:
    """All handlers on or off, as an administrator does for a load of data."""
    with store.write() as connection:
        connection.execute(
            "UPDATE npsp__Trigger_Handler__c SET npsp__Active__c = ?, SystemModstamp = ?, LastModifiedDate = ?",
            (int(on), stamp, stamp),
        )


def state(store: Store) -> str:
    with store.read() as connection:
        sql = "SELECT count(*), coalesce(sum(npsp__Active__c), 0) FROM npsp__Trigger_Handler__c WHERE IsDeleted = 0"
        there, active = connection.execute(sql).fetchone()
    return "off" if not active else "on" if active == there else f"partly on ({active} of {there})"


def use_in_bulk(store: Store, *, on: bool) -> None:
    """Whether loads by Bulk API set the handlers off, as in a real org; here they are taken for loads of whole data."""
    store.set_meta(BULK, on)


def in_bulk(store: Store) -> bool:
    return bool(store.meta(BULK, False))
