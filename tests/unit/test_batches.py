"""A night that answers only those whose facts changed says, byte for byte, what a night that answers everybody says."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import multiprocessing
import os
import pathlib
import random
import signal
import sys

import duckdb
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "donors"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import test_assessment as nonprofit
from snapshot_tables import arrow_tables, gift
from steward import outcomes, training, value
from steward.bootstrap import Steward, make_home
from steward.config import Settings
from steward.decide.rollout import Rollout
from steward.donors import build_ledger
from steward.night import batches, known, layers, narrowing, scored
from steward.progress import Silent
from test_narrowing import snapshot_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
FIRST = nonprofit.AS_OF


def tables(steward, rows):
    for name, table in arrow_tables(**rows).items():
        steward.engine.con.register(name, table)
    return {name: steward.engine.table(name) for name in arrow_tables()}


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A home with a champion for every question and for amounts."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), threads=1, memory_limit="500MB")
    make_home(settings)
    steward = Steward(settings)
    ledger = steward.ledger(tables(steward, nonprofit.rows()))
    keys = [*(outcome.key for outcome in outcomes.OUTCOMES), value.KEY]
    made = training.train(ledger, keys, FIRST, settings, Silent())
    for model in [*made.models, *([made.value] if made.value else [])]:
        steward.registry.save(model)
    worth = made.value.version if made.value else None
    plan = batches.Plan(tuple(model.version for model in made.models), worth, Rollout(("Full",)), FIRST)
    steward.engine.disconnect()
    return settings, plan


def steward_of(taught, folder, threads=1):
    settings = dataclasses.replace(
        taught[0], home=folder, threads=threads, artefacts_url=taught[0].resolved_artefacts_url()
    )
    make_home(settings)
    return Steward(settings)


def night(steward, plan, rows, run_id, tell=None):
    """A run's profile rows, in the order of the Contacts, and how many units were answered anew."""
    held = tables(steward, rows)
    ledger = steward.ledger(held)
    with scored.making(steward.home / "runs", run_id) as folder:
        known.write(steward, folder, ledger, held, plan.as_of)
        steward.runner.release(ledger)
        done = batches.score(steward, folder, plan, tell or Silent(), batches.earlier(steward, folder, plan))
    steward.state.begin_run(run_id, trigger="Nightly", mode="Full", as_of=plan.as_of.isoformat(), scope=None)
    return rows_of(steward, run_id), done


def night_of_few(steward, plan, snapshot, run_id):
    """A night that looks at those only for whom something changed, as the pipeline has it."""
    with scored.making(steward.home / "runs", run_id) as folder:
        before = batches.earlier(steward, folder, plan)
        few = narrowing.narrowed(steward.settings, folder, snapshot, before)
        held = steward.tables(few.tables)
        ledger = steward.runner.begun(build_ledger(held), known.ONCE)
        known.write_few(steward, folder, ledger, held, plan.as_of, few)
        done = batches.score(steward, folder, plan, Silent(), before, few)
        few.remove()
    return rows_of(steward, run_id), done


def rows_of(steward, run_id, columns="*"):
    run = steward.home / "runs" / run_id
    return duckdb.sql(f"SELECT {columns} FROM {scored.rows(run)} ORDER BY contact_id").fetchall()


def a_day_later(rows, seed, written):
    """What a random day brings: gifts, a new person, one who leaves, consents, and the org's own profiles of the night."""
    chance = random.Random(seed)
    later = {name: [dict(row) for row in some] for name, some in rows.items()}
    homes = [row["account_id"] for row in rows["accounts"]]
    for number, home in enumerate(chance.sample(homes, 3)):
        later["opportunities"].append(gift(f"later{seed}{number}", home, chance.choice([20, 75, 1500]), "2024-05-31"))
    later["contacts"].remove(chance.choice([one for one in later["contacts"] if one["contact_id"].startswith("ch")]))
    chance.choice(later["contacts"])["do_not_contact"] = True
    columns = ("contact_id", "trend", "model_version")
    later["profiles"] = [{"profile_id": f"p{row[0]}", **dict(zip(columns, row, strict=True))} for row in written]
    return later


@pytest.mark.parametrize(("seed", "days"), [(1, 0), (2, 1), (3, 3), (4, 9), (5, 40)])
def test_what_is_taken_from_last_night_is_what_would_be_answered_tonight(taught, tmp_path, monkeypatch, seed, days):
    monkeypatch.setattr(batches, "UNITS", 7)
    again, anew = steward_of(taught, tmp_path / "again"), steward_of(taught, tmp_path / "anew")
    rows, plan = nonprofit.rows(), taught[1]
    night(again, plan, rows, "first")
    written = rows_of(again, "first", "contact_id, Trend__c, Model_Version__c")
    later = a_day_later(rows, seed, written)
    plan = dataclasses.replace(plan, as_of=FIRST + dt.timedelta(days=days))
    ours, done = night(again, plan, later, "second")
    theirs, everybody = night(anew, plan, later, "second")
    assert ours == theirs
    assert everybody.anew > 40
    assert (done.anew < everybody.anew / 2) == (days < 20)  # in another month everybody is answered anew


@pytest.mark.parametrize(("seed", "days"), [(1, 0), (2, 1), (3, 3)])
def test_who_is_not_looked_at_keeps_what_is_known_and_said(taught, tmp_path, monkeypatch, seed, days):
    monkeypatch.setattr(narrowing, "MOST", 1.0)
    monkeypatch.setattr(batches, "UNITS", 7)
    again, anew = steward_of(taught, tmp_path / "again"), steward_of(taught, tmp_path / "anew")
    rows, plan = nonprofit.rows(), dataclasses.replace(taught[1], snapshot="first")
    night(again, plan, rows, "first")
    later = a_day_later(rows, seed, rows_of(again, "first", "contact_id, Trend__c, Model_Version__c"))
    plan = dataclasses.replace(plan, snapshot="second", as_of=FIRST + dt.timedelta(days=days))
    ours, done = night_of_few(again, plan, snapshot_of(tmp_path / "second", rows, later), "second")
    theirs, everybody = night(anew, plan, later, "second")
    assert ours == theirs
    assert done.anew < everybody.anew / 2
    for name in (scored.FEATURES, scored.PEOPLE, scored.ROLLUPS):
        sides = [layers.rows(one.home / "runs" / "second" / name) for one in (again, anew)]
        both = [duckdb.sql(f"FROM {side} ORDER BY ALL").fetchall() for side in sides]
        assert both[0] == both[1]


def test_night_after_night_parts_hold_less_than_twice_what_is_so(taught, tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "UNITS", 7)
    again, anew = steward_of(taught, tmp_path / "again"), steward_of(taught, tmp_path / "anew")
    rows = nonprofit.rows()
    kept, _ = night(again, taught[1], rows, "night 0")
    for seed in range(1, 7):
        rows = a_day_later(rows, seed, [])
        kept, _ = night(again, taught[1], rows, f"night {seed}")
        held = duckdb.sql(f"SELECT count(*) FROM '{again.home}/runs/night {seed}/profiles/*.parquet'").fetchall()[0][0]
        assert held < 2 * len(kept) + 7
    lists = [layers.stale(again.home / "runs" / f"night {seed}" / scored.PROFILES) for seed in range(1, 7)]
    stale = [duckdb.sql(f"FROM read_parquet('{one}')").fetchall() for one in lists]
    assert any(set(before) - set(after) for before, after in itertools.pairwise(stale))  # some part was written anew
    assert kept == night(anew, taught[1], rows, "night 6")[0]


def test_another_model_policy_or_trial_group_leaves_nothing_to_take_over(taught, tmp_path):
    steward = steward_of(taught, tmp_path)
    rows, plan = nonprofit.rows(), taught[1]
    said, first = night(steward, plan, rows, "first")
    for run in ("same", "same again"):  # what is taken over is taken over once more
        found, same = night(steward, plan, rows, run)
        assert found == said
        assert (first.anew > 0, same.anew) == (True, 1)  # but the one whose card is about to expire
    other = dataclasses.replace(plan, rollout=Rollout(("Pilot",), frozenset({"steady"})))
    found, done = night(steward, other, rows, "other")
    assert done.anew == first.anew
    assert {row[scored_column("Mode__c")] for row in found} == {"Pilot", "Shadow"}


def scored_column(name):
    return scored.table({"contact_id": []}).column_names.index(name)


def test_people_of_whom_nothing_is_known_yet_are_answered_once(taught, tmp_path):
    steward = steward_of(taught, tmp_path)
    rows, plan = nonprofit.rows(), taught[1]
    rows["recurring"] = []  # nobody's card is about to expire
    night(steward, plan, rows, "first")
    rows["contacts"] += [{"contact_id": "today", "created_on": FIRST}]
    found, newcomer = night(steward, plan, rows, "second")
    assert ("today", "No giving unit") in {(row[0], row[scored_column("Excluded_Reason__c")]) for row in found}
    again, nobody = night(steward, plan, rows, "third")
    assert (again, newcomer.anew, nobody.anew) == (found, 1, 0)


@pytest.mark.parametrize("most", [0, batches.ALONE])
def test_worker_processes_and_threads_say_the_same(taught, tmp_path, monkeypatch, most):
    rows, plan = nonprofit.rows(), taught[1]
    alone, _ = night(steward_of(taught, tmp_path / "alone"), plan, rows, "first")
    monkeypatch.setattr(batches, "UNITS", 20)
    monkeypatch.setattr(batches, "ALONE", most)
    shared, done = night(steward_of(taught, tmp_path / "shared", threads=2), plan, rows, "first")
    assert done.units == 45
    assert shared == alone


def test_a_run_for_some_donors_writes_the_facts_of_their_units_only(tmp_path):
    steward = Steward(Settings(home=tmp_path, threads=1))
    held = tables(steward, nonprofit.rows())
    known.write_asked(steward, tmp_path, steward.ledger(held), held, FIRST, ["csteady", "ch1"])
    for file in (scored.FEATURES, scored.PEOPLE):
        found = duckdb.sql(f"SELECT unit_id FROM read_parquet('{tmp_path / file}') ORDER BY unit_id").fetchall()
        assert found == [("h1",), ("steady",)]


class KilledAfter(Silent):
    """The machine dies without a word when so many units are answered."""

    def __init__(self, units):
        self.units = units

    def advance(self, done):
        if done >= self.units:
            os.kill(os.getpid(), signal.SIGKILL)


class Heard(Silent):
    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


def killed_night(taught, plan, rows, folder, units):
    batches.UNITS = 7
    night(steward_of(taught, folder), plan, rows, "first", KilledAfter(units))


def die(taught, plan, rows, folder, units):
    process = multiprocessing.get_context("spawn").Process(
        target=killed_night, args=(taught, plan, rows, folder, units)
    )
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def test_a_killed_run_goes_on_after_its_last_finished_batch(taught, tmp_path, monkeypatch):
    rows, plan = nonprofit.rows(), taught[1]
    whole, everybody = night(steward_of(taught, tmp_path / "whole"), plan, rows, "first")
    die(taught, plan, rows, tmp_path / "killed", 21)
    die(taught, plan, rows, tmp_path / "killed", 36)
    monkeypatch.setattr(batches, "UNITS", 7)
    heard = Heard()
    ours, done = night(steward_of(taught, tmp_path / "killed"), plan, rows, "first", heard)
    assert heard.said == ["Of 45 giving units, 37 were answered before the run was interrupted."]
    assert ours == whole
    assert done.units == everybody.units
    assert 0 < done.anew < everybody.anew / 4  # the last batch, and a card about to expire
    assert [path.name for path in (tmp_path / "killed" / "runs").iterdir()] == ["first"]


def test_what_is_known_anew_after_the_kill_is_answered_anew(taught, tmp_path, monkeypatch):
    rows, plan = nonprofit.rows(), taught[1]
    die(taught, plan, rows, tmp_path / "killed", 42)
    later = a_day_later(rows, 6, [])
    monkeypatch.setattr(batches, "UNITS", 7)
    ours, _ = night(steward_of(taught, tmp_path / "killed"), plan, later, "first")
    theirs, _ = night(steward_of(taught, tmp_path / "anew"), plan, later, "first")
    assert ours == theirs


def test_what_another_policy_had_finished_is_not_taken_up(taught, tmp_path, monkeypatch):
    rows, plan = nonprofit.rows(), taught[1]
    die(taught, plan, rows, tmp_path / "killed", 42)
    monkeypatch.setattr(batches, "UNITS", 7)
    heard = Heard()
    other = dataclasses.replace(plan, rollout=Rollout(("Shadow",)))
    _, done = night(steward_of(taught, tmp_path / "killed"), other, rows, "first", heard)
    assert heard.said == []
    assert done.anew > 40
