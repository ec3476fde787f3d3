"""Seeding an org from a file: records that name each other, all of them or none, and errors that say which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from localorg.errors import ApiError
from localorg.server.runtime import Runtime
from localorg.server.seeding import seed

FAMILY: dict[str, list[dict[str, Any]]] = {
    "Account": [{"@": "smiths", "Name": "Smith Household", "Description": "@@home"}],
    "Contact": [
        {"@": "ada", "LastName": "Smith", "AccountId": "@smiths"},
        {"LastName": "Smith", "AccountId": "@smiths", "ReportsToId": "@ada"},
    ],
}


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    made = Runtime(tmp_path_factory.mktemp("org"))
    yield made
    made.close()


def query(runtime: Runtime, soql: str) -> list[dict[str, Any]]:
    return list(runtime.org.administrator().query(soql).records or ())


def test_records_find_each_other_by_the_names_of_the_file(runtime: Runtime) -> None:
    assert seed(runtime, {"records": FAMILY}) == {"made": {"Account": 1, "Contact": 2}}
    found = query(runtime, "SELECT Account.Name, Account.Description, ReportsTo.LastName FROM Contact ORDER BY Id")
    assert [one["Account"]["Name"] for one in found] == ["Smith Household"] * 2
    assert found[0]["Account"]["Description"] == "@home"
    assert (found[0]["ReportsTo"], found[1]["ReportsTo"]["LastName"]) == (None, "Smith")


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ({"Contact": [{"LastName": "A", "AccountId": "@nobody"}]}, "Contact record 1: no earlier record is named 'nobody'"),
        ({"Account": [{"Name": "Half"}], "Contact": [{"FirstName": "B"}]}, "Contact record 1 cannot be written: Required"),
        ({"Contact": [7]}, "Contact record 1 is no object"),
        ([], "A seed is an object"),
    ],
)  # fmt: skip
def test_a_seed_that_cannot_be_written_is_refused_whole(runtime: Runtime, records: Any, message: str) -> None:
    before = query(runtime, "SELECT COUNT(Id) n FROM Account")
    with pytest.raises(ApiError, match="INVALID_INPUT") as caught:
        seed(runtime, {"records": records})
    assert caught.value.message.startswith(message)
    assert query(runtime, "SELECT COUNT(Id) n FROM Account") == before
