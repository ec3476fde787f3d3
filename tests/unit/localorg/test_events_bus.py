"""Platform events: published with the transaction, delivered in order after it, kept for three days."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from engine_org import add, new_org, refused, rows, saved
from localorg.engine import Org
from localorg.events import ALL, Event, RetryEvents
from localorg.model import Field, SObject
from localorg.schema.system import system_fields
from localorg.session import Session

NAME = "Giving_Change__e"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        define(opened, NAME)
        define(opened, "Loud__e", "PublishImmediately")
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


def define(org: Org, name: str, behavior: str = "PublishAfterCommit") -> None:
    made = SObject(name, name, name, f"e{len(list(org.schema)) % 10}z", custom=True, publish_behavior=behavior)
    for field in system_fields():
        made.add(field)
    made.add(Field("Donor__c", "string", "Donor", length=18, nillable=False))
    made.add(Field("Amount__c", "double", "Amount", precision=18, scale=2))
    made.add(Field("Urgent__c", "boolean", "Urgent"))
    org.schema.add(made)
    org.store.create_tables(org.schema)


class Listener:
    """Collects what it hears; `arrived` is set once it has heard `enough`."""

    def __init__(self, enough: int = 1) -> None:
        self.heard: list[Event] = []
        self.enough, self.arrived = enough, threading.Event()

    def __call__(self, events: Sequence[Event]) -> None:
        self.heard += events
        if len(self.heard) >= self.enough:
            self.arrived.set()

    def donors(self) -> list[str]:
        return [event.payload["Donor__c"] for event in self.heard]


def test_an_inserted_event_reaches_its_subscriber_and_leaves_no_row(org: Org, admin: Session) -> None:
    listener = Listener()
    org.events.subscribe(NAME, listener)
    result = admin.insert(NAME, [{"Donor__c": "003A", "Amount__c": 25}])[0]
    assert result.success
    assert result.id == "e01xx0000000001AAA"
    assert [error.code for error in result.errors] == ["OPERATION_ENQUEUED"]
    assert org.events.wait_until_delivered()
    [event] = listener.heard
    assert event.uuid == result.errors[0].message
    assert event.channel == f"/event/{NAME}"
    assert event.payload["Donor__c"] == "003A"
    assert event.payload["Amount__c"] == 25
    assert event.payload["Urgent__c"] is False
    assert event.payload["CreatedById"] == admin.user.id
    assert "Id" not in event.payload
    assert rows(org, f"SELECT * FROM {NAME}") == []


def test_a_message_without_its_required_field_is_refused_and_not_sent(org: Org, admin: Session) -> None:
    results = admin.insert(NAME, [{"Amount__c": 25}])
    assert refused(results)[0] == "REQUIRED_FIELD_MISSING"
    assert org.events.after(0) == []


def test_events_of_a_transaction_that_fails_are_never_heard(org: Org, admin: Session) -> None:
    listener = Listener()
    org.events.subscribe(NAME, listener)
    with pytest.raises(RuntimeError), admin.transaction():
        admin.insert(NAME, [{"Donor__c": "lost"}])
        raise RuntimeError
    admin.insert(NAME, [{"Donor__c": "kept"}])
    assert org.events.wait_until_delivered()
    assert listener.donors() == ["kept"]


def test_nothing_is_heard_before_the_commit(org: Org, admin: Session) -> None:
    listener = Listener()
    org.events.subscribe(NAME, listener)
    with admin.transaction():
        admin.insert(NAME, [{"Donor__c": "early"}])
        assert [event.payload["Donor__c"] for event in org.events.after(0)] == ["early"]
        assert not listener.arrived.wait(0.1)
    assert listener.arrived.wait(5)


def test_an_immediate_event_outlives_the_rollback_of_its_transaction(org: Org, admin: Session) -> None:
    listener = Listener()
    org.events.subscribe("Loud__e", listener)
    with pytest.raises(RuntimeError), admin.transaction():
        admin.insert("Loud__e", [{"Donor__c": "heard anyway"}])
        add(admin, "Account", Name="Gone")
        raise RuntimeError
    assert org.events.wait_until_delivered()
    assert listener.donors() == ["heard anyway"]
    assert rows(org, "SELECT Id FROM Account WHERE Name = 'Gone'") == []


def test_replay_ids_rise_and_a_subscriber_can_start_behind_one(org: Org, admin: Session) -> None:
    admin.insert(NAME, [{"Donor__c": name} for name in ("a", "b", "c")])
    ids = [event.replay_id for event in org.events.after(0)]
    assert ids == sorted(set(ids))
    everything, rest, later = Listener(3), Listener(2), Listener(99)
    org.events.subscribe(NAME, everything, replay=ALL)
    org.events.subscribe(NAME, rest, replay=ids[0])
    org.events.subscribe(NAME, later)
    assert org.events.wait_until_delivered()
    assert everything.donors() == ["a", "b", "c"]
    assert rest.donors() == ["b", "c"]
    assert later.heard == []


def test_messages_older_than_three_days_are_gone(org: Org, admin: Session) -> None:
    admin.insert(NAME, [{"Donor__c": "old"}])
    org.travel_to(org.clock.now() + timedelta(hours=73))
    admin.insert(NAME, [{"Donor__c": "new"}])
    assert [event.payload["Donor__c"] for event in org.events.after(0)] == ["new"]


def test_a_durable_subscriber_continues_where_it_stopped(tmp_path: Path) -> None:
    first, second = Listener(), Listener()
    with new_org(tmp_path) as org:
        define(org, NAME)
        org.events.subscribe(NAME, first, durable="trigger")
        org.administrator().insert(NAME, [{"Donor__c": "before"}])
        assert org.events.wait_until_delivered()
    with new_org(tmp_path) as org:
        define(org, NAME)
        org.administrator().insert(NAME, [{"Donor__c": "between"}])
        org.events.subscribe(NAME, second, durable="trigger")
        assert org.events.wait_until_delivered()
    assert (first.donors(), second.donors()) == (["before"], ["between"])


def test_a_subscriber_may_ask_for_the_rest_again(org: Org, admin: Session) -> None:
    heard: list[list[str]] = []

    def stumbling(events: Sequence[Event]) -> None:
        heard.append([event.payload["Donor__c"] for event in events])
        if len(heard) == 1:
            raise RetryEvents("the org is busy", done=events[0].replay_id)

    org.events.subscribe(NAME, stumbling)
    admin.insert(NAME, [{"Donor__c": name} for name in ("a", "b", "c")])
    assert org.events.wait_until_delivered()
    assert heard == [["a", "b", "c"], ["b", "c"]]


def test_a_subscriber_that_breaks_loses_its_messages_and_hears_the_next(org: Org, admin: Session) -> None:
    listener = Listener()

    def broken_once(events: Sequence[Event]) -> None:
        if events[0].payload["Donor__c"] == "first":
            raise ValueError("broken")
        listener(events)

    org.events.subscribe(NAME, broken_once)
    admin.insert(NAME, [{"Donor__c": "first"}])
    assert org.events.wait_until_delivered()
    admin.insert(NAME, [{"Donor__c": "second"}])
    assert org.events.wait_until_delivered()
    assert listener.donors() == ["second"]


def test_a_subscriber_may_publish_and_write_itself(org: Org, admin: Session) -> None:
    listener = Listener()

    def forwards(events: Sequence[Event]) -> None:
        session = org.administrator()
        for event in events:
            saved(session.insert("Account", [{"Name": event.payload["Donor__c"]}]))
            session.insert("Loud__e", [{"Donor__c": event.payload["Donor__c"]}])

    org.events.subscribe(NAME, forwards)
    org.events.subscribe("Loud__e", listener)
    admin.insert(NAME, [{"Donor__c": "on and on"}])
    assert org.events.wait_until_delivered()
    assert listener.donors() == ["on and on"]
    assert rows(org, "SELECT Name FROM Account") == [("on and on",)]


def test_a_cancelled_subscriber_hears_nothing_more(org: Org, admin: Session) -> None:
    listener = Listener()
    org.events.subscribe(NAME, listener).cancel()
    admin.insert(NAME, [{"Donor__c": "a"}])
    assert not listener.arrived.wait(0.05)


def test_bulk_rows_are_published_like_any_other(org: Org, admin: Session) -> None:
    results = list(admin.bulk("insert", NAME, ["Donor__c", "Amount__c"], [["a", "1"], ["", "2"], ["c", ""]]))
    assert [result.success for result in results] == [True, False, True]
    assert [event.payload["Amount__c"] for event in org.events.after(0, [NAME])] == [1.0, None]
