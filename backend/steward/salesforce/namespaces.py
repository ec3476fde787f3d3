"""The names of the org at hand: NPSP's six namespaces or a fork's single one, and our own package's prefix, if any."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from steward.errors import AccessError

FORKS = ("nppatch",)  # NPSP re-packaged: all six namespaces under one

_NPSP = re.compile(r"\b(?:npsp|npe01|npo02|npe03|npe4|npe5)__")
_CUSTOM = re.compile(r"\b[A-Za-z]\w*__(?:c|r|e|mdt)\b")
_PROFILE = re.compile(r"^(?:(\w+?)__)?AI_Donor_Profile__c$")


@dataclass(frozen=True)
class Names:
    """Maps the contract's names to the org's. `fork` is empty on NPSP itself, `own` where Steward has no namespace."""

    fork: str = ""
    own: str = ""

    def to_org(self, text: str) -> str:
        """One name, or a whole SOQL query without string literals of its own."""
        if self.own:
            text = _CUSTOM.sub(self._prefixed, text)
        return _NPSP.sub(f"{self.fork}__", text) if self.fork else text

    def _prefixed(self, match: re.Match[str]) -> str:
        name = match[0]
        ours = name.count("__") == 1
        return f"{self.own}__{name}" if ours else name


def detect(objects: Iterable[str]) -> Names:
    """Finds out which NPSP and which prefix of our own an org has, from the objects that `describe` lists."""
    listed = set(objects)
    own = next((match[1] or "" for match in map(_PROFILE.match, sorted(listed)) if match), "")
    if "npe01__OppPayment__c" in listed:
        return Names(own=own)
    for fork in FORKS:
        if f"{fork}__OppPayment__c" in listed:
            return Names(fork=fork, own=own)
    raise AccessError(
        "This org shows no NPSP: npe01__OppPayment__c is not there.",
        "Install the Nonprofit Success Pack, or assign the permission set AI_Donor_Integration to this user.",
    )
