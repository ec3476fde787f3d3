"""What the integration user may see and write, against the contract: what is absent, and exactly what to grant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steward.errors import AccessError
from steward.salesforce import contract
from steward.salesforce.client import Gateway
from steward.salesforce.terms import Need, Table

WHOLE = "*"  # the object itself is absent


@dataclass(frozen=True)
class Access:
    """By table: the contract's paths that the org does not show (`absent`), and all fields it does (`known`)."""

    absent: Mapping[str, tuple[str, ...]]
    known: Mapping[str, frozenset[str]]
    missing: tuple[Need, ...]  # permissions without which Steward cannot work

    def lacks(self, table: Table) -> bool:
        return WHOLE in self.absent.get(table.name, ())


def read_access(gateway: Gateway) -> Access:
    """Describes the org and compares it with what the contract reads."""
    gateway.describe_all([one.object for one in contract.TABLES])
    absent: dict[str, tuple[str, ...]] = {}
    known: dict[str, frozenset[str]] = {}
    missing: list[Need] = []
    for one in contract.TABLES:
        shown = gateway.fields(one.object)
        known[one.name] = frozenset(shown)
        if not shown:
            absent[one.name] = (WHOLE,)
            if not one.optional:
                missing.append(Need(one.object, why=one.why))
            continue
        hidden = [(column, path) for column in one.columns for path in column.paths if not _shown(gateway, path, shown)]
        absent[one.name] = tuple(path for _, path in hidden)
        missing += [Need(one.object, path, why=column.why) for column, path in hidden if not column.optional]
    return Access(absent, known, tuple(missing))


def _shown(gateway: Gateway, path: str, shown: Iterable[str]) -> bool:
    """Whether a path can be queried: for a parent's field, whether the reference to the parent is there."""
    first, dot, _ = path.partition(".")
    return gateway.names.to_org(f"{first}Id" if dot else first) in shown


def require(access: Access) -> None:
    """Stops where something required is missing, and names every permission to grant."""
    if access.missing:
        lines = "\n".join(f"  - {grant(need)}" for need in access.missing)
        raise AccessError(
            f"The integration user cannot see {len(access.missing)} things that Steward needs.",
            f"Assign the permission set AI_Donor_Integration, or grant:\n{lines}",
        )


def grant(need: Need) -> str:
    """One permission in the words of Setup."""
    if need.setting:
        kind = "Custom Metadata Types" if need.object.endswith("__mdt") else "Custom Setting Definitions"
        return f"{kind}: {need.object}"
    if need.field:
        return f"Field {need.object}.{need.field}: {'Edit' if need.edit else 'Read'} ({need.why})"
    rights = ["Read", *(["Create"] if need.create else []), *(["Edit"] if need.edit else [])]
    return f"Object {need.object}: {', '.join(rights)} ({need.why})"


def unmet_needs(gateway: Gateway) -> list[Need]:
    """Every permission of the contract, written fields included, that this user does not have."""
    needs = contract.needs()
    gateway.describe_all(list(dict.fromkeys(need.object for need in needs)))
    unmet = [need for need in needs if not _met(gateway, need)]
    hidden = {need.object for need in unmet if not need.field}
    return [need for need in unmet if not need.field or need.object not in hidden]


def _met(gateway: Gateway, need: Need) -> bool:
    shown = gateway.fields(need.object)
    if not need.field:
        return bool(shown)
    facts = shown.get(gateway.names.to_org(need.field))
    return facts is not None and (not need.edit or facts.updateable or facts.createable)


def notes(access: Access) -> list[str]:
    """What is absent and does no harm, in words for the manifest and the operator."""
    said = []
    for one in contract.TABLES:
        hidden = access.absent.get(one.name, ())
        if WHOLE in hidden:
            said.append(f"{one.object} is not there or not readable: the table {one.name} is empty.")
        elif hidden:
            said.append(f"{one.object} does not show {', '.join(hidden)}: left empty.")
    return said
