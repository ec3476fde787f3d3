"""From rows of a file to gifts or reasons against them: pure, one row at a time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from steward.errors import InputError
from steward.imports.columns import Columns
from steward.imports.reading import MALFORMED
from steward.imports.values import DateReader, DecimalMark, UnusableError, amount

KEY_LENGTH = 80  # of AI_Import_Key__c
LARGEST = Decimal(10**16 - 1)  # that Opportunity.Amount holds
LARGEST_USUAL = Decimal(10_000_000)
_NAME_LENGTH = 80  # of Contact.LastName and Campaign.Name
_SOURCE = re.compile(r"[a-z0-9-]{1,24}")
_DIGEST_CHARS = 20
_CUT_SHORT = re.compile(r"\d([.,]\d+)?[Ee]\+\d+")  # 1.2E+11: which of many donors, nobody knows
_NOBODY = {
    "",
    "nan",
    "null",
    "none",
    "n/a",
    "#n/a",
    "anonymous",
    "unknown",
}  # what exports write where no donor is known

Row = Mapping[str, str]


@dataclass(frozen=True)
class Options:
    """`source` names the file's origin in every key: the same donor id from two systems is two donors."""

    source: str
    dates: DateReader
    anonymous: Literal["skip", "account"] = "skip"
    decimal_mark: DecimalMark = "."
    largest: Decimal = LARGEST_USUAL
    stage: str = "Closed Won"

    def __post_init__(self) -> None:
        if not _SOURCE.fullmatch(self.source):
            raise InputError(
                f"The source {self.source!r} is not usable in keys.", "Use 1–24 small letters, digits and hyphens."
            )
        if not 0 < self.largest <= LARGEST:
            raise InputError(f"The largest gift {self.largest} is not an amount.", f"Use at most {LARGEST}.")


@dataclass(frozen=True)
class Donor:
    """`key` is empty for gifts of nobody in particular."""

    key: str
    name: str


@dataclass(frozen=True)
class Gift:
    """A gift that can be imported. `key` is the file's own id, or a digest of what the row says (then not `own_id`)."""

    row: int
    key: str
    own_id: bool
    donor: Donor | None  # None: anonymous
    day: date
    amount: Decimal
    campaign: str | None


@dataclass(frozen=True)
class Rejected:
    """`kind` is the reason without the row's own values, so that like ones count together."""

    row: int
    reason: str
    kind: str = field(default="", compare=False)


@dataclass(frozen=True)
class Skipped:
    """An anonymous gift, left out because the caller said so."""

    row: int


Planned = Gift | Rejected | Skipped


def plan_import(rows: Iterable[tuple[int, Row]], columns: Columns, options: Options) -> Iterator[Planned]:
    """What becomes of each row. `rows` are (number as a spreadsheet shows it, cells by header)."""
    for number, cells in rows:
        try:
            yield _plan(number, cells, columns, options)
        except UnusableError as why:
            yield Rejected(number, str(why), why.kind)


def _plan(number: int, cells: Row, columns: Columns, options: Options) -> Planned:
    if MALFORMED in cells:
        raise UnusableError("the row does not have as many columns as the header")
    donor = cells[columns.donor].strip()
    donor = "" if donor.casefold() in _NOBODY else donor
    if not donor and options.anonymous == "skip":
        return Skipped(number)
    if _CUT_SHORT.fullmatch(donor):
        raise UnusableError("the donor id {} was cut short by a spreadsheet (format the column as text)", donor)
    day = options.dates.read(cells[columns.date])
    value = amount(cells[columns.amount], options.decimal_mark, options.largest)
    campaign = cells[columns.campaign].strip() if columns.campaign else ""
    own_id = cells[columns.gift].strip() if columns.gift else ""
    if columns.gift and not own_id:
        raise UnusableError("the gift id is empty")
    moment = cells[columns.date].strip()  # with its time of day: two gifts of one day stay two
    content = own_id or digest(donor, moment, str(value), campaign)
    return Gift(
        row=number,
        key=key(options.source, "g", content),
        own_id=bool(own_id),
        donor=donor_of(options.source, donor) if donor else None,
        day=day,
        amount=value,
        campaign=campaign or None,
    )


def donor_of(source: str, donor: str) -> Donor:
    """People are named by their key until somebody gives them their name."""
    return Donor(key(source, "d", donor), f"Donor {donor}"[:_NAME_LENGTH])


def campaign_name(campaign: str) -> str:
    return campaign[:_NAME_LENGTH]


def key(source: str, kind: str, value: str) -> str:
    """`source:kind:value`, the value replaced by its digest where it would not fit."""
    whole = f"{source}:{kind}:{value}"
    return whole if len(whole) <= KEY_LENGTH - 6 else f"{source}:{kind}:{digest(value)}"


def digest(*parts: str) -> str:
    joined = "\x1f".join(parts)
    return hashlib.blake2b(joined.encode(), digest_size=_DIGEST_CHARS // 2).hexdigest()
