"""Rows get the ids that the org gave them, in whatever order it answers."""

import pytest
from steward.errors import UpstreamError

from datasets.bulk import _ids


def results(path, *lines):
    path.write_text('"sf__Id","sf__Created","Name","Amount"\n' + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_ids_are_found_by_what_the_rows_hold(tmp_path):
    answer = results(
        tmp_path / "done.csv", '"006C","true","Third","3"', '"006A","true","First","1"', '"006B","true","",""'
    )
    assert _ids(answer, ["Name", "Amount"], [("First", "1"), ("", ""), ("Third", "3")], "Opportunity") == [
        "006A",
        "006B",
        "006C",
    ]


def test_equal_rows_get_different_ids(tmp_path):
    answer = results(tmp_path / "done.csv", '"006A","true","Same","1"', '"006B","true","Same","1"')
    assert _ids(answer, ["Name", "Amount"], [("Same", "1"), ("Same", "1")], "Opportunity") == ["006A", "006B"]


def test_a_row_the_org_does_not_know_of_stops_the_load(tmp_path):
    answer = results(tmp_path / "done.csv", '"006A","true","First","1"')
    with pytest.raises(UpstreamError, match="do not hold every row"):
        _ids(answer, ["Name", "Amount"], [("Second", "1")], "Opportunity")
