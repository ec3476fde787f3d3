"""Scores giving units batch by batch: flat memory, every core, and only those whose facts are not last night's.

A unit's profile rows follow from its facts, its people, what scores it (`_basis`) and the month; for a card that is about
to expire, from the day. Where all of these equal an earlier run's, so do the rows, and they are taken from there.
"""

from __future__ import annotations

import atexit
import concurrent.futures
import dataclasses
import datetime as dt
import functools
import gc
import itertools
import multiprocessing
import os
import pathlib
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from steward import bootstrap, profiles, sources, value
from steward.assessment import Ways, answered
from steward.compiling import nothing_collected
from steward.config import Settings
from steward.decide.policy import Policy
from steward.decide.rollout import Rollout
from steward.models import Model
from steward.models.frames import facts_in
from steward.models.registry import Registry
from steward.night import anew, scored, taking_over
from steward.night.earlier import Earlier
from steward.night.narrowing import Few
from steward.night.taking_over import Weighed
from steward.outcomes import OUTCOMES
from steward.progress import Progress
from steward.salesforce import hashing
from steward.salesforce.contract import PROFILE
from steward.value import ValueModel
from steward.words import catalogues

UNITS = 20_000  # of a batch
_CONTEXT = multiprocessing.get_context("forkserver")
ALONE = 10 * UNITS  # so few are answered by this process's threads: workers take seconds to begin


@dataclass(frozen=True)
class Plan:
    """By what a run answers; a run of the `whole` base may take over what an earlier one answered."""

    models: tuple[str, ...]
    value: str | None
    rollout: Rollout
    as_of: dt.date
    whole: bool = True
    snapshot: str = ""


@dataclass(frozen=True)
class Task:
    """One batch for a worker: of the units to answer those from the place `first` up to `end`; their rows are the part of this
    number."""

    settings: Settings
    folder: pathlib.Path
    plan: Plan
    policy: Policy
    number: int = 0
    first: int = 0
    end: int = 0


@dataclass(frozen=True)
class Done:
    """Units of a run, and how many of them were answered anew."""

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


def earlier(steward: bootstrap.Steward, folder: pathlib.Path, plan: Plan) -> Earlier | None:
    """The run whose facts and answers may be taken over: this one as far as it came before it was killed, or the newest one
    of everybody that rests on the same basis. A run of a few donors takes nothing over."""
    basis = _basis(steward, plan)
    killed = scored.left_over(folder)
    if _resting_on(basis | {"as_of": plan.as_of.isoformat()}, killed):
        return _earlier(killed, plan, steward.policy, killed=True)
    runs = (steward.home / "runs" / old.run_id for old in steward.state.runs(scored.KEEP_RUNS) if old.scope is None)
    newest = next((run for run in runs if _resting_on(basis, run)), None) if plan.whole else None
    return _earlier(newest, plan, steward.policy) if newest else None


def _earlier(folder: pathlib.Path, plan: Plan, policy: Policy, killed: bool = False) -> Earlier:
    basis = scored.basis(folder) or {}
    before = dt.date.fromisoformat(basis["as_of"])
    days = min(before, plan.as_of), max(before, plan.as_of)
    cards_until = days[1] + dt.timedelta(days=policy.card_warning_days)
    return Earlier(folder.resolve(), days, cards_until, basis.get("snapshot", ""), killed)


def score(
    steward: bootstrap.Steward, folder: pathlib.Path, plan: Plan, tell: Progress, before: Earlier | None = None,
    few: Few | None = None,
) -> Done:  # fmt: skip
    """Answers the units whose facts are written, or takes their answers over from `before`; every batch leaves its part of
    the profiles in `folder`. Only the facts of a `few`, if there are any, can be others than before."""
    begun = _basis(steward, plan) | {"as_of": plan.as_of.isoformat(), "snapshot": plan.snapshot}
    scored.write_basis(folder, begun)
    found = taking_over.weigh(steward.settings, folder, before, few)
    done = found.units - found.anew
    if before and before.killed:
        tell.say(f"Of {found.units:,} giving units, {done:,} were answered before the run was interrupted.")
    tell.stage("Scoring donors", found.units)
    task = Task(steward.settings.for_workers(), folder.resolve(), plan, steward.policy)
    tasks = _batches(task, found) if found.anew or not found.part else []  # without people, too, there is a part
    for answered_now in _worked(steward, tasks, found.anew):
        done += answered_now
        tell.advance(done)
    anew.remove(folder)
    scored.write_basis(folder, begun | {"units": found.units, "anew": found.anew})
    return Done(found.units, found.anew)


def _resting_on(basis: Mapping[str, Any], folder: pathlib.Path) -> bool:
    held = scored.basis(folder)
    return held is not None and basis.items() <= held.items() and bool(scored.parts(folder))


def _worked(steward: bootstrap.Steward, tasks: Sequence[Task], units: int) -> Iterable[int]:
    threads = steward.settings.threads
    alone = [dataclasses.replace(one, settings=dataclasses.replace(one.settings, threads=1)) for one in tasks]
    if steward.runner.spreads:
        return steward.runner.each(score_batch, alone)
    if threads == 1 or len(tasks) < 2:
        return map(score_batch, tasks)
    return _by_threads(alone, threads) if units <= ALONE else _by_processes(alone, threads)


def _by_threads(tasks: Sequence[Task], threads: int) -> Iterator[int]:
    """More than half of a batch's time passes in machine code that leaves the interpreter to the other thread."""
    _ways(tasks[0])  # the models are loaded once
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        yield from pool.map(score_batch, tasks)


def get_ready(steward: bootstrap.Steward, people: int) -> None:
    """Where so many people are to be answered for, begins the process from which workers are forked, which imports modules for all of
    them, while what is known of the units is worked out."""
    if people > ALONE and steward.settings.threads > 1 and not steward.runner.spreads:
        _CONTEXT.set_forkserver_preload([__name__])
        forkserver.ensure_running()


def _by_processes(tasks: Sequence[Task], workers: int) -> Iterator[int]:
    _CONTEXT.set_forkserver_preload([__name__])
    with concurrent.futures.ProcessPoolExecutor(workers, _CONTEXT, initializer=_end_with_the_run) as pool:
        for finished in concurrent.futures.as_completed([pool.submit(score_batch, one) for one in tasks]):
            yield finished.result()


def _end_with_the_run() -> None:
    """A worker does not outlive the run that was killed."""
    run = multiprocessing.parent_process()

    def watch() -> None:
        if run is not None:
            run.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _batches(template: Task, found: Weighed) -> list[Task]:
    """The units to answer, batch by batch, as many of them for each thread."""
    threads = template.settings.threads
    batches = -(-found.anew // (UNITS * threads)) * threads if found.anew > UNITS else 1
    ends = [found.anew * one // batches for one in range(batches + 1)]
    return [
        dataclasses.replace(template, number=found.part + one, first=first, end=end)
        for one, (first, end) in enumerate(itertools.pairwise(ends))
    ]


def score_batch(task: Task) -> int:
    """Leaves the rows of a batch's units as a part; how many units there were."""
    with nothing_collected():
        fresh = _rows(task)
        with duckdb.connect(config={"threads": 1}) as db:
            hashes = hashing.hashes(db, PROFILE, scored.hashed(fresh))
        part = scored.part(task.folder, task.number)
        half = part.with_name(f".{uuid.uuid4().hex}")  # a lost batch may be begun again meanwhile
        scored.write(fresh.append_column(scored.HASH, hashes), half)
        half.replace(part)
        return task.end - task.first


def _rows(task: Task) -> pa.Table:
    """The profile rows of a batch, each unit's together."""
    facts, people = anew.read(task.folder, task.first, task.end)
    told = people.filter(pc.is_valid(people["trend"]))
    held = {
        contact: profiles.Held(trend, question)
        for contact, trend, question in zip(*(told[name].to_pylist() for name in _HELD), strict=True)
    }  # fmt: skip
    prefixes = tuple(outcome.field_prefix for outcome in OUTCOMES)
    made = profiles.columns(
        people, answered(facts_in(facts), _ways(task)), prefixes, task.policy,
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
