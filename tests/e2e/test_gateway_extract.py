"""Extracting from the real local org: true to it, in pseudonyms, the same by changes as in full, whatever breaks."""

from __future__ import annotations

import datetime as dt
import pathlib
import re
import stat
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from gateway_kit import HOUSEHOLDS, KEY, Nonprofit, connection, gateway, prepare
from localorg_live import LiveOrg
from steward.errors import AccessError, LimitError, StateError
from steward.salesforce import doctor, parts, snapshot
from steward.salesforce.auth import Connection
from steward.salesforce.extract import ORDER, extract
from steward.salesforce.pseudonyms import pseudonym
from steward.salesforce.snapshot import Snapshot

pytestmark = pytest.mark.e2e
NOW = dt.datetime.now(dt.UTC)


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
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "snapshots"


def read(to: Connection, folder: pathlib.Path, previous: Snapshot | None = None, **more: Any) -> Snapshot:
    sizes = {name: more.pop(name) for name in ("rest_rows", "page_rows", "budget") if name in more}
    with gateway(to, **sizes) as open_gateway:
        return extract(open_gateway, folder, KEY, previous, NOW, memory_limit="300MB", threads=1, **more)


def rows(made: Snapshot, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    with duckdb.connect() as db:
        return db.execute(f"SELECT {columns} FROM read_parquet(?)", [str(made.tables()[table])]).fetchall()


def key(record_id: str | None) -> str | None:
    return pseudonym(record_id, KEY) if record_id else None


def content(made: Snapshot) -> dict[str, str]:
    return {name: facts.hash for name, facts in made.manifest.tables.items()}


def touched(base: Snapshot, made: Snapshot) -> Mapping[str, pathlib.Path]:
    found = made.touched(base.id)
    assert found is not None
    return found


@pytest.mark.parametrize("rest_rows", [10_000, 0], ids=["by REST", "by Bulk"])
def test_a_full_read_holds_what_the_org_holds(
    to: Connection, folder: pathlib.Path, charity: Nonprofit, rest_rows: int
) -> None:
    made = read(to, folder, rest_rows=rest_rows, page_rows=40)
    asked = charity.admin.query(
        "SELECT Id, AccountId, npsp__Primary_Contact__c, Amount, CloseDate, IsWon, CampaignId, "
        "npe03__Recurring_Donation__c FROM Opportunity"
    )
    expected = {
        (
            key(one["Id"]), key(one["AccountId"]), key(one["npsp__Primary_Contact__c"]), Decimal(str(one["Amount"])),
            dt.date.fromisoformat(one["CloseDate"]), one["IsWon"], key(one["CampaignId"]), key(one["npe03__Recurring_Donation__c"]),
        )
        for one in asked
    }  # fmt: skip
    names = "gift_id, account_id, primary_contact_id, amount, close_date, is_won, campaign_id, recurring_id"
    assert set(rows(made, "opportunities", names)) == expected
    assert len(rows(made, "contacts")) == 2 * HOUSEHOLDS
    assert sum(deceased for (deceased,) in rows(made, "contacts", "deceased")) == 1
    assert {day for (day,) in rows(made, "recurring", "card_expires_on")} == {dt.date(2027, 1, 1)}
    assert rows(made, "settings", "soft_credit_roles") == [("Matched Donor;Soft Credit;Household Member",)]


def test_rest_and_bulk_say_the_same(to: Connection, folder: pathlib.Path) -> None:
    by_rest = read(to, folder)
    by_bulk = read(to, folder, rest_rows=0, page_rows=7, full=True)
    assert content(by_rest) == content(by_bulk)
    assert by_rest.hash == by_bulk.hash


def test_no_id_and_nothing_personal_leaves_the_gateway(
    to: Connection, folder: pathlib.Path, charity: Nonprofit
) -> None:
    made = read(to, folder)
    ids = {one for several in charity.ids.values() for one in several}
    for name, path in made.tables().items():
        text = "\n".join(str(row) for row in rows(made, name))
        assert not any(one in text or one[:15] in text for one in ids), name
        assert not re.search(r"Person \d|example\.org|Home \d", text), name
        assert not any(re.search(rb"Person \d|example\.org", part.read_bytes()) for part in parts.of(path)), name
    private = [path for path in made.identity.path.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert stat.S_IMODE(made.identity.path.parent.stat().st_mode) == 0o700
    contact = charity.ids["Contact"][0]
    assert made.identity.id("Contact", pseudonym(contact, KEY)) == contact
    assert list(made.folder.rglob("*.csv")) == []


def test_an_unchanged_org_gives_the_same_content_for_few_calls(to: Connection, folder: pathlib.Path) -> None:
    first = read(to, folder)
    with gateway(to) as open_gateway:
        later = NOW + dt.timedelta(minutes=1)
        second = extract(open_gateway, folder, KEY, first, later, memory_limit="300MB", threads=1)
        calls = open_gateway.meter.calls
    assert second.hash == first.hash
    assert second.touched(first.id) == {}
    assert first.touched("") is None
    assert second.id != first.id
    assert calls <= 30
    assert second.manifest.full_read_at == first.manifest.full_read_at


@pytest.mark.parametrize("rest_rows", [10_000, 0], ids=["by REST", "by Bulk"])
def test_changes_deletions_and_merges_end_as_a_full_read_would(
    to: Connection, folder: pathlib.Path, charity: Nonprofit, live_org: LiveOrg, rest_rows: int
) -> None:
    base = read(to, folder)
    admin, ids = charity.admin, charity.ids
    gift = charity.load(
        "Opportunity", "Name AccountId npsp__Primary_Contact__c Amount CloseDate StageName",
        [("New", ids["Account"][3], ids["Contact"][6], "1000000.25", "2026-11-01", "Closed Won")],
    )[0]  # fmt: skip
    _ok(
        admin.send(
            "PATCH",
            f"/services/data/v67.0/sobjects/Contact/{ids['Contact'][9]}",
            json={"npsp__Do_Not_Contact__c": True},
        )
    )
    doomed = ids["Opportunity"].pop(0)
    _ok(admin.send("DELETE", f"/services/data/v67.0/sobjects/Opportunity/{doomed}"))
    loser, winner = ids["Contact"].pop(), ids["Contact"][0]
    live_org.server.runtime.org.session(_admin_id(live_org)).merge("Contact", winner, [loser])
    by_changes = read(to, folder, base, rest_rows=rest_rows, page_rows=50)
    in_full = read(to, folder, full=True)
    assert content(by_changes) == content(in_full)
    assert set(touched(base, by_changes)) >= {"opportunities", "contacts"}
    gifts = {one for (one,) in rows(by_changes, "opportunities", "gift_id")}
    assert key(gift) in gifts
    assert key(doomed) not in gifts
    members = {one for (one,) in rows(by_changes, "contact_roles", "contact_id")}
    assert key(loser) not in members
    assert by_changes.manifest.tables["contacts"].source == "changes"
    assert by_changes.manifest.notes == in_full.manifest.notes
    assert key(loser) not in by_changes.identity.keys("Contact", [loser]).values()


def _ok(answer: Any) -> None:
    assert answer.status_code < 300, answer.text


def _admin_id(live_org: LiveOrg) -> str:
    user = live_org.server.runtime.find_user("admin@steward.example")
    assert user is not None
    return user.id


def test_rows_that_vanished_without_a_trace_are_noticed(
    to: Connection, folder: pathlib.Path, charity: Nonprofit, live_org: LiveOrg
) -> None:
    base = read(to, folder)
    purged = charity.ids["npe01__OppPayment__c"].pop()
    with live_org.server.runtime.org.store.write() as db:
        db.execute('DELETE FROM "npe01__OppPayment__c" WHERE Id = ?', (purged,))
    made = read(to, folder, base)
    assert key(purged) not in {one for (one,) in rows(made, "payments", "payment_id")}
    assert any(note.startswith("payments: the org has") for note in made.manifest.notes)
    assert [
        one for (one,) in duckdb.read_parquet(str(touched(base, made)["payments"])).project("payment_id").fetchall()
    ] == [key(purged)]
    assert content(made) == content(read(to, folder, full=True))


@pytest.mark.parametrize("travel", [dt.timedelta(days=-400), dt.timedelta(days=400)], ids=["past", "future"])
def test_changes_are_found_in_an_org_whose_clock_is_elsewhere(
    to: Connection, folder: pathlib.Path, charity: Nonprofit, live_org: LiveOrg, travel: dt.timedelta
) -> None:
    """The reply's Date and the rows' stamps may come from different clocks; no change may fall between them."""
    org = live_org.server.runtime.org
    with org.store.write() as db:
        for sobject in ("Opportunity", "Contact"):
            db.execute(f'UPDATE "{sobject}" SET "SystemModstamp" = ?', ("2020-01-01T00:00:00.000Z",))
    org.travel_to(dt.datetime.now(dt.UTC) + travel)
    try:
        base = read(to, folder)
        charity.load("Campaign", "Name Type", [("Autumn", "Mail")])
        made = read(to, folder, base)
        assert content(made) == content(read(to, folder, full=True))
        assert made.manifest.tables["campaigns"].source == "changes"
    finally:
        org.travel_to(dt.datetime.now(dt.UTC))


def test_a_killed_full_read_goes_on_where_it_was(to: Connection, folder: pathlib.Path) -> None:
    class KilledError(Exception):
        pass

    def die(table: str, count: int) -> None:
        if table == "payments":
            raise KilledError

    with pytest.raises(KilledError):
        read(to, folder, progress=die)
    assert snapshot.latest(folder) is None
    told: list[str] = []
    made = read(to, folder, progress=lambda table, count: told.append(table))
    names = [one.name for one in ORDER]
    assert told == names[names.index("payments") + 1 :]
    assert content(made) == content(read(to, folder, full=True))


def test_two_extractions_do_not_share_a_folder(to: Connection, folder: pathlib.Path) -> None:
    with snapshot.locked(folder), pytest.raises(StateError, match="Another extraction is running"):
        read(to, folder)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "unavailable", "share": 0.3, "seed": 1},
        {"kind": "bad_gateway", "share": 0.3, "seed": 2},
        {"kind": "too_many_requests", "times": 3},
        {"kind": "not_acceptable", "share": 0.3, "seed": 3},
        {"kind": "enhance_your_calm", "share": 0.3, "seed": 4},
        {"kind": "server_error", "share": 0.3, "seed": 5},
        {"kind": "session_expired", "path": "/services/data", "share": 0.15, "seed": 6},
        {"kind": "disconnect", "share": 0.3, "seed": 7},
        {"kind": "disconnect_after", "share": 0.3, "seed": 8},
        {"kind": "truncated", "share": 0.3, "seed": 9},
        {"kind": "job_failed", "times": 2},
        {"kind": "locator_invalid", "times": 2, "path": "results"},
    ],
    ids=lambda fault: fault["kind"],
)  # fmt: skip
def test_a_faulty_org_gives_the_same_snapshot(
    to: Connection, folder: pathlib.Path, faults: Any, fault: dict[str, Any]
) -> None:
    clean = read(to, folder, rest_rows=0, page_rows=60)
    faults(**{"path": "/services/", **fault})
    assert content(read(to, folder, rest_rows=0, page_rows=60, full=True)) == content(clean)


def test_a_budget_ends_a_read_with_what_to_do_and_the_next_run_goes_on(to: Connection, folder: pathlib.Path) -> None:
    with pytest.raises(LimitError, match="STEWARD_API_CALL_BUDGET"):
        read(to, folder, budget=14)
    assert snapshot.latest(folder) is None
    assert read(to, folder).manifest.tables["contacts"].rows > 0


def test_the_check_up_finds_everything_granted(to: Connection) -> None:
    with gateway(to) as open_gateway:
        found = doctor.examine(open_gateway, dt.datetime.now(dt.UTC))
    problems = [finding for finding in found if finding.level is doctor.Level.PROBLEM]
    assert problems == []
    assert {finding.topic for finding in found} >= {
        "connection",
        "version",
        "clock",
        "package",
        "permissions",
        "limits",
    }


def test_a_missing_permission_is_named_to_the_field(
    live_org: LiveOrg, charity: Nonprofit, folder: pathlib.Path
) -> None:
    control = live_org.control()
    username = "bare@steward.example"
    assert control.post("/localorg/user", json={"username": username}).status_code == 200
    to = connection(live_org, run_as=username)
    with pytest.raises(AccessError, match=r"cannot see|shows no NPSP"):
        read(to, folder)
    with gateway(to) as open_gateway:
        found = doctor.examine(open_gateway, NOW)
    assert any(finding.level is doctor.Level.PROBLEM for finding in found)


@pytest.mark.parametrize("table", ["contacts", "profiles"])
def test_an_extraction_that_ends_before_the_way_back_of_a_table_is_written_is_taken_up_again(
    to: Connection, folder: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    whole = read(to, tmp_path / "clean")
    replace = pathlib.Path.replace

    def power_cut(path: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
        if target.parent.name == "identity.parquet" and target.stem == table:
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(pathlib.Path, "replace", power_cut)
        read(to, folder)
    made = read(to, folder)
    assert content(made) == content(whole)
    with duckdb.connect() as db:
        same = "SELECT * FROM read_parquet(?) ORDER BY ALL"
        assert (
            db.execute(same, [str(made.identity.path)]).fetchall()
            == db.execute(same, [str(whole.identity.path)]).fetchall()
        )
