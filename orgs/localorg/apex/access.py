"""Apex's view of the org: in system mode everything that sharing shows, in user mode what the user may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg.model import SObject
from localorg.permissions import Access
from localorg.session import Session

if TYPE_CHECKING:
    from localorg.engine import Org

_EVERYTHING = frozenset({"ModifyAllData", "ViewAllData", "CustomizeApplication", "ViewSetup"})


@dataclass
class SystemAccess(Access):
    """All objects and fields; records as the user's own access shows them when the class says `with sharing`."""

    own: Access | None = None

    def record_filter(self, sobject: SObject, alias: str) -> str | None:
        return self.own.record_filter(sobject, alias) if self.own else None

    def edit_filter(self, sobject: SObject, alias: str) -> str | None:
        return self.own.edit_filter(sobject, alias) if self.own else None


class ApexSession(Session):
    """A session whose rights are Apex's mode, not the user's."""

    def __init__(self, org: Org, access: Access) -> None:
        super().__init__(org, access)
        self._rights = access

    @property
    def access(self) -> Access:
        return self._rights


def session(org: Org, user_id: str, mode: str = "system", sharing: str = "without") -> Session:
    """`mode` is user or system; `sharing` is with or without, and counts in system mode only."""
    own = org.access(user_id)
    if mode == "user":
        return org.session(user_id)
    return ApexSession(org, SystemAccess(own.user, _EVERYTHING, own=own if sharing == "with" else None))
