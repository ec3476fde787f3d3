"""Asynchronous Apex in tests and in the org: queueables, batches, schedules, future calls, event triggers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from apex_world import org_in, report_of, use
from localorg.apex import cron, process, testing
from localorg.engine import Org

needs_node = pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")
QUEUEABLE = """public class Chain implements Queueable {
    private final Id accountId;
    private final Integer left;
    public Chain(Id accountId, Integer left) { this.accountId = accountId; this.left = left; }
    public void execute(QueueableContext context) {
        insert new Task(WhatId = accountId, Subject = 'Chain ' + left);
        if (left > 0 && !Test.isRunningTest()) { System.enqueueJob(new Chain(accountId, left - 1)); }
    }
}"""
NIGHTLY = """public class Nightly implements Schedulable {
    public void execute(SchedulableContext context) { insert new Account(Name = 'Night'); }
}"""
BATCH = """public class Names implements Database.Batchable<SObject>, Database.Stateful {
    private Integer seen = 0;
    public Database.QueryLocator start(Database.BatchableContext c) { return Database.getQueryLocator('SELECT Name FROM Account'); }
    public void execute(Database.BatchableContext c, List<Account> accounts) {
        seen += accounts.size();
        for (Account one : accounts) { one.Description = 'batched'; }
        update accounts;
    }
    public void finish(Database.BatchableContext c) { insert new Account(Name = 'Seen ' + seen); }
}"""
FORGETFUL = BATCH.replace("class Names", "class Forgetful").replace(", Database.Stateful", "")
FUTURE = """public class Later {
    @future
    public static void note(Id accountId) { update new Account(Id = accountId, Description = 'later'); }
}"""
IN_TEST = """@IsTest class T {
    @IsTest static void queueablesRunAtStopTest() {
        Account a = new Account(Name = 'x');
        insert a;
        Test.startTest();
        Id job = System.enqueueJob(new Chain(a.Id, 1));
        Assert.areEqual(0, [SELECT COUNT() FROM Task]);
        Test.stopTest();
        Assert.isNotNull(job);
        Assert.areEqual(1, [SELECT COUNT() FROM Task]);
    }
    @IsTest static void batchesAndFutureCallsToo() {
        insert new List<Account>{ new Account(Name = 'x'), new Account(Name = 'y') };
        Test.startTest();
        Database.executeBatch(new Names(), 200);
        Test.stopTest();
        Assert.areEqual(2, [SELECT Description FROM Account WHERE Name IN ('x', 'y')].size());
        Assert.areEqual(1, [SELECT COUNT() FROM Account WHERE Name = 'Seen 2']);
        Later.note([SELECT Id FROM Account WHERE Name = 'x'].Id);
    }
    @IsTest static void aBatchWithoutStateForgets() {
        insert new Account(Name = 'x');
        Test.startTest();
        Database.executeBatch(new Forgetful());
        Test.stopTest();
        Assert.areEqual(1, [SELECT COUNT() FROM Account WHERE Name = 'Seen 0']);
    }
    @IsTest static void schedulesRunAtStopTest() {
        Test.startTest();
        Assert.isNotNull(System.schedule('nightly', '0 0 2 * * ?', new Nightly()));
        Test.stopTest();
        Assert.areEqual(1, [SELECT COUNT() FROM Account WHERE Name = 'Night']);
    }
}"""


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    with org_in(tmp_path_factory.mktemp("apex-asynchronous")) as made:
        yield made


@needs_node
def test_in_tests_what_was_enqueued_runs_when_the_test_stops(org: Org) -> None:
    report = report_of(org, Chain=QUEUEABLE, Nightly=NIGHTLY, Names=BATCH, Forgetful=FORGETFUL, Later=FUTURE, T=IN_TEST)

    assert [result.message for result in report.results] == [None] * 4


@needs_node
def test_a_chain_of_queueables_runs_after_the_commit_and_not_after_a_failure(org: Org) -> None:
    use(org, Chain=QUEUEABLE)
    session = org.administrator()
    account_id = session.insert("Account", [{"Name": "Chained"}])[0].id

    failed = org.apex.run(
        "anonymous", session.user.id, code=f"System.enqueueJob(new Chain('{account_id}', 9)); Integer n = 1 / 0;"
    )
    done = org.apex.run("anonymous", session.user.id, code=f"System.enqueueJob(new Chain('{account_id}', 2));")

    assert (failed["ok"], done["ok"]) == (False, True)
    assert org.apex.jobs.wait_until_done()
    subjects = [task["Subject"] for task in session.query("SELECT Subject FROM Task ORDER BY Subject").records]
    assert subjects == ["Chain 0", "Chain 1", "Chain 2"]


@needs_node
def test_a_schedule_fires_by_the_orgs_clock(org: Org) -> None:
    use(org, Nightly=NIGHTLY)
    session = org.administrator()
    session.update("User", [{"Id": session.user.id, "TimeZoneSidKey": "America/New_York"}])
    org.travel_to(datetime(2026, 3, 1, 1, 59, tzinfo=UTC))

    outcome = org.apex.run(
        "anonymous", session.user.id, code="System.schedule('nightly', '0 0 2 * * ?', new Nightly());"
    )
    (trigger,) = session.query("SELECT NextFireTime FROM CronTrigger").records
    org.travel_to(datetime(2026, 3, 1, 7, 0, 1, tzinfo=UTC))

    assert outcome["ok"], outcome
    assert org.apex.jobs.wait_until_done()
    nights = list(session.query("SELECT Id FROM Account WHERE Name = 'Night'").records)
    assert trigger["NextFireTime"] == "2026-03-01T07:00:00.000+0000"  # two in the morning in New York
    assert len(nights) == 1


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("0 0 2 * * ?", "2026-03-01T01:59:00", "2026-03-01T02:00:00"),
        ("0 0 2 * * ?", "2026-03-01T02:00:00", "2026-03-02T02:00:00"),
        ("0 30 8-10 ? * MON-FRI", "2026-03-06T10:30:00", "2026-03-09T08:30:00"),
        ("0 0 0 L * ?", "2026-02-10T00:00:00", "2026-02-28T00:00:00"),
        ("0 0 9 ? * 2#1", "2026-03-03T00:00:00", "2026-04-06T09:00:00"),
        ("0 0 9 ? * 6L", "2026-03-01T00:00:00", "2026-03-27T09:00:00"),
        ("0 15 0/6 * * ?", "2026-03-01T06:15:00", "2026-03-01T12:15:00"),
        ("0 0 0 29 2 ?", "2026-03-01T00:00:00", "2028-02-29T00:00:00"),
        ("0 0 0 3 9 ? 2042", "2026-03-01T00:00:00", "2042-09-03T00:00:00"),
        ("0 0 0 1 1 ? 2027", "2026-03-01T00:00:00", "2027-01-01T00:00:00"),
    ],
)
def test_the_next_time_of_a_cron_expression(expression: str, after: str, due: str) -> None:
    found = cron.next_after(expression, datetime.fromisoformat(after).replace(tzinfo=UTC), "UTC")

    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_time_that_has_passed_never_comes() -> None:
    assert cron.next_after("0 0 0 1 1 ? 2020", datetime(2026, 1, 1, tzinfo=UTC), "UTC") is None


COUNTS_ITSELF = """@IsTest class Counted {
    @IsTest static void aClassIsFoundByItsName() {
        Assert.areEqual(1, [SELECT COUNT() FROM ApexClass WHERE Name = 'Counted']);
    }
}"""


@needs_node
def test_classes_are_found_in_every_run_of_one_process(org: Org) -> None:
    use(org, Counted=COUNTS_ITSELF)

    runs = [testing.run(org) for _ in range(2)]

    assert [(result.outcome, result.message) for run in runs for result in run.results] == [("Pass", None)] * 2
