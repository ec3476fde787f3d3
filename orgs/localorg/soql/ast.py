"""What a parsed query consists of. `at` is always the character offset in the text that the user sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf

LiteralKind = OneOf["string", "number", "boolean", "null", "date", "datetime", "time", "relative", "currency"]


@dataclass(frozen=True, slots=True)
class FieldRef:
    """`Amount` or `Account.Owner.Name`, as written."""

    path: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """`SUM(Amount)`, `CALENDAR_YEAR(convertTimezone(CreatedDate))`; the name is upper-cased."""

    name: str
    argument: FieldRef | Call
    at: int


@dataclass(frozen=True, slots=True)
class Distance:
    field: FieldRef
    latitude: Decimal
    longitude: Decimal
    unit: str
    at: int


Expression = FieldRef | Call | Distance


@dataclass(frozen=True, slots=True)
class RelativeDate:
    """`LAST_N_DAYS:30`; `n` is None where none was written."""

    name: str
    n: int | None


@dataclass(frozen=True, slots=True)
class Literal:
    kind: LiteralKind
    value: str | Decimal | bool | dt.date | dt.datetime | RelativeDate | None
    at: int
    pattern: str = ""  # a string's text as a LIKE pattern, where `\_` and `\%` are still escaped


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Expression
    operator: str  # = != < > <= >= LIKE
    value: Literal
    added: FieldRef | None = None  # `a + b > 5`: the platform's grammar knows it, the platform's reference does not


@dataclass(frozen=True, slots=True)
class Membership:
    left: Expression
    operator: str  # IN, NOT IN, INCLUDES, EXCLUDES
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class SemiJoin:
    left: Expression
    negated: bool
    selected: FieldRef | Call
    query: Query


@dataclass(frozen=True, slots=True)
class Logical:
    operator: OneOf["AND", "OR"]
    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    term: Condition


Condition = Comparison | Membership | SemiJoin | Logical | Not


@dataclass(frozen=True, slots=True)
class Item:
    expression: Expression
    alias: str | None


@dataclass(frozen=True, slots=True)
class Child:
    """A subquery over a parent → child relationship."""

    query: Query
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class TypeBranch:
    type: FieldRef
    fields: tuple[FieldRef, ...]


@dataclass(frozen=True, slots=True)
class TypeOf:
    relationship: FieldRef
    branches: tuple[TypeBranch, ...]
    otherwise: tuple[FieldRef, ...]
    alias: str | None


SelectItem = Item | Child | TypeOf


@dataclass(frozen=True, slots=True)
class Source:
    path: str
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Order:
    expression: Expression
    descending: bool
    nulls: OneOf["FIRST", "LAST"] | None


@dataclass(frozen=True, slots=True)
class Grouping:
    kind: OneOf["PLAIN", "ROLLUP", "CUBE"]
    fields: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    items: tuple[SelectItem, ...]  # empty for SELECT COUNT()
    sources: tuple[Source, ...]
    scopes: tuple[str, ...] = ()
    where: Condition | None = None
    data_categories: bool = False
    modes: tuple[str, ...] = ()  # USER_MODE, SYSTEM_MODE, SECURITY_ENFORCED, …, upper-cased
    grouping: Grouping | None = None
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    tracking: OneOf["VIEW", "REFERENCE", "UPDATE"] | None = None
    statistics: tuple[str, ...] = ()  # UPDATE TRACKING, VIEWSTAT
    all_rows: bool = False

    @property
    def is_count(self) -> bool:
        return not self.items
