"""The order in which NPSP's handlers run around one save, and which of them do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg.automation import contact_roles, handlers, households, payments, recurring
from localorg.automation.desk import Desk, Row
from localorg.batch import UNSET, Batch

if TYPE_CHECKING:
    from localorg.dml import Writer

# What an update must know of the row before it.
_WATCHED = {
    "Contact": ("AccountId", "npsp__Deceased__c", "npsp__Do_Not_Contact__c"),
    "Opportunity": ("AccountId", "npsp__Primary_Contact__c", "npe03__Recurring_Donation__c"),
    recurring.RECURRING: ("npsp__Status__c",),
}
_NAMED_BY = frozenset({
    "AccountId", "Salutation", "FirstName", "LastName", "npsp__Deceased__c", "npo02__Household_Naming_Order__c",
    "npsp__Exclude_from_Household_Name__c", "npsp__Exclude_from_Household_Formal_Greeting__c",
    "npsp__Exclude_from_Household_Informal_Greeting__c",
})  # fmt: skip


@dataclass
class Conductor:
    """Automation around the saves of one writer."""

    writer: Writer
    switchboard: handlers.Switchboard

    def before_insert(self, batch: Batch) -> None:
        active = self._active(batch)
        if not active:
            return
        desk = self._desk()
        if handlers.CONTACT_ROLES in active:
            contact_roles.complete(desk, batch)
        if handlers.DO_NOT_CONTACT in active:
            households.do_not_contact(batch, {})
        if handlers.RECURRING in active:
            recurring.complete(desk, batch)
        for name, values in batch.columns.items():
            field = batch.sobject.get(name)
            empty = 0 if field and field.type == "boolean" else None
            batch.columns[name] = [empty if value is UNSET else value for value in values]

    def after_insert(self, batch: Batch) -> None:
        active = self._active(batch)
        keys = [str(batch.ids[row]) for row in batch.live()] if active else []
        if not keys:
            return
        desk = self._desk()
        if batch.sobject.name == "Contact":
            self._contacts_arrived(desk, keys, active)
        elif batch.sobject.name == "Opportunity":
            self._gifts_arrived(desk, keys, active)
        elif handlers.RECURRING in active:
            recurring.evaluate(desk, keys, fresh=True)

    def before_update(self, batch: Batch) -> dict[str, Row]:
        """What the rows were; handed back to `after_update`."""
        active = self._active(batch)
        if not active:
            return {}
        before = self._desk().by_id(batch.sobject.name, _WATCHED[batch.sobject.name], batch.ids)
        if handlers.DO_NOT_CONTACT in active:
            households.do_not_contact(batch, before)
        return before

    def after_update(self, batch: Batch, before: dict[str, Row]) -> None:
        active = self._active(batch) if before else frozenset()
        if not active:
            return
        desk = self._desk()
        now = desk.by_id(batch.sobject.name, _WATCHED[batch.sobject.name], before)
        changes = [(key, before[key], now[key]) for row in batch.live() if (key := str(batch.ids[row])) in now]
        if batch.sobject.name == "Contact":
            self._contacts_changed(desk, changes, set(batch.columns), active)
        elif batch.sobject.name == "Opportunity":
            self._gifts_changed(desk, changes, active)
        elif handlers.RECURRING in active:
            recurring.evaluate(desk, [key for key, _, _ in changes])

    def before_delete(self, sobject: str, keys: Sequence[str]) -> dict[str, Row]:
        if sobject not in _WATCHED or not self.switchboard.active(sobject):
            return {}
        return self._desk().by_id(sobject, _WATCHED[sobject], keys)

    def after_delete(self, sobject: str, before: dict[str, Row]) -> None:
        """Households lose a member, recurring donations an installment."""
        active = self.switchboard.active(sobject) if before else frozenset()
        desk = self._desk()
        if handlers.INDIVIDUAL_ACCOUNTS in active and sobject == "Contact":
            households.leave(desk, [(row["AccountId"], None) for row in before.values() if row["AccountId"]])
            accounts = [row["AccountId"] for row in before.values()]
            households.refresh(desk, accounts, names=handlers.HOUSEHOLD_NAMES in active)
        if handlers.INSTALLMENTS in active and sobject == "Opportunity":
            recurring.evaluate(desk, {row["npe03__Recurring_Donation__c"] for row in before.values()})

    def after_merge(self, sobject: str, master: str, before: dict[str, Row]) -> None:
        """The losers' emptied households give their gifts to the winner's and go."""
        active = self.switchboard.active(sobject)
        if sobject != "Contact" or handlers.INDIVIDUAL_ACCOUNTS not in active:
            return
        desk = self._desk()
        winner = desk.by_id("Contact", ("AccountId",), [master]).get(master, {}).get("AccountId")
        households.leave(desk, [(row["AccountId"], winner) for row in before.values() if row["AccountId"]])
        accounts = [winner, *(row["AccountId"] for row in before.values())]
        households.refresh(desk, accounts, names=handlers.HOUSEHOLD_NAMES in active)

    # One object each

    def _contacts_arrived(self, desk: Desk, keys: list[str], active: frozenset[str]) -> None:
        if handlers.INDIVIDUAL_ACCOUNTS in active:
            households.give_accounts(desk, keys)
        found = desk.by_id("Contact", ("AccountId",), keys)
        accounts = [row["AccountId"] for row in found.values()]
        households.refresh(desk, accounts, names=handlers.HOUSEHOLD_NAMES in active)

    def _contacts_changed(
        self, desk: Desk, changes: Sequence[tuple[str, Row, Row]], given: set[str], active: frozenset[str]
    ) -> None:
        if handlers.INDIVIDUAL_ACCOUNTS in active:
            homeless = [key for key, before, now in changes if before["AccountId"] and not now["AccountId"]]
            households.give_accounts(desk, homeless)
        now = desk.by_id("Contact", ("AccountId",), [key for key, _, _ in changes])
        moved = [(before["AccountId"], now[key]["AccountId"]) for key, before, _ in changes]
        left = [(old, new) for old, new in moved if old and old != new]
        if handlers.INDIVIDUAL_ACCOUNTS in active and left:
            households.leave(desk, left)
        if given & _NAMED_BY:
            accounts = [account for pair in moved for account in pair]
            households.refresh(desk, accounts, names=handlers.HOUSEHOLD_NAMES in active)

    def _gifts_arrived(self, desk: Desk, keys: list[str], active: frozenset[str]) -> None:
        donors, members = handlers.CONTACT_ROLES in active, handlers.HOUSEHOLD_ROLES in active
        contact_roles.add(desk, keys, donors=donors, members=members)
        if handlers.PAYMENT_CREATOR in active:
            payments.keep(desk, keys)
        if handlers.INSTALLMENTS in active:
            found = desk.by_id("Opportunity", ("npe03__Recurring_Donation__c",), keys)
            recurring.evaluate(desk, {row["npe03__Recurring_Donation__c"] for row in found.values()})

    def _gifts_changed(self, desk: Desk, changes: Sequence[tuple[str, Row, Row]], active: frozenset[str]) -> None:
        donors, members = handlers.CONTACT_ROLES in active, handlers.HOUSEHOLD_ROLES in active
        contact_roles.change(desk, changes, donors=donors, members=members)
        if handlers.PAYMENT_CREATOR in active:
            payments.keep(desk, [key for key, _, _ in changes])
        if handlers.INSTALLMENTS in active:
            touched = {row["npe03__Recurring_Donation__c"] for _, *pair in changes for row in pair}
            recurring.evaluate(desk, touched)

    def _active(self, batch: Batch) -> frozenset[str]:
        if batch.sobject.name not in _WATCHED or not batch.size:
            return frozenset()
        return self.switchboard.active(batch.sobject.name)

    def _desk(self) -> Desk:
        return Desk(self.writer, self.switchboard)
