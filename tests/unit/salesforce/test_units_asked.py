"""A company's gifts can be thousands: however many ids are asked for, no address is longer than the org reads."""

from urllib.parse import quote

import pytest
from steward.salesforce import contract, units

LONGEST = 16_384  # bytes of an address, by the platform's limits


@pytest.mark.parametrize("table", [one.name for one in contract.TABLES])
def test_an_address_never_ends_before_its_ids(table):
    ids = [f"006{number:015d}" for number in range(2_000)]
    conditions = units.some(table, "npe01__Opportunity__r.npsp__Primary_Contact__c", ids)
    addresses = [quote(contract.soql(contract.table(table), frozenset(), where)) for _, where in conditions]
    assert max(map(len, addresses)) < LONGEST - 1_000  # the host, the path and a namespace come on top
    assert sum(where.count("'006") for _, where in conditions) == len(ids)


def test_nothing_is_asked_for_where_there_is_nothing_to_ask():
    assert units.some("contacts", "Id", []) == []
