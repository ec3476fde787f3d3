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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from steward import donors, pipeline
from steward.bootstrap import Steward
from steward.facts import facts
from steward.live.handful import Handful
from steward.models import treeshap
from steward.models.frames import in_floats
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
    winners: Mapping[str, str] = dataclasses.field(default_factory=dict)  # who stayed of a merge, by who went
    seconds: dict[str, float] = dataclasses.field(default_factory=dict)  # by stage


class Desk:
    """One worker's place: the org's reader, the models, and tables that hold the units at hand."""

    def __init__(self, steward: Steward, timer: Callable[[], float] = time.perf_counter) -> None:
        self._steward = steward
        self._timer = timer
        self._models: tuple[dt.datetime, list[Model]] | None = None
        self._worth: ValueModel | None = None
        self._known: tuple[dt.date, ir.Table] | None = None  # writing the facts down costs more than asking for them
        self._settings_read: dt.datetime | None = None
        self._empty: set[str] = set()  # tables that hold nothing now

    def warm(self) -> None:
        """Loads models and compiles everything, so that the first event is as quick as the thousandth."""
        for model in self._champions():
            if model.boosted is not None and model.boosted.tables is not None:
                treeshap.warm(model.boosted.tables)
        self._refresh_settings()
        self._load(UnitRows())
        self._conclude(self._as_of())

    def answer(self, donor_ids: Sequence[str]) -> Answers:
        """Fresh answers for the units of these Contacts and Accounts, knowing the org as it is from now on."""
        known_until = self._steward.now()
        as_of = self._as_of()
        marks = [self._timer()]
        rows = self._reader.read(donor_ids)
        marks.append(self._timer())
        self._refresh_settings()
        self._load(rows)
        marks.append(self._timer())
        engine_before = self._handful.seconds
        concluded = self._conclude(as_of) if rows.asked else []
        marks.append(self._timer())
        asking = self._handful.seconds - engine_before
        gone = tuple(one for one in donor_ids if one not in rows.asked)
        seconds = {
            "read": marks[1] - marks[0], "features": marks[2] - marks[1] + asking, "models": marks[3] - marks[2] - asking,
        }  # fmt: skip
        key = self._steward.key
        winners = {pseudonyms.pseudonym(a, key): pseudonyms.pseudonym(b, key) for a, b in rows.winners.items()}
        return Answers(known_until, as_of, self._fresh(concluded, rows), gone, winners, seconds)

    def _as_of(self) -> dt.date:
        """Tomorrow: features know what was dated before their date, and a gift dated today counts now."""
        return self._steward.today() + dt.timedelta(days=1)

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
    def _handful(self) -> Handful:
        return Handful(self._steward.engine, self._timer)

    @cached_property
    def _ledger(self) -> tuple[donors.Ledger, dict[str, str]]:
        """The ledger over tables of fixed names, and the SQL that fills them."""
        engine = self._steward.engine
        built = donors.build_ledger(self._tables)
        parts = {part.name: self._handful.compile(getattr(built, part.name)) for part in dataclasses.fields(built)}
        for name, query in parts.items():
            engine.raw_sql(f"CREATE OR REPLACE TEMP TABLE ledger_{name} AS {query}")
        return donors.Ledger(**{name: engine.table(f"ledger_{name}") for name in parts}), parts

    def _conclude(self, as_of: dt.date) -> list[dict[str, Any]]:
        ledger, parts = self._ledger
        for name, query in parts.items():
            self._handful.run(f"CREATE OR REPLACE TEMP TABLE ledger_{name} AS {query}")
        if self._known is None or self._known[0] != as_of:
            self._known = (as_of, in_floats(facts(ledger, self._tables["gaus"], as_of)))
        champions = self._champions()
        _, rows = pipeline.conclude(
            self._steward, ledger, self._tables, champions, as_of, None, self._worth, self._known[1]
        )  # fmt: skip
        return rows

    def _champions(self) -> list[Model]:
        now = self._steward.now()
        if self._models is None or now - self._models[0] > _MODELS_FOR:
            self._models = (now, pipeline.speaking(self._steward, known=self._models[1] if self._models else ()))
            self._worth = pipeline.valuing(self._steward, self._worth)
        return self._models[1]

    def _load(self, rows: UnitRows) -> None:
        """Puts the records into the tables, typed by the contract and with pseudonyms for ids."""
        connection = self._steward.engine.con  # type: ignore[attr-defined]
        pseudonyms.define(connection, self._steward.key)
        for name in _NAMES:
            if not rows.records[name] and name in self._empty:
                continue
            columns, table = self._reader.raw(rows, name)
            connection.register("raw", table)
            connection.execute(
                f"CREATE OR REPLACE TABLE {_held(name)} AS {loading.typed(contract.table(name), columns)}"
            )
            connection.unregister("raw")
            (self._empty.discard if rows.records[name] else self._empty.add)(name)

    def _refresh_settings(self) -> None:
        now = self._steward.now()
        if self._settings_read is not None and now - self._settings_read < _SETTINGS_FOR:
            return
        connection = self._steward.engine.con  # type: ignore[attr-defined]
        pseudonyms.define(connection, self._steward.key)
        with tempfile.TemporaryDirectory(prefix="steward-settings-") as folder:
            path, _ = settings_table.write(connection, self._steward.live_gateway, pathlib.Path(folder))
            held = _held(settings_table.TABLE.name)
            connection.execute(f"CREATE OR REPLACE TABLE {held} AS FROM read_parquet('{path}')")
            connection.execute("DROP VIEW IF EXISTS raw")  # of a page that is no more
        self._settings_read = now

    def _fresh(self, concluded: Sequence[dict[str, Any]], rows: UnitRows) -> tuple[Fresh, ...]:
        """Rows of the units that were asked for; other units were read in part only, to understand these."""
        key = self._steward.key
        contacts = {pseudonyms.pseudonym(one, key): one for one in rows.records["contacts"]}
        accounts = {pseudonyms.pseudonym(one, key): one for one in rows.records["accounts"]}
        asked = {pseudonyms.pseudonym(rows.winners.get(one, one), key) for one in rows.asked}
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


def _held(name: str) -> str:
    return f"unit_{name}"
