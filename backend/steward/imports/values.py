"""Amounts and dates as people type them. What could mean two things is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from steward.errors import InputError

DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%m/%d/%y",
    "%d/%m/%y",
    "%d.%m.%y",
    "%d-%b-%y",
)
EARLIEST = date(1900, 1, 1)
THOUSANDS = (
    -3
)  # digits after the mark that may as well be thousands; more of them are what a conversion left, and rounded
_PROBE = date(2013, 11, 22)  # written and read again by a form, it must stay the same

_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$")
_GROUPED = {
    ".": re.compile(r"\d{1,3}(?:[,'’ ]\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"),
    ",": re.compile(r"\d{1,3}(?:[.'’ ]\d{3})+(?:,\d*)?|\d+(?:,\d*)?|,\d+"),
}
_CODE = re.compile(r"^[A-Z]{3}\s*(?=[\d-])|(?<=\d)\s*[A-Z]{3}$")


class UnusableError(ValueError):
    """Why a cell cannot be used, in words for the file of rejected rows; `kind` is the same without the cell's value."""

    def __init__(self, reason: str, cell: str = "") -> None:
        """`{}` in the reason stands for the cell."""
        super().__init__(reason.replace("{}", repr(cell)))
        self.kind = reason.replace(" {}", "")


@lru_cache(maxsize=100_000)
def amount(text: str, decimal_mark: str, largest: Decimal) -> Decimal:
    """A positive amount with cents: `$1,234.50`, `1 234,50 €` (with `,` as mark), `USD 20`."""
    plain = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text if unicodedata.category(c) != "Sc")
    plain = _CODE.sub("", plain.strip()).strip()
    if not plain:
        raise UnusableError("the amount is empty")
    negative = plain.startswith(("-", "−", "(")) or plain.endswith("-")
    digits = plain.strip("-−() ")
    if not _GROUPED[decimal_mark].fullmatch(digits) or not digits.isascii():
        raise UnusableError(
            f"the amount {{}} is not a number with {decimal_mark!r} before the cents{_hint(digits, decimal_mark)}", text
        )
    groups = ",'’ " if decimal_mark == "." else ".'’ "
    value = Decimal(digits.translate({ord(c): None for c in groups}).replace(decimal_mark, "."))
    cents = value.quantize(Decimal("0.01"))
    if negative or cents == 0:
        raise UnusableError("the amount {} is not above zero (refunds are not imported)", text)
    if cents != value and value.as_tuple().exponent == THOUSANDS:
        raise UnusableError("the amount {} has parts of a cent (or are they thousands?)", text)
    if cents > largest:
        raise UnusableError(f"the amount {{}} is above the limit of {largest}", text)
    return cents


def _hint(digits: str, decimal_mark: str) -> str:
    other = "," if decimal_mark == "." else "."
    return f" (with {other!r} it is one: --decimal-mark {other})" if _GROUPED[other].fullmatch(digits) else ""


@dataclass(frozen=True)
class DateReader:
    """Reads dates in one format; a time of day after the date is ignored."""

    format: str
    last: date  # gifts after this day are refused

    def __post_init__(self) -> None:
        try:
            complete = datetime.strptime(_PROBE.strftime(self.format), self.format).date() == _PROBE
        except (ValueError, re.error):
            complete = False
        if not complete:
            raise InputError(
                f"--date-format {self.format} does not give day, month and year.",
                "Make it of %d, %m and %Y, for example %d/%m/%Y.",
            )

    def read(self, text: str) -> date:
        plain = _TIME.sub("", text.strip())
        if not plain:
            raise UnusableError("the date is empty")
        day = _parsed(plain, self.format) or _parsed(text.strip(), self.format)
        if day is None:
            raise UnusableError(f"the date {{}} is not of the form {shown(self.format)}", text)
        if not EARLIEST <= day <= self.last:
            raise UnusableError(f"the date {{}} is {'in the future' if day > self.last else 'before 1900'}", text)
        return day


def date_format(sample: Iterable[str]) -> str:
    """The one known format that fits the sample best; refuses a sample that day-first and month-first fit alike."""
    plain = [_TIME.sub("", text.strip()) for text in sample if text.strip()]
    if not plain:
        raise InputError("The date column is empty.", "Name another column with --map date=…")
    fits = {one: sum(_parses(text, one) for text in plain) for one in DATE_FORMATS}
    best = max(fits.values())
    if best < 0.5 * len(plain):
        examples = ", ".join(repr(text) for text in plain[:3])
        raise InputError(f"The dates are of no known form: {examples}.", "Give it with --date-format, e.g. %d.%m.%Y.")
    winners = [one for one in DATE_FORMATS if fits[one] == best]
    if len({one.replace("%B", "%b") for one in winners}) > 1:  # May is its own short form
        raise InputError(_ambiguous(plain, winners), f"Say which: --date-format '{winners[0]}' or '{winners[1]}'.")
    return winners[0]


def _ambiguous(plain: Sequence[str], winners: Sequence[str]) -> str:
    text = next((one for one in plain if len({_parsed(one, form) for form in winners}) > 1), plain[0])
    first, second = (datetime.strptime(text, form) for form in winners[:2])
    return f"The dates are ambiguous: {text} may be {first:%-d %B %Y} or {second:%-d %B %Y}."


@lru_cache(maxsize=100_000)
def _parsed(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        return None


def _parses(text: str, form: str) -> bool:
    return _parsed(text, form) is not None


def shown(form: str) -> str:
    """`%m/%d/%Y` as MM/DD/YYYY."""
    words = {"%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD", "%b": "Mon", "%B": "Month"}
    return re.sub(r"%[YymdbB]", lambda match: words[match[0]], form)
