"""What SQLite lacks: Unicode case folding, the user's time zone, and FORMAT()'s output for people."""

from __future__ import annotations

import datetime as dt
import math
import sqlite3
from zoneinfo import ZoneInfo

from localorg.soql import dates

FOLD = "soql_fold"  # lower-cases all of Unicode; SQLite's own NOCASE and LIKE know only ASCII
LOCAL = "soql_local"  # a stored datetime and a time zone → local `YYYY-MM-DDTHH:MM:SS`
FORMAT = "soql_format"  # a value, its field's type, scale, the time zone → as shown to a user in the United States
DISTANCE = "soql_distance"  # two points and the earth's radius → the way between them along the surface
EARTH_RADIUS = {"mi": 3958.7613, "km": 6371.0088}  # by unit
PREFIX = "soql_"


def register(connection: sqlite3.Connection) -> None:
    try:
        connection.create_function(FOLD, 1, fold, deterministic=True)
        connection.create_function(LOCAL, 2, local)
        connection.create_function(FORMAT, 4, formatted)
        connection.create_function(DISTANCE, 5, distance, deterministic=True)
    except sqlite3.OperationalError:
        return  # they are there already, in use by a statement that is still running


def fold(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def local(moment: str | None, zone: str) -> str | None:
    if moment is None:
        return None
    return dates.parse_datetime(moment).astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="seconds")


def distance(
    latitude: float | None, longitude: float | None, to_latitude: float, to_longitude: float, radius: float
) -> float | None:
    """By the haversine formula."""
    if latitude is None or longitude is None:
        return None
    here, there = math.radians(latitude), math.radians(to_latitude)
    across = math.sin(math.radians(to_longitude - longitude) / 2) ** 2 * math.cos(here) * math.cos(there)
    return 2 * radius * math.asin(min(1.0, math.sqrt(math.sin((there - here) / 2) ** 2 + across)))


def formatted(value: object, kind: str, scale: int, zone: str) -> str | None:
    if value is None:
        return None
    text = str(value)
    match kind:
        case "currency":
            amount = f"${abs(float(text)):,.{scale}f}"
            return f"({amount})" if float(text) < 0 else amount
        case "percent":
            return f"{float(text):,.{scale}f}%"
        case "int" | "double":
            return f"{float(text):,.{scale}f}"
        case "date":
            return _day(dt.date.fromisoformat(text))
        case "datetime":
            return _moment(dates.parse_datetime(text).astimezone(ZoneInfo(zone)))
        case "boolean":
            return "true" if value == 1 else "false"
    return text


def _day(day: dt.date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _moment(moment: dt.datetime) -> str:
    hour = moment.hour % 12 or 12
    return f"{_day(moment)}, {hour}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"
