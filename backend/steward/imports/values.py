"""Amounts and dates as people type them. What could mean two things is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal

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
    "%Y.%m.%d",
    "%d/%b/%Y",
)
EARLIEST = date(1900, 1, 1)
_DAY_NUMBER, _NO_DAY = re.compile(r"[2-6]\d{4}(?:\.0)?"), re.compile(r"(?:19|20)\d\d(?:[-/.]?\d{1,2})?")
THOUSANDS = -3  # an exponent: three digits may be thousands; more of them are what a conversion left, and rounded
_PROBE = date(2013, 11, 22)  # written and read again by a form, it must stay the same

_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$")
_GROUPED = {
    ".": re.compile(r"\d{1,3}(?:[,'’ ]\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"),
    ",": re.compile(r"\d{1,3}(?:[.'’ ]\d{3})+(?:,\d*)?|\d+(?:,\d*)?|,\d+"),
}
_MONEY = r"(?:[A-Z]{3}|(?i:kr|rs|fr|sfr|zł|kč|ft|lei)\.?)"
_CURRENCY = re.compile(rf"^{_MONEY}\s*(?=[-−+(\d.,])|(?<=[\d)-])\s*{_MONEY}$|^[A-Z]{{1,2}}(?=\$)")
_NO_CENTS = re.compile(r"(?<=\d)[.,](?:--?|–|—)$")  # 9.- as the Swiss write
_MAYBE_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
DecimalMark = Literal[".", ","]


class UnusableError(ValueError):
    """Why a cell cannot be used, in words for the file of rejected rows; `kind` is the same without the cell's value."""

    def __init__(self, reason: str, cell: str = "") -> None:
        """`{}` in the reason stands for the cell."""
        super().__init__(reason.replace("{}", repr(cell)))
        self.kind = reason.replace(" {}", "")


@lru_cache(maxsize=100_000)
def amount(text: str, decimal_mark: DecimalMark, largest: Decimal) -> Decimal:
    """A positive amount with cents: `$1,234.50`, `1 234,50 €` (with `,` as mark), `USD 20`."""
    digits, negative = _digits(text)
    if not digits:
        raise UnusableError("the amount is empty")
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
        raise UnusableError(f"the amount {{}} is above the limit of {largest:,} (see --largest)", text)
    return cents


def _digits(text: str) -> tuple[str, bool]:
    """What is left without the currency, and whether it is negative."""
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text).strip().removeprefix("'")
    plain = _CURRENCY.sub("", spaced)
    plain = "".join(c for c in plain if unicodedata.category(c) != "Sc").strip()
    plain = _NO_CENTS.sub("", _CURRENCY.sub("", plain).strip())
    negative = plain.startswith(("-", "−", "(")) or plain.endswith("-")
    return plain.removeprefix("+").strip("-−() "), negative


def decimal_mark(sample: Iterable[str]) -> DecimalMark:
    """The mark that more of these amounts need; `1,250` alone means thousands, `1.250` alone could mean either."""
    digits = Counter(_digits(text)[0] for text in sample)
    point, comma = ({one for one in digits if _GROUPED[mark].fullmatch(one)} for mark in ".,")
    points, commas = (sum(digits[one] for one in only) for only in (point - comma, comma - point))
    if points != commas:
        return "." if points > commas else ","
    unclear = min(comma - point, default=None) or next(filter(_MAYBE_THOUSANDS.fullmatch, digits), None)
    if unclear:
        raise InputError(
            f"The amounts are ambiguous: {unclear} may have its cents or its thousands after the mark.",
            "Say which mark stands before the cents: --decimal-mark . or --decimal-mark ,",
        )
    return "."


def _hint(digits: str, decimal_mark: DecimalMark) -> str:
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
        raise InputError(f"The dates are of no known form: {examples}.", _advice(plain))
    winners = [one for one in DATE_FORMATS if fits[one] == best]
    if len({one.replace("%B", "%b") for one in winners}) > 1:  # May is its own short form
        raise InputError(_ambiguous(plain, winners), f"Say which: --date-format '{winners[0]}' or '{winners[1]}'.")
    return winners[0]


def _advice(plain: Sequence[str]) -> str:
    if all(_DAY_NUMBER.fullmatch(text) for text in plain):
        return "They look like a spreadsheet's day numbers: format the column as dates there, and save it again."
    if all(_NO_DAY.fullmatch(text) for text in plain):
        return "A gift needs its day: where only the year or month is known, write one, for example 2021-07-01."
    return "Give it with --date-format, e.g. %d.%m.%Y; months are numbers or English names."


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
