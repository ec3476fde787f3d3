"""NPSP's hierarchy settings as the organization has them."""

from __future__ import annotations

# ruff: noqa: S608 (names come from this module)
import sqlite3
from dataclasses import dataclass
from typing import Any

HOUSEHOLD, ONE_TO_ONE = "Household Account", "One-to-One Individual"


def listed(text: str | None) -> tuple[str, ...]:
    """The parts of a setting that lists several values."""
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


@dataclass(frozen=True)
class Settings:
    """One custom setting's row for the whole organization; a name it lacks reads as None."""

    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def text(self, name: str, default: str = "") -> str:
        return str(self.values.get(name) or default)

    def number(self, name: str, default: int) -> int:
        value = self.values.get(name)
        return default if value is None else int(value)


def read(connection: sqlite3.Connection, setting: str) -> Settings:
    cursor = connection.execute(f"SELECT * FROM {setting} WHERE SetupOwnerId LIKE '00D%' AND IsDeleted = 0 LIMIT 1")
    row = cursor.fetchone()
    return Settings(dict(zip((item[0] for item in cursor.description), row, strict=True)) if row else {})


def contacts(connection: sqlite3.Connection) -> Settings:
    return read(connection, "npe01__Contacts_And_Orgs_Settings__c")


def households(connection: sqlite3.Connection) -> Settings:
    return read(connection, "npo02__Households_Settings__c")


def recurring(connection: sqlite3.Connection) -> Settings:
    return read(connection, "npe03__Recurring_Donations_Settings__c")
