"""The words in which the data contract is written: tables and columns that are read, fields that are written."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a Salesforce field becomes a column."""

    KEY = "id"  # the row's own id, pseudonymised
    REF = "id of another row"  # pseudonymised
    PERSON = "id of a Contact"  # a polymorphic id that counts only when it is a Contact's, pseudonymised
    TEXT = "text"
    FLAG = "checkbox"
    MONEY = "amount"
    HOURS = "hours"
    PERCENT = "percent"
    COUNT = "whole number"
    DATE = "date"
    DAY = "day of a date and time"  # in UTC
    EXPIRY = "month and year of a card"  # the first day of the month after

    @property
    def parquet(self) -> str:
        return _PARQUET.get(self, "VARCHAR")


_PARQUET = {
    Kind.FLAG: "BOOLEAN",
    Kind.MONEY: "DECIMAL(18,2)",
    Kind.HOURS: "DECIMAL(18,2)",
    Kind.PERCENT: "DECIMAL(18,6)",
    Kind.COUNT: "BIGINT",
    Kind.DATE: "DATE",
    Kind.DAY: "DATE",
    Kind.EXPIRY: "DATE",
}
ID_KINDS = frozenset({Kind.KEY, Kind.REF, Kind.PERSON})


@dataclass(frozen=True)
class Column:
    """One column of a snapshot table and the field it comes from.

    `fields` holds one SOQL path (two for a card's expiry). A column that is not `nullable` is never null: a row without
    it is dropped. An `optional` field may be absent or hidden in an org: its column is then null.
    """

    name: str
    fields: str
    kind: Kind
    why: str
    nullable: bool = True
    optional: bool = False
    to: str = ""  # the snapshot table an id points to

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.fields.split())

    @property
    def is_id(self) -> bool:
        return self.kind in ID_KINDS


@dataclass(frozen=True)
class Table:
    """One snapshot table. An `optional` object may be absent or hidden in an org: its table is then empty."""

    name: str
    object: str
    why: str
    columns: tuple[Column, ...]
    optional: bool = False
    only: str = ""  # the nullable column without which a row is of no use, and left out
    merges: bool = False  # records can be merged: the losers carry MasterRecordId
    archived: bool = False  # the platform archives old records: only queryAll shows them

    @property
    def key(self) -> str:
        return self.columns[0].name

    @property
    def where(self) -> str:
        """What narrows a full read."""
        wanted = next((column for column in self.columns if column.name == self.only), None)
        parts = [f"{wanted.paths[0]} != null"] if wanted else []
        return " AND ".join([*parts, "IsDeleted = false"] if self.archived else parts)


@dataclass(frozen=True)
class Setting:
    """One column of the one-row table `settings`, from the organization-wide row of an NPSP custom setting."""

    name: str
    object: str
    field: str
    kind: Kind
    default: str | None  # what NPSP assumes when nobody has saved the setting
    why: str


@dataclass(frozen=True)
class WriteField:
    """`type` is the field's describe type, `scale` its decimals; `hashed` fields make up the row's content hash."""

    name: str
    type: str
    scale: int = 0
    hashed: bool = False
    to: str = ""  # the object a reference points to


@dataclass(frozen=True)
class Write:
    """The fields Steward writes on one object; `key` is the external id of the upsert, or `Id` for an update."""

    object: str
    key: str
    why: str
    fields: tuple[WriteField, ...]
    people: tuple[str, ...] = ()  # written by people only: refused in any upload

    def named(self, name: str) -> WriteField | None:
        return next((one for one in self.fields if one.name == name), None)

    @property
    def hashed(self) -> tuple[WriteField, ...]:
        return tuple(one for one in self.fields if one.hashed)


@dataclass(frozen=True)
class Need:
    """One permission the integration user must have; an empty `field` means the object itself."""

    object: str
    field: str = ""
    create: bool = False
    edit: bool = False
    optional: bool = False
    setting: bool = False  # a custom setting: granted as a whole (customSettingAccesses)
    why: str = dataclasses.field(default="", compare=False)
