"""What a column is: a number, a date, a category, or something no model should read (an id, a name, free text)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Kind = Literal["number", "date", "category"]

MOSTLY = 0.95  # of a column's values must read as a number or date for the column to be one
SAMPLE = 5_000
LARGEST = 1e18  # what is larger is learnt as this: products of two must not leave the precision of what learns
_MONEY = re.compile(
    r"[\s\u00a0'’$¢£¥%\u20a0-\u20cf]|USD|EUR|GBP|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|INR|ZAR|BRL|MXN|JPY|kr\.?|zł|Rs\.?|R(?=\$)"
)
_BELOW_ZERO = re.compile(r"\([^()]+\)|.*\d[.,]\d{1,2}-")  # as accountants write it; 27017- is a place
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})*,\d{1,2}|[-+]?\d+,\d{1,2}")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%Y%m%d",
          "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%Y", "%m-%d-%Y", "%d %B %Y", "%B %d, %Y", "%Y-%m", "%m/%Y", "%b-%y",
          "%b %Y", "%B %Y")  # fmt: skip
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}.*$")
_SENTINELS = (-9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0)
_PERSONAL = re.compile(
    r"(?i)(^|[^a-z])(e-?mail|phone|mobile|telefon|fax|first.?name|last.?name|sur.?name|full.?name|vorname|nachname|nombre"
    r"|apellido|nom|prenom|street|address|adresse|direccion|notes?|comments?|remarks?|ssn|passport|iban)([^a-z]|$)|^name$"
)
_ID = re.compile(
    r"(?i)(^|[^a-z])(id|ids|uuid|guid|key|nr|no|num|number|control\w*|ctrl\w*|index|row|rowid|record)([^a-z]|$)|id$|^unnamed"
)


@dataclass(frozen=True)
class Read:
    """A column as values of its kind (floats, dates or text), or None with the reason why no model should read it."""

    kind: Kind | None
    values: pd.Series
    note: str = ""


def recognise(name: str, column: pd.Series) -> Read:
    """By its values first, by its name only where the values allow either."""
    if pd.api.types.is_bool_dtype(column):
        return Read("number", column.astype(np.float64))
    if pd.api.types.is_datetime64_any_dtype(column):
        return _date(column)
    if pd.api.types.is_numeric_dtype(column):
        return _number(name, column)
    known = column.dropna()
    if known.empty:
        return Read(None, column, "is empty")
    if pd.api.types.infer_dtype(known.head(100)) in ("date", "datetime"):
        return _date(pd.to_datetime(column, errors="coerce"))
    text = column.astype("string").str.strip()
    return _text(name, text.mask(text == ""))


def recognise_input(name: str, column: pd.Series) -> Read:
    """As `recognise`; and one value or nothing, such as a flag of X or blank, says as much as yes and no do."""
    read = recognise(name, column)
    there = read.values.notna()
    if read.kind is not None or there.all() or read.values[there].nunique() != 1:
        return read
    return Read("number", there.astype(np.float64), "one value or nothing: read as yes and no")


def _number(name: str, column: pd.Series) -> Read:
    values = column.astype(np.float64).replace([np.inf, -np.inf], np.nan).clip(-LARGEST, LARGEST)
    known = values.dropna()
    if known.nunique() <= 1:
        return Read(None, values, "is empty" if known.empty else "has one value only")
    if _counts_rows(name, known):
        return Read(None, values, "numbers the rows (an id)")
    if _written_as_number(known):
        return _date(pd.to_datetime(values.astype("Int64").astype("string"), format="%Y%m%d", errors="coerce"))
    if (months := _as_months(values)) is not None:
        return Read("number", months, "read as year and month")
    if (code := _sentinel(known)) is not None:
        return Read("number", values.mask(values == code), f"{code:g} read as missing")
    return Read("number", values)


def _counts_rows(name: str, known: pd.Series) -> bool:
    """All different whole numbers, and either named like an id or without gaps worth a measurement."""
    if len(known) < 20 or known.nunique() < len(known) or (known % 1 != 0).any():
        return False
    dense = float(known.max() - known.min()) < 1.5 * len(known)
    return bool(_ID.search(name)) or dense


def _written_as_number(known: pd.Series) -> bool:
    """20240131 and the like."""
    if not known.between(19000101, 21001231).mean() > MOSTLY:
        return False
    sample = _spread(known).astype("int64").astype("string")
    return bool(pd.to_datetime(sample, format="%Y%m%d", errors="coerce").notna().mean() > MOSTLY)


def _as_months(values: pd.Series) -> pd.Series | None:
    """9512 and 199512 as months on one scale, 0 as missing: as they stand, December lies far from January."""
    known = values.where(values > 0)
    years, months = known // 100, known % 100
    if (values < 0).any() or (values % 1 > 0).any() or years.nunique() < 2:
        return None
    if not (known.median() > 100 and months.dropna().between(1, 12).mean() > MOSTLY):
        return None
    if years.max() > 99:
        return years * 12 + months if years.dropna().between(1900, 2100).mean() > MOSTLY else None
    return (years - _first_year(years)) % 100 * 12 + months


def _first_year(years: pd.Series) -> float:
    """Of two digits each: the one after the longest stretch of years that nobody has, since 99 may be followed by 00."""
    found = np.sort(years.dropna().unique())
    gaps = np.diff(np.append(found, found[0] + 100))
    return float(found[(int(np.argmax(gaps)) + 1) % len(found)])


def _sentinel(known: pd.Series) -> float | None:
    """-999 and its like, where it is the lowest value and nothing else is below zero by more than a tenth of it."""
    low = float(known.min())
    if low not in _SENTINELS:
        return None
    rest = known[known != low]
    return low if len(rest) and float(rest.min()) > low / 10 else None


def _date(values: pd.Series) -> Read:
    if getattr(values.dt, "tz", None) is not None:
        values = values.dt.tz_localize(None)
    sane = values.where(values.between(pd.Timestamp("1900-01-01"), pd.Timestamp("2100-12-31")))
    if sane.nunique() <= 1:
        return Read(None, sane, "is empty" if sane.dropna().empty else "has one value only")
    return Read("date", sane)


def _text(name: str, text: pd.Series) -> Read:
    known = text.dropna()
    if known.empty or known.nunique() <= 1:
        return Read(None, text, "is empty" if known.empty else "has one value only")
    sample = _spread(known)
    digits = sample.str.contains(r"\d").mean() > MOSTLY  # without them neither number nor date: not worth trying
    if digits and (style := _number_style(sample)) is not None:
        return _number(name, _to_numbers(text, style))
    if digits and (form := _date_form(sample)) is not None:
        return _date(pd.to_datetime(text.str.replace(_TIME, "", regex=True), format=form, errors="coerce"))
    if sample.str.contains("@", regex=False).mean() > 0.5 or _PERSONAL.search(name):
        return Read(None, text, "holds personal data (names, addresses, notes)")
    if known.nunique() > 0.9 * len(known) and len(known) >= 20:
        return Read(None, text, "differs in nearly every row (an id or free text)")
    return Read("category", text)


def _spread(known: pd.Series) -> pd.Series:
    """Some values from the whole column: files are often sorted."""
    return known.iloc[:: max(1, len(known) // SAMPLE)]


def as_numbers(column: pd.Series) -> pd.Series:
    """Where the caller says that a column is of numbers: they are read in any dress, and what is none is missing."""
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(np.float64).replace([np.inf, -np.inf], np.nan)
    text = column.astype("string").str.strip()
    written = text[text.str.contains(r"\d").fillna(False)]
    return _to_numbers(text, (_number_style(written) if len(written) else None) or "point")


def _number_style(sample: pd.Series) -> str | None:
    plain = _bare(sample)
    comma = plain.str.fullmatch(_DECIMAL_COMMA).mean()
    style = "comma" if comma > max(0.5, plain.str.fullmatch(_THOUSANDS).mean()) else "point"
    return style if pd.to_numeric(_digits(plain, style), errors="coerce").notna().mean() > MOSTLY else None


def _to_numbers(text: pd.Series, style: str) -> pd.Series:
    return pd.to_numeric(_digits(_bare(text), style), errors="coerce").astype(np.float64)


def _bare(text: pd.Series) -> pd.Series:
    """Without currency, blanks and percent signs; what is below zero with its sign in front."""
    plain = text.str.replace(_MONEY, "", regex=True)
    return plain.where(~plain.str.fullmatch(_BELOW_ZERO).fillna(False), "-" + plain.str.strip("()-"))


def _digits(plain: pd.Series, style: str) -> pd.Series:
    if style == "comma":
        return plain.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return plain.str.replace(",", "", regex=False)


def _date_form(sample: pd.Series) -> str | None:
    """Each value is tried once: columns of words repeat themselves."""
    times = sample.str.replace(_TIME, "", regex=True).value_counts()
    plain, share = times.index.to_series(), times.to_numpy(np.float64) / times.sum()
    fits = {form: share[pd.to_datetime(plain, format=form, errors="coerce").notna()].sum() for form in _DATES}
    best = max(fits, key=lambda form: fits[form])
    return best if fits[best] > MOSTLY else None
