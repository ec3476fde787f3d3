"""Which column of the file holds what: guessed from the header, corrected by the caller."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.errors import InputError

# What a header may be called, best first; compared without case, spaces and punctuation.
_NAMES = {
    "donor": (
        "donorid", "donor", "constituentid", "constituent", "supporterid", "supporter", "contactid", "accountid",
        "householdid", "memberid", "customerid", "donornumber", "donorno", "donornr", "constituentnumber", "patronid",
        "personid", "customer", "userid", "clientid",
    ),
    "date": (
        "giftdate", "donationdate", "closedate", "date", "donatedon", "receivedon", "datereceived", "transactiondate",
        "contributiondate", "paymentdate", "orderdate", "timestamp", "createdat", "datum", "fecha",
    ),
    "amount": (
        "giftamount", "donationamount", "amount", "giftvalue", "total", "value", "contributionamount", "paymentamount",
        "donation", "amt", "betrag", "importe", "montant",
    ),
    "campaign": ("campaign", "campaignname", "appeal", "appealname", "event", "eventname"),
    "gift": ("giftid", "donationid", "transactionid", "receiptnumber", "receiptid", "opportunityid"),
}  # fmt: skip
_REQUIRED = ("donor", "date", "amount")


@dataclass(frozen=True)
class Columns:
    """Header names; `campaign` and `gift` (the file's own id of a gift) may be absent."""

    donor: str
    date: str
    amount: str
    campaign: str | None = None
    gift: str | None = None

    def shown(self) -> str:
        """For the person who has to confirm: `donor ← donor_id, date ← date, …`."""
        parts = [f"{what} ← {getattr(self, what)}" for what in _NAMES if getattr(self, what) is not None]
        return ", ".join(parts)


def choose(header: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """The caller's choices, and a guess for the rest; `campaign=` (empty) means that there is none."""
    _check(header, chosen)
    taken = {name for name in chosen.values() if name}
    found: dict[str, str | None] = {}
    for what in _NAMES:
        if what in chosen:
            found[what] = chosen[what] or None
        else:
            found[what] = _guess(what, [name for name in header if name not in taken])
        taken |= {name for name in (found[what],) if name}
    missing = [what for what in _REQUIRED if not found[what]]
    if missing:
        raise InputError(
            f"No column for {', '.join(missing)} among: {', '.join(header)}.",
            f"Name it, for example --map {missing[0]}={header[0]}.",
        )
    return Columns(**found)  # type: ignore[arg-type]


def _check(header: Sequence[str], chosen: Mapping[str, str]) -> None:
    twice = sorted({name for name in header if list(header).count(name) > 1})
    if twice:
        raise InputError(f"The header names {', '.join(twice)} more than once.", "Rename one of the columns.")
    for what, name in chosen.items():
        if what not in _NAMES:
            raise InputError(f"--map {what}={name}: there is no {what}.", f"Use one of: {', '.join(_NAMES)}.")
        if name and name not in header:
            raise InputError(f"--map {what}={name}: the file has no such column.", f"It has: {', '.join(header)}.")
        if not name and what in _REQUIRED:
            raise InputError(f"--map {what}= is empty.", f"A gift needs its {what}.")


def _guess(what: str, header: Sequence[str]) -> str | None:
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(header)}
    return next((plain[name] for name in _NAMES[what] if name in plain), None)
