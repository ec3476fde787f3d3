"""Facts as arrays: the same as the data frame of the same donors, whichever way they came."""

from __future__ import annotations

import datetime as dt
import pathlib
import sys

import ibis
import numpy as np
import pyarrow as pa
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from donor_base import examples
from steward.errors import InputError
from steward.models import frames, peers


@pytest.fixture(scope="module")
def frame():
    made = examples(count=40).current
    return made.assign(kind=np.where(np.arange(40) % 3, "household", "organization"))


def test_facts_read_like_the_data_frame_of_the_same_donors(frame):
    facts = frames.facts_of(frame)
    names = ["usual_gap_months", "gift_count", "total_given"]
    assert len(facts) == len(frame)
    assert np.array_equal(frames.matrix(facts, names), frames.matrix(frame, names), equal_nan=True)
    assert np.array_equal(
        frames.column(facts, "usual_gap_months"), frames.column(frame, "usual_gap_months"), equal_nan=True
    )
    assert facts["unit_id"].tolist() == frame["unit_id"].tolist()
    assert frames.facts_of(facts) is facts


def test_the_facts_of_some_are_theirs_in_that_order(frame):
    facts = frames.facts_of(frame)
    some = facts.taken(np.array([7, 2]))
    assert some["unit_id"].tolist() == frame["unit_id"].iloc[[7, 2]].tolist()
    assert some["total_given"].tolist() == frame["total_given"].iloc[[7, 2]].tolist()
    assert facts.taken(np.arange(40)) is facts


def test_what_is_missing_is_none_among_words_and_nan_among_numbers():
    day = dt.date(2024, 7, 1)
    table = pa.table({
        "unit_id": ["b", "a"], "kind": ["household", None], "gift_count": [3, None], "paid": [True, None],
        "card_expires_on": pa.array([day, None], pa.date32()),
    })  # fmt: skip
    facts = frames.to_facts(ibis.memtable(table))
    assert facts["unit_id"].tolist() == ["a", "b"]
    assert facts["kind"].tolist() == [None, "household"]
    assert facts["card_expires_on"].tolist() == [None, day]
    for name, value in (("gift_count", 3.0), ("paid", 1.0)):
        assert np.array_equal(facts[name], [np.nan, value], equal_nan=True)


def test_a_column_that_is_not_there_is_named(frame):
    with pytest.raises(InputError, match="no column meetings"):
        frames.matrix(frames.facts_of(frame), ["gift_count", "meetings"])


def test_donors_are_compared_with_their_group_as_facts_and_as_a_frame(frame):
    known = {group: {"gift_count": float(number)} for number, group in enumerate(set(peers.groups(frame)))}
    compared = peers.comparison(("gift_count",), {}, known)
    wanted = [known[group]["gift_count"] for group in peers.groups(frame)]
    for rows in (frame, frames.facts_of(frame)):
        assert compared.typical[compared.of(rows), 0].tolist() == wanted
