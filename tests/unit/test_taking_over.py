"""A run that takes over an earlier one's parts: the same files, and what is no longer so in them is told of nowhere."""

from __future__ import annotations

import datetime as dt
import os

import duckdb
import pandas as pd
import pytest
from steward.night import scored, taking_over
from steward.night.earlier import Earlier
from steward.night.scored import Scored

DAY = dt.date(2026, 3, 15)


def row(contact, score):
    return {"contact_id": contact, "unit_id": f"u{contact}", "Method__c": "Rule", "Propensity_Score__c": score}


@pytest.fixture
def runs(tmp_path):
    """`second` linked what `first` concluded of three people; of one of them it says something else."""
    units = pd.DataFrame({"unit_id": ["ua", "ub", "uc"]})
    scored.save(tmp_path, Scored("first", [row("a", 10.0), row("b", 20.0), row("c", 30.0)], units))
    scored.save(tmp_path, Scored("new", [row("b", 25.0)], units))
    first, second = tmp_path / "first", tmp_path / "second"
    (second / scored.PROFILES).mkdir(parents=True)
    (tmp_path / "new" / scored.FEATURES).rename(second / scored.FEATURES)
    number = taking_over.link(second, Earlier(first, (DAY, DAY), DAY))
    scored.part(tmp_path / "new", 0).rename(scored.part(second, number))
    duckdb.execute(
        f"COPY (SELECT 'part-00000.parquet' AS part, 'b' AS contact_id) TO '{second / scored.STALE}' (FORMAT parquet)"
    )
    return tmp_path


def test_a_part_is_linked_and_the_next_one_gets_the_next_number(runs):
    first, second = (scored.parts(runs / name) for name in ("first", "second"))
    assert [path.name for path in second] == ["part-00000.parquet", "part-00001.parquet"]
    assert first[0].samefile(second[0])


def test_storage_without_links_gets_a_copy(runs, monkeypatch):
    def refused(source, target):
        raise OSError("not supported")

    monkeypatch.setattr(os, "link", refused)
    (runs / "third" / scored.PROFILES).mkdir(parents=True)
    assert taking_over.link(runs / "third", Earlier(runs / "second", (DAY, DAY), DAY)) == 2
    for ours, theirs in zip(scored.parts(runs / "third"), scored.parts(runs / "second"), strict=True):
        assert ours.read_bytes() == theirs.read_bytes()
        assert not ours.samefile(theirs)


def test_whoever_asks_hears_what_is_so_now(runs):
    told = {one["contact_id"]: one["Propensity_Score__c"] for one in scored.load(runs, "second").rows}
    assert told == {"a": 10.0, "b": 25.0, "c": 30.0}
    for run, score in (("first", 20.0), ("second", 25.0)):
        found = scored.find(runs, [run], "b")
        assert found is not None
        assert found[1]["Propensity_Score__c"] == score
    assert scored.counts(runs / "second", ["Propensity"])["profiles_scored"] == 3
