"""A generated nonprofit and an imported gift history in the real local org, through its own API."""

from __future__ import annotations

import csv
import pathlib
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from gateway_kit import connection, gateway
from localorg_live import ADMIN, Client, LiveOrg
from steward.errors import AccessError
from steward.imports import columns, gifts, values
from steward.imports.gifts import Summary
from steward.imports.org import OrgUploader
from steward.imports.plan import Options
from steward.imports.reading import GiftFile
from steward.salesforce.client import Gateway

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from datasets import mapping
from datasets.generate import generate
from datasets.load import Load

pytestmark = pytest.mark.e2e
AS_OF = date(2026, 11, 1)
HISTORY = "donor,date,amount,campaign\nd1,2020-05-01,25.00,Spring\nd2,2020-05-02,10,Spring\nd1,2021-05-01,1000,Gala\n"


@pytest.fixture(scope="module")
def nonprofit(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("nonprofit")
    generate(folder, as_of=AS_OF, contacts=150, years=5, seed=5)
    return folder


@pytest.fixture(scope="module")
def writer(live_org: LiveOrg) -> Iterator[Gateway]:
    with gateway(connection(live_org, run_as=ADMIN)) as opened:
        yield opened


@pytest.fixture(scope="module")
def loaded(writer: Gateway, nonprofit: pathlib.Path) -> Load:
    load = Load(writer, nonprofit, lambda sobject, done: None)
    load.counts = load.run(mapping.read())
    return load


def lines(folder: pathlib.Path, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("table", [step.table for step in mapping.read()])
def test_every_generated_row_is_in_the_org(table: str, loaded: Load, nonprofit: pathlib.Path, admin: Client) -> None:
    held = admin.query(f"SELECT count(Id) n FROM {table}")[0]["n"]
    assert held == len(lines(nonprofit, table)) == loaded.counts[table]
    assert loaded.skipped == []


def test_references_lead_to_the_right_records(loaded: Load, nonprofit: pathlib.Path, admin: Client) -> None:
    people = {row["id"]: row for row in lines(nonprofit, "Contact")}
    for row in lines(nonprofit, "Account")[-20:]:
        record = admin.query(
            f"SELECT Name, npe01__One2OneContact__r.Email FROM Account WHERE Id = '{loaded.ids['Account'][int(row['id']) - 1]}'"
        )[0]
        assert record["Name"] == row["Name"]
        assert record["npe01__One2OneContact__r"]["Email"] == people[row["npe01__One2OneContact__c"]]["Email"]


def test_amounts_stages_and_days_arrive_unchanged(loaded: Load, nonprofit: pathlib.Path, admin: Client) -> None:
    wanted = {
        loaded.ids["Opportunity"][int(row["id"]) - 1]: (float(row["Amount"]), row["StageName"], row["CloseDate"])
        for row in lines(nonprofit, "Opportunity")[:200]
    }
    ids = "', '".join(wanted)
    found = admin.query(f"SELECT Id, Amount, StageName, CloseDate FROM Opportunity WHERE Id IN ('{ids}')")
    assert {row["Id"]: (row["Amount"], row["StageName"], row["CloseDate"]) for row in found} == wanted


def test_rollups_of_the_data_set_agree_with_the_orgs_own_sums(loaded: Load, admin: Client) -> None:
    sums = {
        row["AccountId"]: row["total"]
        for row in admin.query(
            "SELECT AccountId, SUM(Amount) total FROM Opportunity WHERE IsWon = true GROUP BY AccountId"
        )
    }
    stated = admin.query("SELECT Id, npo02__TotalOppAmount__c FROM Account WHERE npo02__TotalOppAmount__c > 0")
    assert {row["Id"]: row["npo02__TotalOppAmount__c"] for row in stated} == pytest.approx(sums)


def run_import(writer: Gateway, folder: pathlib.Path, text: str = HISTORY, **options: Any) -> Summary:
    path = folder / "history.csv"
    path.write_text(text, encoding="utf-8")
    file = GiftFile(path)
    chosen = columns.choose(file.header(), {})
    chosen_options = Options("e2e", values.DateReader("%Y-%m-%d", AS_OF), **options)
    uploader = OrgUploader(writer)
    uploader.check()
    return gifts.import_gifts(file, chosen, chosen_options, uploader, folder / "rejected.csv")


def test_an_imported_history_is_complete_and_importing_it_again_changes_nothing(
    writer: Gateway, admin: Client, tmp_path: pathlib.Path
) -> None:
    first = run_import(writer, tmp_path)
    assert {name: (stage.sent, stage.refused) for name, stage in first.sent.items()} == {
        "households": (2, 0), "donors": (2, 0), "primary contacts": (2, 0), "campaigns": (2, 0), "gifts": (3, 0),
    }  # fmt: skip
    soql = (
        "SELECT Amount, CloseDate, IsWon, Campaign.Name, Account.npe01__One2OneContact__r.LastName, SystemModstamp, "
        "npsp__Primary_Contact__r.Account.Name FROM Opportunity WHERE AI_Import_Key__c LIKE 'e2e:%' ORDER BY Amount DESC"
    )
    before = admin.query(soql)
    largest = before[0]
    assert (largest["Amount"], largest["CloseDate"], largest["IsWon"]) == (1000, "2021-05-01", True)
    assert largest["Campaign"]["Name"] == "Gala"
    assert largest["Account"]["npe01__One2OneContact__r"]["LastName"] == "Donor d1"
    assert largest["npsp__Primary_Contact__r"]["Account"]["Name"] == "Donor d1 Household"
    again = run_import(writer, tmp_path)
    assert all(stage.sent == 0 for stage in again.sent.values())
    assert admin.query(soql) == before


def test_rows_the_org_refuses_are_named_with_its_reason(writer: Gateway, tmp_path: pathlib.Path) -> None:
    one_more = "d1,2020-06-01,5,Spring\n"
    summary = run_import(writer, tmp_path, HISTORY + one_more, stage="S" * 300)
    (row,) = lines(tmp_path, "rejected")
    assert (summary.sent["gifts"].sent, summary.sent["gifts"].refused) == (1, 1)
    assert (row["row"], row["amount"]) == ("5", "5")
    assert row["reason"].startswith("the org refused it: STRING_TOO_LONG")


def test_a_user_without_the_rights_is_told_which_fields(live_org: LiveOrg) -> None:
    control = live_org.control()
    made = control.post("/localorg/user", json={"username": "reader@example.org"})
    assert made.status_code == 200, made.text
    with (
        gateway(connection(live_org, run_as="reader@example.org")) as reading,
        pytest.raises(AccessError, match=r"npe01__OppPayment__c|Opportunity\.AI_Import_Key__c"),
    ):
        OrgUploader(reading).check()
