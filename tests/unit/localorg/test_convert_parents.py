"""Bulk CSV: what an empty cell and `#N/A` mean in a column that names a parent by its external id."""

from __future__ import annotations

from pathlib import Path

from engine_org import KEYED, gift, household, new_org, one, source

COLUMNS = ("Id", "NextStep", "npsp__Primary_Contact__r.Key__c")
PARENT = "SELECT c.LastName FROM Opportunity o LEFT JOIN Contact c ON c.Id = o.npsp__Primary_Contact__c"


def test_an_empty_parent_key_leaves_the_reference_and_na_empties_it_in_bulk_csv(tmp_path: Path) -> None:
    with new_org(tmp_path) as org:
        org.deploy(source(tmp_path / "source", KEYED))
        admin = org.administrator()
        household(admin, Key__c="donor-1")
        opportunity = gift(admin)
        expected = [("donor-1", "Rivera"), ("", "Rivera"), ("  ", "Rivera"), ("#N/A", None), ("", None)]
        for cell, last_name in expected:
            results = list(admin.bulk("update", "Opportunity", COLUMNS, [(opportunity, "call", cell)]))
            assert [result.errors for result in results] == [()], cell
            assert one(org, PARENT) == (last_name,), cell
