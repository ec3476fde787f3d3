"""Apex in the running org: triggers at every API, tests by the Tooling API and CumulusCI, calls from pages and outside."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from localorg.apex import process
from localorg_live import ADMIN, API, Client, LiveOrg

REPOSITORY = Path(__file__).parents[2]
TOOLING = f"{API}/tooling"
META = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Apex{kind} xmlns="http://soap.sforce.com/2006/04/metadata">'
    "<apiVersion>62.0</apiVersion><status>Active</status></Apex{kind}>\n"
)
CLASSES = {
    "GiftGuard": """public class GiftGuard {
        public static void check(List<Opportunity> gifts) {
            for (Opportunity gift : gifts) {
                if (gift.Amount < 0) { gift.Amount.addError('A gift is not negative'); }
                if (gift.Name == 'boom') { throw new IllegalArgumentException('boom'); }
                gift.Description = 'checked';
                if (gift.Name == 'first') { gift.NextStep = 'Thank by name'; }
            }
        }
        public static void confirm(List<Opportunity> gifts) {
            List<Task> thanks = new List<Task>();
            for (Opportunity gift : gifts) {
                if (gift.Name == 'late') { gift.addError('Too late'); }
                thanks.add(new Task(Subject = 'Thank', WhatId = gift.Id));
            }
            insert thanks;
        }
    }""",
    "ContactNotes_TDTM": """global class ContactNotes_TDTM extends npsp.TDTM_Runnable {
        global override npsp.TDTM_Runnable.DmlWrapper run(
            List<SObject> newlist, List<SObject> oldlist, npsp.TDTM_Runnable.Action action, Schema.DescribeSObjectResult described
        ) {
            npsp.TDTM_Runnable.DmlWrapper work = new npsp.TDTM_Runnable.DmlWrapper();
            for (SObject record : newlist) {
                work.objectsToInsert.add(new Task(Subject = described.getName() + ' ' + action.name(), WhoId = record.Id));
            }
            return work;
        }
    }""",
    "Renamer": """public class Renamer implements Queueable {
        private final Id accountId;
        public Renamer(Id accountId) { this.accountId = accountId; }
        public void execute(QueueableContext context) {
            update new Account(Id = accountId, Description = 'renamed by ' + UserInfo.getUserName());
        }
    }""",
    "Donors": """@RestResource(urlMapping='/donors/*')
    global class Donors {
        @HttpGet
        global static String name() {
            String id = RestContext.request.requestURI.substringAfterLast('/');
            return [SELECT Name FROM Contact WHERE Id = :id].Name;
        }
        @HttpPost
        global static Id add(String lastName, Boolean optOut) {
            Contact donor = new Contact(LastName = lastName, HasOptedOutOfEmail = optOut);
            insert donor;
            return donor.Id;
        }
    }""",
}  # fmt: skip
TRIGGERS = {
    "GiftTrigger": "trigger GiftTrigger on Opportunity (before insert, before update, after insert) {"
    " if (Trigger.isBefore) { GiftGuard.check(Trigger.new); } else { GiftGuard.confirm(Trigger.new); } }",
}

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")]


@pytest.fixture(scope="module")
def org(live_org: LiveOrg, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveOrg]:
    source = tmp_path_factory.mktemp("apex-source")
    for kind, ending, files in (("Class", "cls", CLASSES), ("Trigger", "trigger", TRIGGERS)):
        folder = source / "main" / "default" / ("classes" if kind == "Class" else "triggers")
        folder.mkdir(parents=True)
        for name, body in files.items():
            (folder / f"{name}.{ending}").write_text(body)
            (folder / f"{name}.{ending}-meta.xml").write_text(META.format(kind=kind))
    live_org.server.runtime.org.deploy(REPOSITORY / "force-app")
    live_org.server.runtime.org.deploy(source)
    yield live_org


@pytest.fixture
def client(org: LiveOrg) -> Client:
    return org.as_user()


def gift(**values: Any) -> dict[str, Any]:
    return {"Name": "Gift", "StageName": "Prospecting", "CloseDate": "2026-01-01", "Amount": 10} | values


def test_a_save_by_rest_runs_before_and_after_triggers(client: Client) -> None:
    gift_id = client.create("Opportunity", **gift())

    (saved,) = client.query(f"SELECT Description, (SELECT Subject FROM Tasks) FROM Opportunity WHERE Id = '{gift_id}'")
    assert saved["Description"] == "checked"
    assert [task["Subject"] for task in saved["Tasks"]["records"]] == ["Thank"]


def test_what_a_before_trigger_sets_on_one_row_stays_blank_on_the_others(client: Client) -> None:
    rows = [gift(Name="first"), gift(Name="second")]
    records = [{"attributes": {"type": "Opportunity"}} | row for row in rows]

    saved = client.post(f"{API}/composite/sobjects", json={"allOrNone": True, "records": records}).json()

    ids = "', '".join(one["id"] for one in saved)
    found = client.query(f"SELECT Name, NextStep FROM Opportunity WHERE Id IN ('{ids}') ORDER BY Name")
    assert [(one["Name"], one["NextStep"]) for one in found] == [("first", "Thank by name"), ("second", None)]


def test_a_refusal_names_its_field_and_spares_the_other_rows(client: Client) -> None:
    rows = [gift(Name="good"), gift(Name="bad", Amount=-1), gift(Name="late")]
    records = [{"attributes": {"type": "Opportunity"}} | row for row in rows]

    good, bad, late = client.post(f"{API}/composite/sobjects", json={"allOrNone": False, "records": records}).json()

    assert good["success"]
    assert bad["errors"] == [
        {"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "A gift is not negative", "fields": ["Amount"]}
    ]
    assert late["errors"][0]["message"] == "Too late"
    assert client.query("SELECT Id FROM Opportunity WHERE Name = 'late'") == []


def test_an_exception_in_a_trigger_is_told_with_its_place(client: Client) -> None:
    answer = client.post(f"{API}/sobjects/Opportunity", json=gift(Name="boom"))

    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["errorCode"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert error["message"].startswith(
        "GiftTrigger: execution of BeforeInsert\n\ncaused by: System.IllegalArgumentException: boom"
    )
    assert "Class.GiftGuard.check: line 5" in error["message"]


def test_a_bulk_load_runs_triggers_two_hundred_rows_at_a_time(client: Client) -> None:
    rows = "\n".join(f"Bulk {number},Prospecting,2026-01-01,{number - 1}" for number in range(450))

    job = client.ingest(f"Name,StageName,CloseDate,Amount\n{rows}\n", object="Opportunity", operation="insert")

    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (450, 1)
    (found,) = client.query("SELECT COUNT(Id) n FROM Opportunity WHERE Name LIKE 'Bulk %'")
    assert found["n"] == 449


def test_a_profiles_override_is_stamped_whoever_writes_it(client: Client) -> None:
    contact_id = client.create("Contact", LastName="Stamped")
    profile = {
        "Contact__c": contact_id,
        "Donor_Id__c": contact_id,
        "Override_Segment__c": "Lapsed",
        "Override_Reason__c": "moved",
    }
    profile |= {"Basis__c": "Individual", "Method__c": "Model", "Mode__c": "Full"}

    profile_id = client.create("AI_Donor_Profile__c", **profile)

    (saved,) = client.query(f"SELECT Overridden_By__r.Username FROM AI_Donor_Profile__c WHERE Id = '{profile_id}'")
    assert saved["Overridden_By__r"]["Username"] == ADMIN


def test_npsps_table_of_handlers_runs_ours(client: Client) -> None:
    handler = {"npsp__Class__c": "ContactNotes_TDTM", "npsp__Object__c": "Contact", "npsp__Active__c": True}
    handler |= {"npsp__Trigger_Action__c": "AfterInsert", "npsp__Load_Order__c": 50}
    handler_id = client.create("npsp__Trigger_Handler__c", **handler)

    contact_id = client.create("Contact", LastName="Handled")

    (task,) = client.query(f"SELECT Subject FROM Task WHERE WhoId = '{contact_id}'")
    assert task["Subject"] == "Contact AfterInsert"
    client.send("PATCH", f"{API}/sobjects/npsp__Trigger_Handler__c/{handler_id}", json={"npsp__Active__c": False})
    assert client.query(f"SELECT Id FROM Task WHERE WhoId = '{client.create('Contact', LastName='Not handled')}'") == []


def anonymous(client: Client, code: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"{TOOLING}/executeAnonymous", params={"anonymousBody": code}).json()
    return answer


def test_anonymous_apex_runs_once_and_is_undone_when_it_fails(client: Client) -> None:
    done = anonymous(client, "for (Integer i = 0; i < 3; i++) { insert new Account(Name = 'Anonymous ' + i); }")
    failed = anonymous(client, "insert new Account(Name = 'Anonymous 3');\nAccount a; a.Name = 'x';")
    wrong = anonymous(client, "Integer n =\n'x';")

    assert (done["compiled"], done["success"]) == (True, True)
    assert (failed["compiled"], failed["success"]) == (True, False)
    assert failed["exceptionMessage"] == "System.NullPointerException: Attempt to de-reference a null object"
    assert failed["exceptionStackTrace"] == "AnonymousBlock: line 2, column 12"
    assert (wrong["compiled"], wrong["line"]) == (False, 2)
    assert wrong["compileProblem"] == "Illegal assignment from String to Integer"
    assert len(client.query("SELECT Id FROM Account WHERE Name LIKE 'Anonymous %'")) == 3


def test_a_queueable_runs_after_its_transaction(client: Client) -> None:
    account_id = client.create("Account", Name="Queued")

    assert anonymous(client, f"System.enqueueJob(new Renamer('{account_id}'));")["success"]

    deadline = time.monotonic() + 20
    while not (found := client.query(f"SELECT Description FROM Account WHERE Id = '{account_id}'")[0]["Description"]):
        assert time.monotonic() < deadline, "the job did not run"
        time.sleep(0.05)
    assert found == f"renamed by {ADMIN}"


def test_a_page_calls_what_is_aura_enabled_and_nothing_else(client: Client) -> None:
    contact_id = client.create("Contact", LastName="Shown")

    shown = client.post("/services/localorg/apex/DonorProfileController/insightFor", json={"recordId": contact_id})
    refused = client.post(
        "/services/localorg/apex/DonorProfileController/overrideSegment", json={"profileId": contact_id, "segment": ""}
    )
    unknown = client.post("/services/localorg/apex/GiftGuard/check", json={})

    assert shown.json() == {"state": "NoProfile"} | {name: None for name in shown.json() if name != "state"}
    assert refused.status_code == 500
    assert refused.json()["exceptionType"] == "System.AuraHandledException"
    assert unknown.status_code == 404


def test_rest_resources_answer_under_apexrest(client: Client) -> None:
    added = client.post("/services/apexrest/donors", json={"lastName": "Rested", "optOut": True})
    named = client.get(f"/services/apexrest/donors/{added.json()}")

    assert (added.status_code, named.json()) == (200, "Rested")
    assert client.get("/services/apexrest/nothing").status_code == 404


def test_tests_run_by_the_tooling_api_and_their_results_are_queried(client: Client) -> None:
    (found,) = client.get(
        f"{TOOLING}/query", params={"q": "SELECT Id FROM ApexClass WHERE Name = 'OverrideStamp_TEST'"}
    ).json()["records"]

    run_id = client.post(f"{TOOLING}/runTestsAsynchronous", json={"tests": [{"classId": found["Id"]}]}).json()

    def rows(soql: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = client.get(f"{TOOLING}/query", params={"q": soql}).json()["records"]
        return answer

    deadline = time.monotonic() + 60
    while rows(f"SELECT Status FROM ApexTestQueueItem WHERE ParentJobId = '{run_id}'")[0]["Status"] != "Completed":
        assert time.monotonic() < deadline, "the tests did not finish"
        time.sleep(0.1)
    results = rows(f"SELECT MethodName, Outcome, Message FROM ApexTestResult WHERE AsyncApexJobId = '{run_id}'")
    assert {result["Outcome"] for result in results} == {"Pass"}, results
    source = (REPOSITORY / "force-app/tests/classes/profile/OverrideStamp_TEST.cls").read_text(encoding="utf-8")
    assert len(results) == source.count("    @IsTest")
    (coverage,) = rows(
        "SELECT NumLinesCovered, NumLinesUncovered, Coverage FROM ApexCodeCoverageAggregate"
        " WHERE ApexClassOrTrigger.Name = 'OverrideStamp'"
    )
    assert coverage["NumLinesCovered"] > coverage["NumLinesUncovered"]
    assert len(json.loads(coverage["Coverage"])["coveredLines"]) == coverage["NumLinesCovered"]
    assert client.query("SELECT Id FROM Contact WHERE LastName = 'Rivera'") == []
