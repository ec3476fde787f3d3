"""A run that takes over an earlier one's parts: the same files, and what is no longer so in them is told of nowhere."""

from __future__ import annotations

import os

import duckdb
import pandas as pd
import pytest
from steward.errors import StateError
from steward.night import layers, scored
from steward.night.scored import Scored


def row(contact, score):
    return {"contact_id": contact, "unit_id": f"u{contact}", "Method__c": "Rule", "Propensity_Score__c": score}


@pytest.fixture
def runs(tmp_path):
    """`second` took over what `first` concluded of three people; of one of them it knows and says something else."""
    scored.save(tmp_path, Scored("first", [row("a", 10.0), row("b", 20.0), row("c", 30.0)], known("abc", 1)))
    scored.save(tmp_path, Scored("new", [row("b", 25.0)], known("b", 2)))
    (tmp_path / "second").mkdir()
    for table in (scored.PROFILES, scored.FEATURES):
        number = taken_over(tmp_path, table, "first", "second", ["ub"])
        layers.add(tmp_path / "second" / table, number, tmp_path / "new" / table)
    return tmp_path


def known(people, gifts):
    return pd.DataFrame({"unit_id": [f"u{one}" for one in people], "gift_count": gifts})


def taken_over(runs, table, old, new, units):
    with duckdb.connect() as db:
        db.execute("CREATE TABLE gone AS SELECT unnest(?) AS unit_id", [units])
        return layers.take_over(db, runs / old / table, runs / new / table, "gone")


def test_a_part_is_linked_and_the_next_one_gets_the_next_number(runs):
    first, second = (scored.parts(runs / name) for name in ("first", "second"))
    assert [path.name for path in second] == ["part-00000.parquet", "part-00001.parquet"]
    assert first[0].samefile(second[0])


def test_storage_without_links_gets_a_copy(runs, monkeypatch):
    def refused(source, target):
        raise OSError("not supported")

    monkeypatch.setattr(os, "link", refused)
    (runs / "third").mkdir()
    assert taken_over(runs, scored.PROFILES, "second", "third", []) == 2
    for ours, theirs in zip(scored.parts(runs / "third"), scored.parts(runs / "second"), strict=True):
        assert ours.read_bytes() == theirs.read_bytes()
        assert not ours.samefile(theirs)


def test_whoever_asks_hears_what_is_so_now(runs):
    told = {one["contact_id"]: one["Propensity_Score__c"] for one in scored.load(runs, "second").rows}
    assert told == {"a": 10.0, "b": 25.0, "c": 30.0}
    for run, score, gifts in (("first", 20.0, 1), ("second", 25.0, 2)):
        found = scored.find(runs, [run], "b")
        assert found is not None
        assert (found[1]["Propensity_Score__c"], found[2]["gift_count"]) == (score, gifts)
    assert scored.counts(runs / "second", ["Propensity"])["profiles_scored"] == 3
    assert scored.features(runs / "second").gift_count.tolist() == [1, 2, 1]


def test_a_part_of_which_most_is_no_longer_so_is_written_without_it(runs):
    (runs / "third").mkdir()
    for table in (scored.PROFILES, scored.FEATURES):
        assert taken_over(runs, table, "second", "third", ["uc"]) == 2
    (left,) = (path for path in scored.parts(runs / "third") if path.name == "part-00000.parquet")
    assert duckdb.sql(f"SELECT contact_id FROM read_parquet('{left}')").fetchall() == [("a",)]
    assert duckdb.sql(f"FROM read_parquet('{layers.stale(runs / 'third' / scored.PROFILES)}')").fetchall() == []
    assert scored.features(runs / "third").unit_id.tolist() == ["ua", "ub"]


def test_a_night_with_a_list_of_another_form_is_not_read(runs):
    (runs / "first" / "stale.parquet").touch()
    with pytest.raises(StateError, match="left no scores"):
        scored.require(runs, "first")
    assert scored.find(runs, ["first"], "a") is None
