"""What a run writes: what the org does not hold yet or is about to expire there, unless a newer answer stands."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from steward.bootstrap import Steward, make_home
from steward.config import Settings
from steward.night import changing, scored
from steward.night.scored import Scored
from steward.salesforce import canonical
from steward.salesforce.contract import PROFILE

NOW = dt.datetime(2026, 3, 15, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
STAMPS = {"Scoring_Run__c": "run", "Scored_At__c": NOW}


def row(contact, unit, **more):
    return {
        "contact_id": contact, "unit_id": unit, "Basis__c": "Household", "Household_Lead__c": True, "Method__c": "Rule",
        "Mode__c": "Full", "Segment__c": "Loyal donor", "Propensity_Score__c": 34.0, "Propensity_Rank__c": 8,
        "Reasons__c": f"of {contact}", **more,
    }  # fmt: skip


ROWS = [row("new", "u9"), row("same", "u1"), row("other", "u1", Propensity_Score__c=35.5), row("soon", "u2"), row("live", "u3"),
        row("ahead", "u4"), row("alone", "alone")]  # fmt: skip


def digest(one):
    return canonical.content_hash(PROFILE, canonical.with_references(one))


@pytest.fixture
def steward(tmp_path):
    settings = Settings(home=tmp_path / "home", threads=1)
    make_home(settings)
    made = Steward(settings)
    hashes = {one["contact_id"]: digest(one) for one in ROWS}
    remember = made.state.record_written
    far, early = NOW + 30 * DAY, NOW - DAY
    remember("old", [(key, hashes[key]) for key in ("same", "alone")], early, far, early)
    remember("old", [("other", digest(row("other", "u1")))], early, far, early)
    remember("old", [("soon", hashes["soon"])], early, NOW + DAY, early)
    remember("old", [("live", "f" * 32)], early, far, early, NOW + DAY)
    remember("old", [("ahead", "e" * 32)], early, far, NOW + DAY)
    scored.save(made.home / "runs", Scored("run", ROWS, pd.DataFrame({"unit_id": ["u1"]})))
    yield made
    made.close()


@pytest.fixture
def found(steward):
    with changing.changes(steward, scored.require(steward.home / "runs", "run"), NOW, NOW) as changes:
        yield changes


def test_only_what_differs_or_expires_soon_is_written_and_newer_answers_stand(found):
    assert (found.changed, found.renewed, found.unchanged, found.kept) == (2, 1, 2, 2)
    assert found.writing == 3
    assert {donor for some in found.hashes(without=["soon"]) for donor, _ in some} == {"new", "other"}
    assert found.writes(["new", "soon", "live", "stranger"]) == {"new", "soon"}


def test_rows_come_with_their_stamps_references_and_hash(found):
    (table,) = found.tables(STAMPS)
    rows = {one["Donor_Id__c"]: one for one in table.to_pylist()}
    assert set(rows) == {"other", "soon", "new"}
    first = rows["other"]
    assert (first["Contact__c"], first["Giving_Unit__c"], first["Scoring_Run__c"]) == ("other", "u1", "run")
    assert first["Scored_At__c"] == "2026-03-15T02:00:00Z"
    assert (first["Propensity_Score__c"], first["Propensity_Rank__c"]) == (35.5, 8)
    assert first["Content_Hash__c"] == digest(ROWS[2])
    assert not {"contact_id", "unit_id", scored.HASH} & set(first)
    assert all(PROFILE.named(name) for name in first)


def test_rows_come_part_by_part_with_each_distinct_text_once(found):
    """Also from a part that has them row by row, in several groups."""
    part = found.concluded / scored.PROFILES / "part-00000.parquet"
    shared = [one | {"Reasons__c": "of everybody"} for one in pq.read_table(part).to_pylist()]
    pq.write_table(pa.Table.from_pylist(shared), part, row_group_size=3, use_dictionary=False)
    (rows,) = found.tables(STAMPS)
    assert rows["Donor_Id__c"].to_pylist() == ["new", "other", "soon"]
    assert rows["Reasons__c"].to_pylist() == ["of everybody"] * 3
    assert rows["Reasons__c"].combine_chunks().dictionary.to_pylist() == ["of everybody"]


def test_single_rows_can_be_looked_up(found):
    assert [one["Donor_Id__c"] for one in found.rows(STAMPS, {"soon", "same"})] == ["soon"]
    assert found.rows(STAMPS, set()) == []


def test_what_the_org_should_hold_afterwards_counts_the_answers_that_stand(found):
    expected = dict(zip(*found.expected().to_pydict().values(), strict=True))
    assert "new" not in found.expected(without=["new"])["contact_id"].to_pylist()
    assert (expected["live"], expected["ahead"]) == ("f" * 32, "e" * 32)
    assert {key: value for key, value in expected.items() if key not in ("live", "ahead")} == {
        one["contact_id"]: digest(one) for one in ROWS if one["contact_id"] not in ("live", "ahead")
    }


def test_who_knows_more_is_told_by_the_state(steward):
    assert steward.state.knowing_more(NOW) == {"ahead"}
