"""CumulusCI, unmodified, loads a nonprofit into the local org and takes it out again through Bulk API v1."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from localorg_live import ADMIN, Client, LiveOrg

REPOSITORY = Path(__file__).parents[2]
CCI = REPOSITORY / ".venv-cci" / "bin" / "cci"
MAPPING = """
Account: {sf_object: Account, table: Account, api: bulk, fields: [Name, BillingCity]}
Contact:
  sf_object: Contact
  table: Contact
  api: bulk
  fields: [FirstName, LastName]
  lookups: {AccountId: {table: Account, key_field: AccountId}}
"""
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
Cci = Callable[..., str]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(not CCI.exists(), reason="CumulusCI is not installed in .venv-cci"),
]


@pytest.fixture(scope="module")
def cci(live_org: LiveOrg, tmp_path_factory: pytest.TempPathFactory) -> Cci:
    """Runs one task in the local org; returns what CumulusCI printed."""
    client, runtime = live_org.as_user(), live_org.server.runtime
    user = runtime.find_user(ADMIN)
    assert user is not None
    org = {
        "instance_url": live_org.url,
        "access_token": client.token,
        "id": f"{live_org.url}/id/{runtime.org_id}/{user.id}",
        "username": ADMIN,
        "org_type": "Developer Edition",
    }
    kept = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    environment = kept | {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "CUMULUSCI_DISABLE_REFRESH": "1",
        "CUMULUSCI_KEY": "0123456789abcdef",
        "CUMULUSCI_ORG_local": json.dumps(org),
        "REQUESTS_CA_BUNDLE": live_org.ca,
        "COLUMNS": "200",
    }

    def run(task: str, **options: str) -> str:
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        done = subprocess.run(
            [str(CCI), "task", "run", task, "--org", "local", *given, "--no-prompt"],
            cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def generate(folder: Path, database: str) -> None:
    size = ["--as-of", "2026-11-01", "--contacts", "900", "--years", "3"]
    command = [sys.executable, "-m", "datasets", "generate", str(folder), *size, "--database", database]
    subprocess.run(command, cwd=REPOSITORY, capture_output=True, timeout=120, check=True)


def counted(database: Path, tables: list[str]) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}


def handlers(admin: Client) -> set[bool]:
    """Whether NPSP's own automation, of which the data brings the results, is active."""
    return {row["npsp__Active__c"] for row in admin.query("SELECT npsp__Active__c FROM npsp__Trigger_Handler__c")}


def test_a_nonprofit_goes_in_whole_and_comes_out_whole(cci: Cci, admin: Client, tmp_path: Path) -> None:
    given, taken, mapping = tmp_path / "given.db", tmp_path / "taken.db", tmp_path / "extract.yml"
    generate(tmp_path, f"sqlite:///{given}")
    tables = ["Account", "Contact", "Opportunity", "OpportunityContactRole", "npe01__OppPayment__c", "CampaignMember"]
    before = {name: admin.query(f"SELECT COUNT(Id) n FROM {name}")[0]["n"] for name in tables}
    expected = counted(given, tables)
    assert expected["Opportunity"] > 2000  # from here on CumulusCI takes Bulk API v1
    cci("disable_tdtm_trigger_handlers")
    printed = cci(
        "load_dataset", mapping="datasets/steward/mapping.yml", database_url=f"sqlite:///{given}",
        drop_missing_schema="True",
    )  # fmt: skip
    assert "finished with result: Success" in printed
    assert "recently viewed" in printed and "Cannot" not in printed  # its last step asks for tabs
    loaded = {name: admin.query(f"SELECT COUNT(Id) n FROM {name}")[0]["n"] - before[name] for name in tables}
    assert loaded == expected
    assert handlers(admin) == {False}
    cci("restore_tdtm_trigger_handlers")
    assert handlers(admin) == {True}
    mapping.write_text(MAPPING)
    cci("extract_dataset", mapping=str(mapping), database_url=f"sqlite:///{taken}")
    assert counted(taken, ["Account", "Contact"]) == {
        name: before[name] + expected[name] for name in ("Account", "Contact")
    }
    with closing(sqlite3.connect(taken)) as connection:
        query = 'SELECT count(*) FROM "Contact" JOIN "Account" ON "Contact"."AccountId" = "Account"."id"'
        assert connection.execute(query).fetchone()[0] >= expected["Contact"]
