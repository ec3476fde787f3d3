"""Events: remembered once, one waiting row a donor, refused with the field's name, turned away when too many wait."""

import concurrent.futures

import pytest
from service_kit import CONTACT, Service, event, service
from steward.salesforce.pseudonyms import pseudonym


def waiting(served: Service) -> list:
    return served.steward.inbox.waiting()


def test_an_event_makes_its_donor_wait_under_a_pseudonym_and_rings(served):
    answer = served.post(
        "/v1/events", {"events": [event()]}, served.token("events"), headers={"X-Correlation-Id": "trace-1"}
    )
    assert answer.status_code == 202
    assert answer.json == {"correlation_id": "trace-1", "events": [{"event_id": "006:1", "status": "accepted"}]}
    (row,) = waiting(served)
    assert row.donor_key == pseudonym(CONTACT, served.steward.key)
    assert (row.contact_id, row.correlation_id, row.priority) == (CONTACT, "trace-1", 0)
    assert served.tasks.queue.pending_count() == 1


def test_the_playbooks_payload_is_taken_as_it_is_on_its_own_path(served):
    body = {
        "event_id": "evt_12345", "donor_id": "crm_9981", "event_type": "donation_created", "amount": 250,
        "timestamp": "2026-04-14T10:23:11Z",
    }  # fmt: skip
    answer = served.post("/webhooks/donor-event", body, served.token("events"))
    assert (answer.status_code, answer.json["events"][0]["status"]) == (202, "unknown donor")
    body["donor_id"] = CONTACT
    answer = served.post("/webhooks/donor-event", body, served.token("events"))
    assert answer.json["events"] == [{"event_id": "evt_12345", "status": "accepted"}]


def test_the_same_event_a_hundred_times_at_once_is_one_job(served):
    token = served.token("events")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: served.post("/webhooks/donor-event", event(), token), range(100)))
    assert {answer.status_code for answer in answers} == {202}
    statuses = [answer.json["events"][0]["status"] for answer in answers]
    assert sorted(statuses) == ["accepted"] + ["duplicate"] * 99
    assert len(waiting(served)) == 1
    assert served.tasks.queue.pending_count() == 1


def test_a_burst_for_one_donor_is_one_waiting_row_that_wants_the_last_event(served):
    events = [event(number) for number in range(200)]
    served.post("/v1/events", {"events": events}, served.token("events"))
    (row,) = waiting(served)
    assert row.wanted == 200


def test_a_person_comes_before_a_batch(served):
    token = served.token("events")
    served.post("/v1/events", {"events": [event(1)]}, token)
    served.post("/v1/events", {"events": [event(2, donor_id="0038d0000000002AAA", priority="person")]}, token)
    assert [row.contact_id for row in waiting(served)] == ["0038d0000000002AAA", CONTACT]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event_type": "email_opened"}, "events[0].event_type"),
        ({"donor_id": 7}, "events[0].donor_id"),
        ({"donor_id": "003' OR Name != '"}, "events[0].donor_id"),
        ({"event_id": ""}, "events[0].event_id"),
        ({"event_id": "a\r\nSet-Cookie: x"}, "events[0].event_id"),
        ({"timestamp": "yesterday"}, "events[0].timestamp"),
        ({"amount": "250"}, "events[0].amount"),
        ({"correlation_id": "x" * 65}, "events[0].correlation_id"),
        ({"name": "Ada"}, "events[0]"),
    ],
)
def test_a_wrong_field_is_named_and_its_value_is_not_repeated(served, change, field):
    answer = served.post("/v1/events", {"events": [event(**change)]}, served.token("events"))
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert "OR Name" not in answer.text
    assert waiting(served) == []


def test_when_too_many_wait_the_sender_is_asked_to_come_back(tmp_path):
    made = service(tmp_path / "home", queue_limit=1)
    token = made.token("events")
    assert made.post("/v1/events", {"events": [event()]}, token).status_code == 202
    answer = made.post("/v1/events", {"events": [event(2)]}, token)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.mimetype == "application/problem+json"
    made.steward.close()


def test_events_are_safe_although_the_queue_cannot_be_reached(tmp_path):
    made = service(tmp_path / "home")
    (tmp_path / "home" / "queue.db").unlink(missing_ok=True)
    (tmp_path / "home" / "queue.db").mkdir()  # no queue can be opened here
    made.tasks.queue.storage.close()
    assert made.post("/v1/events", {"events": [event()]}, made.token("events")).status_code == 202
    assert len(made.steward.inbox.waiting()) == 1
    made.steward.close()
