"""`steward import-gifts` against the real local org: gifts without campaign or donor, and what the org refuses."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from localorg.server.certificates import client_certificate
from localorg_live import ADMIN, Client, LiveOrg
from steward.cli import main

pytestmark = pytest.mark.e2e
Import = Callable[..., Result]
GIFTS = (
    "SELECT Amount, Campaign.Name, npsp__Primary_Contact__r.LastName FROM Opportunity "
    "WHERE AI_Import_Key__c LIKE '{}:%' ORDER BY Amount"
)


@pytest.fixture(scope="module")
def login(live_org: LiveOrg, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("login")
    key, certificate = client_certificate(ADMIN)
    (folder / "admin.key").write_bytes(key)
    given = {"name": "Import", "run_as": ADMIN, "certificate": certificate.decode()}
    client = live_org.control().post("/localorg/client", json=given).json()
    lines = {
        "LOGIN_URL": live_org.url, "CA_BUNDLE": live_org.ca, "CLIENT_ID": client["client_id"], "USERNAME": ADMIN,
        "PRIVATE_KEY_FILE": folder / "admin.key",
    }  # fmt: skip
    path = folder / "admin.env"
    path.write_text("".join(f"STEWARD_SF_{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
    return path


@pytest.fixture
def import_gifts(login: pathlib.Path, tmp_path: pathlib.Path) -> Import:
    def run(text: str, *words: str) -> Result:
        path = tmp_path / "history.csv"
        path.write_text(text, encoding="utf-8")
        blank = {name: None for name in os.environ if name.startswith("STEWARD_")}
        call = ["import-gifts", str(path), "--login", str(login), *words]
        return CliRunner().invoke(main, call, env={**blank, "STEWARD_HOME": str(tmp_path)}, prog_name="steward")

    return run


def held(admin: Client, source: str) -> list[tuple[Any, ...]]:
    def of(record: dict[str, Any], parent: str, name: str) -> Any:
        return (record[parent] or {}).get(name)

    found = admin.query(GIFTS.format(source))
    return [
        (row["Amount"], of(row, "Campaign", "Name"), of(row, "npsp__Primary_Contact__r", "LastName")) for row in found
    ]


def test_a_history_without_a_campaign_column_is_imported(import_gifts: Import, admin: Client) -> None:
    done = import_gifts("donor,date,amount\nd1,2020-05-01,25\nd2,2020-05-02,30\n", "--source", "plain")
    assert done.exit_code == 0, done.output
    assert held(admin, "plain") == [(25, None, "Donor d1"), (30, None, "Donor d2")]


def test_gifts_without_campaign_or_donor_stand_among_the_others(import_gifts: Import, admin: Client) -> None:
    history = (
        "donor,date,amount,campaign\nd1,2020-05-01,1,Spring\nd1,2020-05-02,2,\n,2020-05-03,3,Spring\n,2020-05-04,4,\n"
    )
    done = import_gifts(history, "--source", "mixed", "--anonymous", "account")
    assert done.exit_code == 0, done.output
    assert held(admin, "mixed") == [
        (1, "Spring", "Donor d1"),
        (2, None, "Donor d1"),
        (3, "Spring", None),
        (4, None, None),
    ]


def test_an_import_that_the_org_refuses_says_why_and_exits_with_4(import_gifts: Import, faults: Any) -> None:
    faults(kind="row_lock", share=1.0)
    done = import_gifts("donor,date,amount\nd1,2020-05-01,25\n", "--source", "locked")
    assert done.exit_code == 4, done.output
    assert "UNABLE_TO_LOCK_ROW: unable to obtain exclusive access" in done.stderr.replace("\n", " ")
    assert "households: 0 written, 1 refused" in done.stdout
