"""Scores giving units batch by batch: flat memory, every core, and only those whose facts are not last night's.

A unit's profile rows follow from its facts, its people, what scores it (`Basis`) and the month; for a card that is about
to expire, from the day. Where all of these equal an earlier run's, so do the rows, and they are taken from there.
"""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

import atexit
import concurrent.futures
import dataclasses
import datetime as dt
import functools
import gc
import multiprocessing
import os
import pathlib
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from steward import bootstrap, facts, profiles, sources, value
from steward.assessment import Ways, answered
from steward.config import Settings
from steward.decide.policy import Policy
from steward.decide.rollout import Rollout
from steward.donors import Ledger
from steward.models import Model
from steward.models.frames import in_floats
from steward.models.registry import Registry
from steward.night import scored
from steward.outcomes import OUTCOMES
from steward.progress import Progress
from steward.salesforce import canonical
from steward.salesforce.contract import PROFILE
from steward.value import ValueModel
from steward.words import catalogues

UNITS = 20_000  # of a batch
ALONE = 2 * UNITS  # so few are scored in this process: a worker takes seconds to begin


@dataclass(frozen=True)
class Plan:
    """By what a run answers; a run of the `whole` base may take over what an earlier one answered."""

    models: tuple[str, ...]
    value: str | None
    rollout: Rollout
    as_of: dt.date
    whole: bool = True


@dataclass(frozen=True)
class Task:
    """One batch for a worker: the units from `first` up to `end`, or to the last one."""

    settings: Settings
    folder: pathlib.Path
    plan: Plan
    policy: Policy
    earlier: pathlib.Path | None
    cards: tuple[dt.date, dt.date]  # units whose card expires after the first and up to the second are answered anew
    number: int = 0
    first: str = ""
    end: str | None = None


@dataclass(frozen=True)
class Done:
    """Units of a run or a batch, and how many of them were answered anew."""

    units: int
    anew: int


def _basis(steward: bootstrap.Steward, plan: Plan) -> dict[str, Any]:
    """What a unit's answer depends on besides its own facts. Two runs of one basis agree wherever the facts do."""
    return {
        "models": list(plan.models), "value": plan.value, "policy": repr(steward.policy),
        "rollout": [list(plan.rollout.asked), sorted(plan.rollout.pilots)],
        "symbol": steward.settings.currency_symbol, "language": steward.settings.language,
        "month": f"{plan.as_of:%Y-%m}", "code": sources.fingerprint(),
    }  # fmt: skip


def write_facts(
    steward: bootstrap.Steward, folder: pathlib.Path, ledger: Ledger, tables: Mapping[str, ir.Table], as_of: dt.date,
    donors: Sequence[str] | None,
) -> None:  # fmt: skip
    """`features.parquet`, a row a unit, and `people.parquet`, a row a Contact with what the org holds of the months before."""
    found, people = facts.facts(ledger, tables["gaus"], as_of), _people(ledger, tables, as_of)
    if donors is not None:
        units = people.filter(people.contact_id.isin(sorted(donors))).select("unit_id").distinct()
        found, people = found.semi_join(units, "unit_id"), people.semi_join(units, "unit_id")
    steward.runner.write(in_floats(found).order_by("unit_id"), folder / scored.FEATURES, UNITS)
    steward.runner.write(people.order_by(["unit_id", "contact_id"]), folder / scored.PEOPLE, UNITS)


def _people(ledger: Ledger, tables: Mapping[str, ir.Table], as_of: dt.date) -> ir.Table:
    """Members with the trend of earlier months and the question it is about: this month's point is about to be replaced."""
    held = tables["profiles"]
    before = held.trend.re_replace(rf" ?{as_of:%Y-%m}:[0-9.]+", "").nullif("")
    question = held.model_version.re_replace("-[0-9]+-[0-9a-f]+$", "")
    held = held.select("contact_id", trend=before, held_model=ibis.ifelse(before.notnull(), question, None))
    return ledger.members.left_join(held, "contact_id").drop("contact_id_right")


def score(steward: bootstrap.Steward, folder: pathlib.Path, plan: Plan, tell: Progress) -> Done:
    """Answers the units whose facts are written; every batch leaves its part of the profiles in `folder`."""
    basis = _basis(steward, plan)
    earlier = _earlier(steward, basis) if plan.whole else None
    task = _after(Task(
        steward.settings.for_workers(), folder.resolve(), plan, steward.policy, None, (plan.as_of, plan.as_of),
    ), earlier)  # fmt: skip
    tasks, units = _batches(task)
    begun = basis | {"as_of": plan.as_of.isoformat(), "batches": [[one.first, one.end] for one in tasks]}
    scored.write_basis(folder, begun)
    tasks = _taken_up(tasks, begun, scored.left_over(folder), tell)
    tell.stage("Scoring donors", units)
    done = Done(0, 0)
    for one in _worked(steward, tasks, units):
        done = Done(done.units + one.units, done.anew + one.anew)
        tell.advance(done.units)
    scored.write_basis(folder, begun | dataclasses.asdict(done))
    return done


def _after(task: Task, earlier: pathlib.Path | None) -> Task:
    """The same task where an earlier run's answers may be taken over: its cards' days are counted from either date."""
    if earlier is None:
        return task
    as_of, before = task.plan.as_of, dt.date.fromisoformat((scored.basis(earlier) or {})["as_of"])
    last = max(before, as_of) + dt.timedelta(days=task.policy.card_warning_days)
    return dataclasses.replace(task, earlier=earlier.resolve(), cards=(min(before, as_of), last))


def _taken_up(tasks: list[Task], begun: Mapping[str, Any], killed: pathlib.Path, tell: Progress) -> list[Task]:
    """A batch that a killed process of this run had finished is its own earlier run: only facts read anew change it."""
    held = scored.basis(killed)
    if held is None or not begun.items() <= held.items():
        return tasks
    finished = [scored.part(killed, one.number).exists() for one in tasks]
    tell.say(f"{sum(finished)} of {len(tasks)} batches were finished before the run was interrupted.")
    return [_after(one, killed) if done else one for one, done in zip(tasks, finished, strict=True)]


def _earlier(steward: bootstrap.Steward, basis: Mapping[str, Any]) -> pathlib.Path | None:
    """The newest run of everybody that rests on the same basis."""
    for old in steward.state.runs(scored.KEEP_RUNS):
        folder = steward.home / "runs" / old.run_id
        held = scored.basis(folder) if old.scope is None else None
        if held is not None and basis.items() <= held.items():
            return folder
    return None


def _worked(steward: bootstrap.Steward, tasks: Sequence[Task], units: int) -> Iterable[Done]:
    alone = [dataclasses.replace(one, settings=dataclasses.replace(one.settings, threads=1)) for one in tasks]
    if steward.runner.spreads:
        return steward.runner.each(score_batch, alone)
    few = units <= ALONE or steward.settings.threads == 1
    return map(score_batch, tasks) if few else _by_processes(alone, steward.settings.threads)


def _by_processes(tasks: Sequence[Task], workers: int) -> Iterator[Done]:
    with concurrent.futures.ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_end_with, initargs=(os.getpid(),)
    ) as pool:
        for finished in concurrent.futures.as_completed([pool.submit(score_batch, one) for one in tasks]):
            yield finished.result()


def _end_with(parent: int) -> None:
    """A worker does not outlive the run that was killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _batches(template: Task) -> tuple[list[Task], int]:
    """The batches of a run whose facts are written, and how many units they have."""
    path = template.folder / scored.FEATURES
    with duckdb.connect() as db:
        numbered = f"SELECT unit_id, row_number() OVER (ORDER BY unit_id) - 1 AS place FROM read_parquet('{path}')"
        starts = db.execute(f"SELECT unit_id FROM ({numbered}) WHERE place % {UNITS} = 0 ORDER BY place").fetchall()
        units = _count(db, f"SELECT count(*) FROM read_parquet('{path}')")
    firsts = ["", *(first for (first,) in starts[1:])]
    made = [
        dataclasses.replace(template, number=number, first=first, end=end)
        for number, (first, end) in enumerate(zip(firsts, [*firsts[1:], None], strict=True))
    ]
    return made, units


def score_batch(task: Task) -> Done:
    with duckdb.connect(config={"threads": 1, "memory_limit": "512MB", "temp_directory": str(task.folder)}) as db:
        for table, file in (("facts", scored.FEATURES), ("people", scored.PEOPLE)):
            db.execute(f"CREATE TABLE {table} AS {_range(task.folder / file, task)}")
        units = _count(db, "SELECT count(*) FROM facts")
        db.execute(f"CREATE TABLE anew AS {_anew(task)}")
        fresh = _rows(task, db)
        db.register("fresh", fresh)
        hashed = f"SELECT *, {canonical.hash_sql(PROFILE, scored.REFERENCES)} AS {scored.HASH} FROM fresh"
        kept = f"UNION ALL BY NAME {_kept(task)}" if task.earlier else ""
        part = scored.part(task.folder, task.number)
        half = part.with_name(f".{uuid.uuid4().hex}")  # a lost batch may be begun again meanwhile
        db.execute(
            f"COPY ({hashed} {kept} ORDER BY unit_id, contact_id) TO '{half}' (FORMAT parquet, COMPRESSION zstd)"
        )
        half.replace(part)
        return Done(units, _count(db, "SELECT count(*) FROM anew"))


def _range(path: pathlib.Path, task: Task) -> str:
    end = f" AND unit_id < '{task.end}'" if task.end else ""
    return f"SELECT * FROM read_parquet('{path}') WHERE unit_id >= '{task.first}'{end}"


def _anew(task: Task) -> str:
    """Units with people of which something is not as in the earlier run, or whose card's days are counted."""
    if task.earlier is None:
        return "SELECT DISTINCT unit_id FROM people"
    old_facts, old_people = (_range(task.earlier / name, task) for name in (scored.FEATURES, scored.PEOPLE))
    after, until = task.cards
    changed = (
        f"SELECT unit_id FROM (FROM facts EXCEPT ({old_facts})) UNION SELECT unit_id FROM (FROM people EXCEPT ({old_people})) "
        f"UNION SELECT unit_id FROM (({old_people}) EXCEPT FROM people) UNION SELECT unit_id FROM facts "
        f"WHERE card_expires_on > DATE '{after}' AND card_expires_on <= DATE '{until}'"
    )
    return f"SELECT DISTINCT unit_id FROM ({changed}) SEMI JOIN people USING (unit_id)"


def _kept(task: Task) -> str:
    """The earlier run's rows of all other units that are still there."""
    old = f"{task.earlier}/{scored.PROFILES}/*.parquet"
    within = f"unit_id >= '{task.first}'" + (f" AND unit_id < '{task.end}'" if task.end else "")
    still = "SEMI JOIN people USING (contact_id) ANTI JOIN anew USING (unit_id)"
    return f"SELECT * FROM (SELECT * FROM read_parquet('{old}') WHERE {within}) {still}"


def _rows(task: Task, db: duckdb.DuckDBPyConnection) -> pa.Table:
    """The profile rows of the units to answer anew."""
    frame = (
        db.sql("SELECT facts.* FROM facts SEMI JOIN anew USING (unit_id) ORDER BY unit_id").to_arrow_table().to_pandas()
    )
    people = db.sql("SELECT people.* FROM people SEMI JOIN anew USING (unit_id) ORDER BY contact_id").to_arrow_table()
    held = {
        contact: profiles.Held(trend, question)
        for contact, trend, question in zip(*(people[name].to_pylist() for name in _HELD), strict=True) if trend
    }  # fmt: skip
    prefixes = tuple(outcome.field_prefix for outcome in OUTCOMES)
    made = profiles.columns(
        people.drop_columns(["trend", "held_model"]).to_pandas(), answered(frame, _ways(task)), prefixes, task.policy,
        task.plan.rollout, task.plan.as_of, held,
    )  # fmt: skip
    return scored.table(made)


_HELD = ("contact_id", "trend", "held_model")


def _ways(task: Task) -> Ways:
    models, worth = _loaded(task.settings.resolved_artefacts_url(), task.plan.models, task.plan.value)
    return Ways(models, worth, task.policy, task.plan.as_of, catalogues.spoken(task.settings), task.settings.threads)


@functools.lru_cache(maxsize=1)
def _loaded(artefacts: str, versions: tuple[str, ...], worth: str | None) -> tuple[list[Model], ValueModel | None]:
    """A process loads the models once; a version never changes."""
    registry = Registry(artefacts)
    models = [registry.load(version) for version in versions]
    found = models, value.from_files(registry.files(worth), worth) if worth else None
    gc.freeze()  # what stays for the whole night need not be looked through each time a batch leaves litter
    atexit.register(gc.unfreeze)
    return found


def _count(db: duckdb.DuckDBPyConnection, query: str) -> int:
    found = db.execute(query).fetchone()
    return int(found[0]) if found else 0
