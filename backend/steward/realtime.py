"""From events to fresh profiles: a few donors' units read whole, answered by the core of every night, written at once.

    contacts → their units → the same ledger, features, models, decisions → upsert → read back → state

The ledger's and the features' SQL is compiled once and run on tables of fixed names: what takes a night seconds to
prepare must not be paid by every event.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ibis.backends.duckdb.converter import DuckDBPyArrowData

from steward import donors, features, pipeline
from steward.bootstrap import Steward
from steward.models import treeshap
from steward.salesforce import access, canonical, contract, loading, pseudonyms, settings_table
from steward.salesforce.contract import PROFILE
from steward.salesforce.units import UnitReader, UnitRows

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from steward.models import Model
    from steward.value import ValueModel

REAL_TIME = "Real-time"
_MODELS_FOR = dt.timedelta(minutes=1)  # how long before another version may have been promoted
_SETTINGS_FOR = dt.timedelta(minutes=5)  # NPSP's settings change rarely, the rollout's must count soon


@dataclass(frozen=True)
class Fresh:
    """The answer to one donor's event: the profile's fields (pseudonyms as references) and the ids behind them."""

    donor_key: str
    unit_id: str
    contact_id: str
    account_id: str | None
    profile_id: str | None  # None: the donor has no profile yet
    linked: bool  # whether the Contact already points to its profile
    fields: dict[str, Any]
    content_hash: str


@dataclass(frozen=True)
class Answers:
    """What became of some donors: fresh rows of all members of their units, and donors the org does not have."""

    known_until: dt.datetime
    as_of: dt.date
    fresh: tuple[Fresh, ...]
    gone: tuple[str, ...]  # ids as they were asked for
    seconds: dict[str, float] = dataclasses.field(default_factory=dict)  # by stage


class Desk:
    """One worker's place: the org's reader, the models, and tables that hold the units at hand."""

    def __init__(self, steward: Steward, timer: Callable[[], float] = time.perf_counter) -> None:
        self._steward = steward
        self._timer = timer
        self._models: tuple[dt.datetime, list[Model]] | None = None
        self._worth: ValueModel | None = None
        self._known: tuple[dt.date, ir.Table] | None = None  # writing the features down costs more than asking for them
        self._settings_read: dt.datetime | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="steward-units-")

    def close(self) -> None:
        self._folder.cleanup()

    def warm(self) -> None:
        """Loads models and compiles everything, so that the first event is as quick as the thousandth."""
        for model in self._champions():
            if model.boosted is not None and model.boosted.tables is not None:
                treeshap.warm(model.boosted.tables)
        self._refresh_settings()
        self._load(UnitRows())
        self._conclude(_as_of(self._steward.now()))

    def answer(self, donor_ids: Sequence[str]) -> Answers:
        """Fresh answers for the units of these Contacts and Accounts, knowing the org as it is from now on."""
        known_until = self._steward.now()
        as_of = _as_of(known_until)
        marks = [self._timer()]
        rows = self._reader.read(donor_ids)
        marks.append(self._timer())
        self._refresh_settings()
        self._load(rows)
        marks.append(self._timer())
        engine_before = self._compiled.seconds
        concluded = self._conclude(as_of) if rows.asked else []
        marks.append(self._timer())
        facts = self._compiled.seconds - engine_before
        gone = tuple(one for one in donor_ids if one not in rows.asked)
        seconds = {
            "read": marks[1] - marks[0], "features": marks[2] - marks[1] + facts, "models": marks[3] - marks[2] - facts,
        }  # fmt: skip
        return Answers(known_until, as_of, self._fresh(concluded, rows), gone, seconds)

    @cached_property
    def _reader(self) -> UnitReader:
        return UnitReader(self._steward.live_gateway, self._access)

    @cached_property
    def _access(self) -> access.Access:
        found = access.read_access(self._steward.live_gateway)
        access.require(found)
        return found

    @cached_property
    def _tables(self) -> dict[str, ir.Table]:
        return {name: self._steward.engine.table(_held(name)) for name in (*_NAMES, settings_table.TABLE.name)}

    @cached_property
    def _compiled(self) -> Compiled:
        return Compiled(self._steward.engine, self._timer)

    @cached_property
    def _ledger(self) -> tuple[donors.Ledger, dict[str, str]]:
        """The ledger over tables of fixed names, and the SQL that fills them."""
        engine = self._steward.engine
        built = donors.build_ledger(self._tables)
        parts = {part.name: self._compiled.compile(getattr(built, part.name)) for part in dataclasses.fields(built)}
        for name, query in parts.items():
            engine.raw_sql(f"CREATE OR REPLACE TEMP TABLE ledger_{name} AS {query}")
        return donors.Ledger(**{name: engine.table(f"ledger_{name}") for name in parts}), parts

    def _conclude(self, as_of: dt.date) -> list[dict[str, Any]]:
        ledger, parts = self._ledger
        began = self._timer()
        for name, query in parts.items():
            self._steward.engine.raw_sql(f"CREATE OR REPLACE TEMP TABLE ledger_{name} AS {query}")
        self._compiled.seconds += self._timer() - began
        if self._known is None or self._known[0] != as_of:
            self._known = (as_of, features.compute(ledger, as_of))
        champions = self._champions()
        _, rows = pipeline.conclude(
            self._steward, ledger, self._tables, champions, as_of, None, self._worth, self._known[1]
        )  # fmt: skip
        return rows

    def _champions(self) -> list[Model]:
        now = self._steward.now()
        if self._models is None or now - self._models[0] > _MODELS_FOR:
            self._models = (now, pipeline.speaking(self._steward, known=self._models[1] if self._models else ()))
            self._worth = pipeline.valuing(self._steward)
        return self._models[1]

    def _load(self, rows: UnitRows) -> None:
        """Puts the records into the tables, typed by the contract and with pseudonyms for ids."""
        connection = self._steward.engine.con  # type: ignore[attr-defined]
        pseudonyms.define(connection, self._steward.key)
        folder = pathlib.Path(self._folder.name)
        for name in _NAMES:
            table = contract.table(name)
            pages = self._reader.pages(rows, name, folder)
            loading.stage(connection, pages.paths if pages.rows else (), pages.columns)
            connection.execute(f"CREATE OR REPLACE TABLE {_held(name)} AS {loading.typed(table, pages.columns)}")
            pages.remove()

    def _refresh_settings(self) -> None:
        now = self._steward.now()
        if self._settings_read is not None and now - self._settings_read < _SETTINGS_FOR:
            return
        connection = self._steward.engine.con  # type: ignore[attr-defined]
        pseudonyms.define(connection, self._steward.key)
        path, _ = settings_table.write(connection, self._steward.live_gateway, pathlib.Path(self._folder.name))
        connection.execute(f"CREATE OR REPLACE TABLE {_held(settings_table.TABLE.name)} AS FROM read_parquet('{path}')")
        self._settings_read = now

    def _fresh(self, concluded: Sequence[dict[str, Any]], rows: UnitRows) -> tuple[Fresh, ...]:
        """Rows of the units that were asked for; other units were read in part only, to understand these."""
        key = self._steward.key
        contacts = {pseudonyms.pseudonym(one, key): one for one in rows.records["contacts"]}
        accounts = {pseudonyms.pseudonym(one, key): one for one in rows.records["accounts"]}
        asked = {pseudonyms.pseudonym(one, key) for one in rows.asked}
        units = {row["unit_id"] for row in concluded if row["contact_id"] in asked or row["unit_id"] in asked}
        profiles = {one["Contact__c"]: record for record, one in rows.records["profiles"].items()}
        made = []
        for row in concluded:
            if row["unit_id"] in units:
                contact = contacts[row["contact_id"]]
                fields = canonical.with_references(row)
                made.append(Fresh(
                    row["contact_id"], row["unit_id"], contact, accounts.get(row["unit_id"]), profiles.get(contact),
                    bool(rows.records["contacts"][contact].get("AI_Donor_Profile__c")),
                    fields, canonical.content_hash(PROFILE, fields),
                ))  # fmt: skip
        return tuple(made)


_NAMES = tuple(table.name for table in contract.TABLES)


def _as_of(now: dt.datetime) -> dt.date:
    """Tomorrow: features know what was dated before their date, and a gift dated today counts now."""
    return now.date() + dt.timedelta(days=1)


def _held(name: str) -> str:
    return f"unit_{name}"


class Compiled:
    """An engine that compiles an expression once (the core builds the same ones for every event, only the rows differ)
    and counts the seconds it works. One thread: two would wait for each other over a handful of rows."""

    def __init__(self, engine: Any, timer: Callable[[], float]) -> None:
        self.seconds = 0.0
        self._engine, self._compile, self._timer = engine, engine.compile, timer
        self._remembered: dict[Any, str] = {}
        engine.to_pyarrow = self.to_pyarrow
        engine.raw_sql("SET threads = 1")

    def compile(self, expression: Any) -> str:
        key = expression.op()
        if key not in self._remembered:
            if len(self._remembered) > 200:  # dates pass, and their queries with them
                self._remembered.clear()
            self._remembered[key] = str(self._compile(expression))
        return self._remembered[key]

    def to_pyarrow(self, expression: Any, **_: Any) -> Any:
        """What the engine's own method does, without its look at every node for what these queries never have."""
        began = self._timer()
        try:
            table = self._engine.con.sql(self.compile(expression.as_table())).to_arrow_table()
            return expression.__pyarrow_result__(table, data_mapper=DuckDBPyArrowData)
        finally:
            self.seconds += self._timer() - began
