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
        "personid", "customer", "userid", "clientid", "constituentimportid", "accountnumber", "idnumber",
    ),
    "date": (
        "giftdate", "donationdate", "closedate", "date", "donatedon", "receivedon", "datereceived", "transactiondate",
        "contributiondate", "paymentdate", "orderdate", "timestamp", "createdat", "datum", "fecha",
    ),
    "amount": (
        "giftamount", "donationamount", "amount", "giftvalue", "total", "value", "contributionamount", "paymentamount",
        "donation", "amt", "betrag", "importe", "montant", "dollars",
    ),
    "campaign": (
        "campaign", "campaignname", "campaignid", "primarycampaignsource", "appeal", "appealname", "appealid", "event",
        "eventname",
    ),
    "gift": ("giftid", "donationid", "transactionid", "receiptnumber", "receiptid", "opportunityid"),
}  # fmt: skip
_REQUIRED = ("donor", "date", "amount")

# Words that tell a column of another name, if it is the only one with one of each set and none of the others.
_TELLING = {
    "date": ({"date", "dt"}, {"gift", "donation", "donated", "gf", "received", "payment", "transaction"}),
    "amount": ({"amount", "amt"}, {"gift", "donation", "donated", "gf", "received", "payment", "transaction"}),
    "donor": (
        {"id", "number", "no", "nr", "key", "code"},
        {"donor", "constituent", "supporter", "contact", "account", "household", "member", "patron", "bio"},
    ),
    "campaign": ({"campaign"},),
}
_OTHERS = {
    "birth", "thank", "acknowledgement", "acknowledgment", "pledge", "pledged", "receipt", "soft", "fee", "balance",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


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
            f"No column for {', '.join(missing)} among: {', '.join(header)}.", _advice(missing, header, taken)
        )
    return Columns(**found)  # type: ignore[arg-type]


def _advice(missing: Sequence[str], header: Sequence[str], taken: set[str]) -> str:
    free = next((name for name in header if name not in taken), header[0])
    advice = f"Name it, for example --map '{missing[0]}={free}'."
    above = len(missing) == len(_REQUIRED)
    return f"{advice} If the header comes further down, delete the lines above it." if above else advice


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
    named = next((plain[name] for name in _NAMES[what] if name in plain), None)
    return named or _told_by_words(what, header)


def _told_by_words(what: str, header: Sequence[str]) -> str | None:
    if what not in _TELLING:
        return None
    words = {name: {word.lower() for word in _WORD.findall(name)} for name in header}
    found = [
        name for name, said in words.items() if not said & _OTHERS and all(said & wanted for wanted in _TELLING[what])
    ]
    return found[0] if len(found) == 1 else None
