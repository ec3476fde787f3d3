"""What a report finds: its rows in groups, with the sums of each group and of all."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from localorg.context import User
from localorg.engine import Session
from localorg.errors import ApiError
from localorg.server.analytics.definitions import SUMS, Column, Group, Report
from localorg.server.ui_api.display import display_value

Row = dict[str, Any]
MOST_DETAILS = 2000  # rows the platform hands out of one run
BLANK = "-"
_MONTHS = calendar.month_name


@dataclass
class Sum:
    """One column of a group, summed up."""

    count: int = 0
    total: float = 0
    least: float | None = None
    most: float | None = None

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.least = value if self.least is None else min(self.least, value)
        self.most = value if self.most is None else max(self.most, value)

    def by(self, kind: str) -> float | None:
        mean = self.total / self.count if self.count else None
        return {"Sum": self.total, "Average": mean, "Minimum": self.least, "Maximum": self.most}[kind]


@dataclass
class Found:
    """A group, or the whole report: how many rows, their sums, the first of them, and the groups inside."""

    value: Any = None
    label: str = ""
    count: int = 0
    sums: dict[str, Sum] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    groups: dict[Any, Found] = field(default_factory=dict)

    def ordered(self) -> list[Found]:
        return list(self.groups.values())


@dataclass(frozen=True)
class Result:
    report: Report
    found: Found
    has_all_rows: bool


def run(session: Session, report: Report, *, details: bool) -> Result:
    """Every row counts; the first 2,000 are kept where details are asked for."""
    total = Found(sums=_no_sums(report))
    for row in session.query(soql(report)).records:
        _take(report, session.user, total, row, keep=details and total.count < MOST_DETAILS)
    _order(report.groups, total)
    return Result(report, total, total.count <= MOST_DETAILS or not details)


def soql(report: Report) -> str:
    columns = [*report.columns, *(group.column for group in report.groups)]
    paths = dict.fromkeys(path for column in columns for path in (column.path, column.lookup_id) if path)
    where = f" WHERE {report.where}" if report.where else ""
    order = [f"{column.path} {'DESC NULLS LAST' if down else 'ASC NULLS FIRST'}" for column, down in _sorted_by(report)]
    return f"SELECT {', '.join(paths or ['Id'])} FROM {report.rows.name}{where} ORDER BY {', '.join([*order, 'Id'])}"  # noqa: S608


def _sorted_by(report: Report) -> Iterator[tuple[Column, bool]]:
    if report.sort is not None:
        yield report.sort


def value_at(row: Row, path: str) -> Any:
    found: Any = row
    for step in path.split("."):
        found = (found or {}).get(step)
    return found


def shown(column: Column, value: Any, user: User) -> str:
    """As a person reads it in a report."""
    if value is None or value == "":
        return BLANK
    return display_value(column.field, value, user) or (str(value).lower() if isinstance(value, bool) else str(value))


def _no_sums(report: Report) -> dict[str, Sum]:
    return {column.name: Sum() for column in report.columns if column.sums}


def _take(report: Report, user: User, total: Found, row: Row, *, keep: bool) -> None:
    places = [total]
    for group in report.groups:
        value, label = _grouped(group, value_at(row, group.column.path), user)
        inner = places[-1].groups.setdefault(value, Found(value, label))
        inner.sums = inner.sums or _no_sums(report)
        places.append(inner)
    for place in places:
        place.count += 1
        for column in report.columns:
            if column.sums and (number := value_at(row, column.path)) is not None:
                place.sums[column.name].add(number)
    if keep:
        places[-1].rows.append(row)


def _grouped(group: Group, value: Any, user: User) -> tuple[Any, str]:
    """A group's value and what it is called; days of moments are the reader's."""
    kind = group.column.field.type
    if value is None or kind not in ("date", "datetime"):
        return value, shown(group.column, value, user)
    day = str(value)[:10] if kind == "date" else _local_day(str(value), user)
    year, month = day[:4], int(day[5:7])
    match group.granularity:
        case "Day" | "None":
            return day, f"{month}/{int(day[8:])}/{year}"
        case "Month":
            return day[:7], f"{_MONTHS[month]} {year}"
        case "Year":
            return year, f"CY{year}"
    message = f"The local org groups dates by day, month and year, not by {group.granularity}"
    raise ApiError("UNSUPPORTED_GRANULARITY", message, status=501)


def _local_day(moment: str, user: User) -> str:
    local = datetime.fromisoformat(moment.replace("+0000", "+00:00")).astimezone(ZoneInfo(user.time_zone))
    return local.date().isoformat()


def _order(groups: tuple[Group, ...], found: Found) -> None:
    """Picklists in their own order, all else by its value; what is blank comes first."""
    if not groups:
        return
    first, *others = groups
    place = _place(first.column)
    ordered = sorted(found.groups.items(), key=lambda one: (one[0] is not None, place(one[0])))
    found.groups = dict(reversed(ordered) if first.descending else ordered)
    for inner in found.groups.values():
        _order(tuple(others), inner)


def _place(column: Column) -> Callable[[Any], Any]:
    if column.field.type != "picklist":
        return lambda value: value if value is not None else 0
    places = {option.value: place for place, option in enumerate(column.field.picklist)}
    return lambda value: places.get(value, len(places))


def aggregates(report: Report) -> list[tuple[str, str, Column | None, str]]:
    """Name, label, column and kind of each sum; the count of records comes last."""
    named = [
        (f"{SUMS[kind]}{column.name}", f"{kind} of {column.label}", column, kind)
        for column in report.columns
        for kind in column.sums
    ]
    return [*named, ("RowCount", "Record Count", None, "Count")]
