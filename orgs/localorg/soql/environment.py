"""What one compilation shares: the bound values, unique table aliases, the user's calendar and the formula compiler."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from zoneinfo import ZoneInfo

from localorg.context import Context
from localorg.model import Field, SObject
from localorg.soql import dates

Resolve = Callable[[tuple[str, ...]], tuple[str, Field]]
FormulaSql = Callable[[SObject, Field, Resolve], str]

# Locales whose week starts on Sunday; most others start on Monday.
_SUNDAY_COUNTRIES = frozenset({
    "US", "CA", "MX", "BR", "JP", "KR", "TW", "HK", "IN", "IL", "PH", "TH", "ZA", "AR", "CO", "PE", "VE",
})  # fmt: skip
MONDAY, SUNDAY = 0, 6


class Environment:
    def __init__(self, context: Context, formula_sql: FormulaSql) -> None:
        self.context = context
        self.formula_sql = formula_sql
        self.values: dict[str, object] = {}
        self._bound: dict[tuple[type, object], str] = {}
        self.zone = ZoneInfo(context.user.time_zone)
        country = context.user.locale.partition("_")[2][:2]
        self.calendar = dates.Calendar(
            context.now.astimezone(self.zone).date(),
            SUNDAY if country in _SUNDAY_COUNTRIES else MONDAY,
            context.fiscal_year_start_month,
        )
        self._aliases = itertools.count()

    def bind(self, value: object) -> str:
        known = (type(value), value)
        if known not in self._bound:
            self._bound[known] = name = f"p{len(self.values)}"
            self.values[name] = value
        return f":{self._bound[known]}"

    def alias(self) -> str:
        return f"t{next(self._aliases)}"

    def midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), self.zone)
