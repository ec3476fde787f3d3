"""Writing to the real local org: every row once, refusals told apart, people's own fields untouched, and proven."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from gateway_kit import HOUSEHOLDS, KEY, Nonprofit, connection, gateway, prepare
from localorg_live import API, Client, LiveOrg
from steward.errors import InputError
from steward.salesforce import bulk, canonical, snapshot, writeback
from steward.salesforce.auth import Connection
from steward.salesforce.client import Gateway
from steward.salesforce.contract import PROFILE
from steward.salesforce.extract import extract
from steward.salesforce.snapshot import Snapshot

pytestmark = pytest.mark.e2e
NOW = dt.datetime(2026, 11, 22, 3, 0, 7, 123_456, dt.UTC)
RUN = "0b0b6f3e-2f0c-4a52-9a83-2d7b1c9a0001"
DONORS = 2 * HOUSEHOLDS


@pytest.fixture(scope="module")
def charity(live_org: LiveOrg) -> Nonprofit:
    prepare(live_org)
    made = Nonprofit(live_org.as_user())
    made.fill()
    return made


@pytest.fixture(scope="module")
def to(live_org: LiveOrg, charity: Nonprofit) -> Connection:
    return connection(live_org)


@pytest.fixture
def open_gateway(to: Connection) -> Iterator[Gateway]:
    with gateway(to) as made:
        yield made


@pytest.fixture
def admin(charity: Nonprofit, live_org: LiveOrg) -> Client:
    """A session of its own for each test: some faults end sessions."""
    return live_org.as_user()


@pytest.fixture
def empty(charity: Nonprofit, live_org: LiveOrg) -> None:
    """No profiles in the org."""
    with live_org.server.runtime.org.store.write() as db:
        db.execute('DELETE FROM "AI_Donor_Profile__c"')
        db.execute('UPDATE "Contact" SET "AI_Donor_Profile__c" = NULL')


@pytest.fixture
def made(open_gateway: Gateway, empty: None, tmp_path: pathlib.Path) -> Snapshot:
    writeback.save_run(open_gateway, {"Run_Id__c": RUN, "Status__c": "Running", "Started_At__c": NOW})
    return read(open_gateway, tmp_path)


def read(through: Gateway, folder: pathlib.Path) -> Snapshot:
    return extract(through, folder / "snapshots", KEY, None, NOW, memory_limit="300MB", threads=1)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as a run hands them over: times as text."""
    moments = [one for one in PROFILE.fields if one.type == "datetime"]
    return pa.Table.from_pylist([
        {**row, **{one.name: canonical.render(one, row[one.name]) for one in moments if one.name in row}} for row in rows
    ])  # fmt: skip


def publish(through: Gateway, rows: list[dict[str, Any]], made: Snapshot, **more: Any) -> writeback.Written:
    return writeback.publish_profiles(through, [table(rows)], made, **more)


def profiles(made: Snapshot, **more: Any) -> list[dict[str, Any]]:
    """One row a donor, as the pipeline makes them."""
    import duckdb

    with duckdb.connect() as db:
        path = str(made.tables()["contacts"])
        donors = db.execute("SELECT contact_id, account_id FROM read_parquet(?) ORDER BY 1", [path]).fetchall()
    rows = []
    for number, (contact, unit) in enumerate(donors):
        said = {
            "contact_id": contact, "unit_id": unit, "Basis__c": "Household", "Household_Lead__c": number % 2 == 0, "Method__c": "Model",
            "Mode__c": "Full", "Propensity_Score__c": round(number * 1.9, 1), "Propensity_Band__c": "High", "Propensity_Rank__c": number,
            "Helps__c": 'Gives every month, "since" 2024\nand more', "Holds_Back__c": None, "Reasons__c": '{"Propensity": ["ünï 日本"]}',
            "Segment__c": "Loyal donor", "Suggested_Ask__c": 50 + number, "Confidence__c": "High", "Model_Version__c": "propensity-1",
            **more,
        }  # fmt: skip
        fields = canonical.with_references(said)
        digest = canonical.content_hash(PROFILE, fields)
        stamps = {"Scoring_Run__c": RUN, "Scored_At__c": NOW, "Expires_At__c": NOW + dt.timedelta(days=35)}
        rows.append(fields | stamps | {"Content_Hash__c": digest})
    return rows


def hashes(*rows: dict[str, Any]) -> pa.Table:
    """What the org should hold after these rows; of a donor's, the last one counts."""
    digests = {row["Donor_Id__c"]: row["Content_Hash__c"] for row in rows}
    return pa.table({"contact_id": list(digests), "content_hash": list(digests.values())})


def in_org(admin: Client, fields: str, more: str = "") -> list[dict[str, Any]]:
    return admin.query(f"SELECT {fields} FROM AI_Donor_Profile__c {more}")


def test_every_profile_is_written_linked_and_proven(open_gateway: Gateway, made: Snapshot, admin: Client) -> None:
    rows = profiles(made)
    written = publish(open_gateway, rows, made)
    assert (written.taken, written.dead) == (DONORS, [])
    linked = writeback.link_contacts(open_gateway)
    assert (linked.taken, linked.dead) == (DONORS, [])
    assert writeback.link_contacts(open_gateway).taken == 0
    found = writeback.reconcile(open_gateway, hashes(*rows), made)
    assert (found.checked, found.wrong) == (DONORS, [])
    shown = in_org(
        admin,
        "Contact__c, Donor_Id__c, Helps__c, Reasons__c, Scored_At__c, Scoring_Run__r.Run_Id__c, Suggested_Ask__c",
    )
    assert len(shown) == DONORS
    assert all(one["Contact__c"] == one["Donor_Id__c"] for one in shown)
    assert {one["Helps__c"] for one in shown} == {'Gives every month, "since" 2024\nand more'}
    assert {one["Reasons__c"] for one in shown} == {'{"Propensity": ["ünï 日本"]}'}
    assert {one["Scoring_Run__r"]["Run_Id__c"] for one in shown} == {RUN}
    assert {one["Scored_At__c"] for one in shown} == {"2026-11-22T03:00:07.000+0000"}
    contacts = admin.query("SELECT Id, AI_Donor_Profile__r.Donor_Id__c FROM Contact")
    assert all(one["AI_Donor_Profile__r"]["Donor_Id__c"] == one["Id"] for one in contacts)


def test_writing_again_changes_rows_in_place_and_null_clears(
    open_gateway: Gateway, made: Snapshot, admin: Client, tmp_path: pathlib.Path
) -> None:
    publish(open_gateway, profiles(made), made)
    later = read(open_gateway, tmp_path / "later")
    rows = profiles(later, Suggested_Ask__c=None, Segment__c="At risk of lapsing")[:10]
    written = publish(open_gateway, rows, later)
    assert (written.taken, written.dead) == (10, [])
    assert len(in_org(admin, "Id")) == DONORS
    assert len(in_org(admin, "Id", "WHERE Suggested_Ask__c = null AND Segment__c = 'At risk of lapsing'")) == 10
    assert writeback.reconcile(open_gateway, hashes(*rows), later).wrong == []


def test_what_people_wrote_stays(open_gateway: Gateway, made: Snapshot, admin: Client) -> None:
    rows = profiles(made)
    publish(open_gateway, rows, made)
    one = in_org(admin, "Id")[0]["Id"]
    decision = {"Override_Segment__c": "Major gift prospect", "Override_Reason__c": "Told me so"}
    answer = admin.send("PATCH", f"{API}/sobjects/AI_Donor_Profile__c/{one}", json=decision)
    assert answer.status_code == 204, answer.text
    publish(open_gateway, profiles(made, Segment__c="Lapsed"), made)
    kept = in_org(admin, "Override_Segment__c, Segment__c", f"WHERE Id = '{one}'")[0]
    assert (kept["Override_Segment__c"], kept["Segment__c"]) == ("Major gift prospect", "Lapsed")
    with pytest.raises(InputError, match="Override_Segment__c cannot be written: people write them"):
        publish(open_gateway, [rows[0] | {"Override_Segment__c": "Lapsed"}], made)
    with pytest.raises(InputError, match="Nickname__c cannot be written: not in the data contract"):
        publish(open_gateway, [rows[0] | {"Nickname__c": "x"}], made)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "row_lock", "share": 0.4, "seed": 3},
        {"kind": "job_failed", "times": 2, "path": "ingest"},
        {"kind": "disconnect", "methods": ["PUT"], "times": 2},
        {"kind": "disconnect_after", "methods": ["PUT"], "times": 1},
        {"kind": "disconnect_after", "share": 0.2, "seed": 4},
        {"kind": "truncated", "share": 0.3, "seed": 5},
        {"kind": "unavailable", "share": 0.3, "seed": 6},
        {"kind": "session_expired", "path": "/services/data", "share": 0.15, "seed": 7},
    ],
    ids=lambda fault: f"{fault['kind']} {fault.get('methods', '')}",
)
def test_a_faulty_org_ends_with_the_same_rows(
    open_gateway: Gateway, made: Snapshot, live_org: LiveOrg, faults: Any, fault: dict[str, Any]
) -> None:
    faults(**{"path": "/services/", **fault})
    rows = profiles(made)
    written = publish(open_gateway, rows, made, max_bytes=12_000)
    assert written.dead == []
    assert writeback.link_contacts(open_gateway).dead == []
    assert writeback.reconcile(open_gateway, hashes(*rows), made).wrong == []
    live_org.control().send("DELETE", "/localorg/faults")
    assert len(in_org(live_org.as_user(), "Id")) == DONORS


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_everything_going_wrong_at_once_still_ends_right(
    to: Connection, made: Snapshot, live_org: LiveOrg, faults: Any, tmp_path: pathlib.Path, seed: int
) -> None:
    kinds = ("unavailable", "bad_gateway", "too_many_requests", "not_acceptable", "enhance_your_calm", "server_error",
             "session_expired", "disconnect", "disconnect_after", "truncated")  # fmt: skip
    clean = made.manifest
    for number, kind in enumerate(kinds):
        faults(kind=kind, path="/services/data", share=0.03, seed=seed * 100 + number)
    faults(kind="row_lock", share=0.1, seed=seed)
    faults(kind="job_failed", share=0.1, seed=seed)
    rows = profiles(made)
    with gateway(to, rest_rows=0, page_rows=40) as under_fire:
        again = read(under_fire, tmp_path / "again")
        written = publish(under_fire, rows, again, max_bytes=12_000)
        linked = writeback.link_contacts(under_fire)
        found = writeback.reconcile(under_fire, hashes(*rows), again)
    live_org.control().send("DELETE", "/localorg/faults")
    assert again.manifest.hash == clean.hash
    assert (written.dead, linked.dead, found.wrong) == ([], [], [])
    assert len(in_org(live_org.as_user(), "Id")) == DONORS


def test_rows_that_stay_locked_are_handed_back(open_gateway: Gateway, made: Snapshot, faults: Any) -> None:
    faults(kind="row_lock", share=1.0)
    rows = profiles(made)[:5]
    written = publish(open_gateway, rows, made)
    assert written.taken == 0
    assert {one.donor_key for one in written.dead} == {row["Donor_Id__c"] for row in rows}
    assert {one.code for one in written.dead} == {"UNABLE_TO_LOCK_ROW"}


def test_a_row_at_fault_is_handed_back_alone_without_ids(
    open_gateway: Gateway, made: Snapshot, charity: Nonprofit
) -> None:
    rows = profiles(made)
    rows[3] |= {"Segment__c": "No such segment"}
    rows[4] |= {"Helps__c": "x" * 300}
    rows.append({**rows[5], "Donor_Id__c": "0123456789abcdef", "Contact__c": "0123456789abcdef"})
    written = publish(open_gateway, rows, made)
    assert written.taken == DONORS - 2
    assert {one.donor_key: one.code for one in written.dead} == {
        rows[3]["Donor_Id__c"]: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        rows[4]["Donor_Id__c"]: "STRING_TOO_LONG",
        "0123456789abcdef": writeback.UNKNOWN_DONOR,
    }
    text = repr(written.dead)
    assert not any(one in text for one in charity.ids["Contact"])


def test_profiles_made_since_the_snapshot_are_renewed_not_doubled(
    open_gateway: Gateway, made: Snapshot, admin: Client
) -> None:
    publish(open_gateway, profiles(made), made)
    rows = profiles(made, Segment__c="Lapsed")
    written = publish(open_gateway, rows, made)
    assert written.dead == []
    assert writeback.reconcile(open_gateway, hashes(*rows), made).wrong == []
    assert len(in_org(admin, "Id")) == DONORS


def test_profiles_deleted_since_the_snapshot_are_made_again(
    open_gateway: Gateway, made: Snapshot, admin: Client, live_org: LiveOrg, tmp_path: pathlib.Path
) -> None:
    rows = profiles(made)
    publish(open_gateway, rows, made)
    later = read(open_gateway, tmp_path / "later")
    gone = in_org(admin, "Id")[0]["Id"]
    assert admin.send("DELETE", f"{API}/sobjects/AI_Donor_Profile__c/{gone}").status_code == 204
    written = publish(open_gateway, rows, later)
    assert written.dead == []
    assert len(in_org(admin, "Id")) == DONORS


def test_reconciliation_finds_what_differs_and_what_is_missing(
    open_gateway: Gateway, made: Snapshot, admin: Client
) -> None:
    rows = profiles(made)
    publish(open_gateway, rows, made)
    shown = in_org(admin, "Id, Donor_Id__c", "ORDER BY Donor_Id__c LIMIT 2")
    admin.send("PATCH", f"{API}/sobjects/AI_Donor_Profile__c/{shown[0]['Id']}", json={"Propensity_Score__c": 99.9})
    admin.send("DELETE", f"{API}/sobjects/AI_Donor_Profile__c/{shown[1]['Id']}")
    found = writeback.reconcile(open_gateway, hashes(*rows), made)
    keys = made.identity.keys("Contact", [one["Donor_Id__c"] for one in shown])
    assert found.different == [keys[shown[0]["Donor_Id__c"]]]
    assert found.missing == [keys[shown[1]["Donor_Id__c"]]]


@pytest.mark.parametrize("rest_rows", [10_000, 0], ids=["by REST", "by Bulk"])
def test_reading_profiles_back_by_either_way_proves_the_same(
    to: Connection, made: Snapshot, open_gateway: Gateway, rest_rows: int
) -> None:
    rows = profiles(made)
    publish(open_gateway, rows, made)
    with gateway(to, rest_rows=rest_rows, page_rows=9) as other:
        assert writeback.reconcile(other, hashes(*rows), made).wrong == []
        assert writeback.link_contacts(other).taken == DONORS


def test_a_run_is_one_row_however_often_it_is_saved(open_gateway: Gateway, admin: Client) -> None:
    run = "0b0b6f3e-2f0c-4a52-9a83-2d7b1c9a0002"
    writeback.save_run(
        open_gateway, {"Run_Id__c": run, "Status__c": "Running", "As_Of__c": dt.date(2026, 11, 22), "Donors_Read__c": 7}
    )
    writeback.save_run(
        open_gateway,
        {"Run_Id__c": run, "Status__c": "Completed", "Completed_At__c": NOW, "Reconciled__c": True, "Message__c": None},
    )
    fields = "Status__c, As_Of__c, Donors_Read__c, Completed_At__c, Reconciled__c"
    shown = admin.query(f"SELECT {fields} FROM AI_Scoring_Run__c WHERE Run_Id__c = '{run}'")
    assert len(shown) == 1
    assert (shown[0]["Status__c"], shown[0]["As_Of__c"], shown[0]["Donors_Read__c"]) == ("Completed", "2026-11-22", 7)
    assert shown[0]["Reconciled__c"] is True
    with pytest.raises(InputError, match="no field Colour__c"):
        writeback.save_run(open_gateway, {"Run_Id__c": run, "Colour__c": "red"})


def test_a_job_left_by_a_killed_run_is_settled(open_gateway: Gateway, charity: Nonprofit) -> None:
    spec = {
        "object": "AI_Donor_Profile__c",
        "operation": "upsert",
        "externalIdFieldName": "Donor_Id__c",
        "contentType": "CSV",
    }
    left = bulk.create(open_gateway, "ingest", {**spec, "lineEnding": "LF"})
    assert bulk.settle(open_gateway, left, bulk.NoNotes()) == "Aborted"
    assert bulk.settle(open_gateway, left, bulk.NoNotes()) == "gone"


def test_an_ordinary_night_costs_few_calls(
    to: Connection, made: Snapshot, open_gateway: Gateway, tmp_path: pathlib.Path
) -> None:
    rows = profiles(made)
    publish(open_gateway, rows, made)
    writeback.link_contacts(open_gateway)
    base = read(open_gateway, tmp_path / "base")
    with gateway(to) as night:
        now = NOW + dt.timedelta(days=1)
        latest = extract(
            night,
            tmp_path / "base" / "snapshots",
            KEY,
            snapshot.load(base.folder),
            now,
            memory_limit="300MB",
            threads=1,
        )
        changed = profiles(latest, Segment__c="Lapsed")[:2]
        writeback.save_run(night, {"Run_Id__c": RUN, "Status__c": "Running"})
        publish(night, changed, latest)
        writeback.link_contacts(night)
        assert writeback.reconcile(night, hashes(*rows, *changed), latest).wrong == []
        writeback.save_run(night, {"Run_Id__c": RUN, "Status__c": "Completed"})
        assert night.meter.calls < 50
