"""The inbox on SQLite and on a real PostgreSQL: once remembered, once worked on, nothing lost with a worker."""

import concurrent.futures
import datetime as dt

import pytest
from steward.state.inbox import PERSON_WAITS, Inbox, Incoming
from steward.state.store import State

LEASE = dt.timedelta(minutes=3)


class Clock:
    def __init__(self):
        self.moment = dt.datetime(2026, 4, 14, 10, 30, tzinfo=dt.UTC)

    def __call__(self):
        return self.moment

    def pass_by(self, **time):
        self.moment += dt.timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def inbox(request, tmp_path, clock):
    url = f"sqlite:///{tmp_path / 'state.db'}" if request.param == "sqlite" else request.getfixturevalue("postgresql")
    state = State(url, clock)
    yield Inbox(state.engine, clock)
    if request.param == "postgresql":
        with state.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    state.close()


def event(number, donor="d1", **more):
    moment = dt.datetime(2026, 4, 14, tzinfo=dt.UTC)
    return Incoming(f"e{number}", donor, f"003{donor}", "donation_created", moment, "trace", **more)


def test_an_event_is_new_once(inbox):
    assert inbox.accept([event(1), event(1), event(2)]) == ["e1", "e2"]
    assert inbox.accept([event(2), event(3)]) == ["e3"]


def test_a_donor_is_taken_by_one_worker_until_the_lease_runs_out(inbox, clock):
    inbox.accept([event(1)])
    (claim,) = inbox.claim("a", 10, LEASE)
    assert inbox.claim("b", 10, LEASE) == []
    clock.pass_by(minutes=4)  # the worker was killed
    assert [one.donor_key for one in inbox.claim("b", 10, LEASE)] == ["d1"]
    inbox.finish("a", [claim])  # the killed one comes back to life: the row is not its own any more
    assert inbox.depth().waiting == 1


def test_an_event_that_comes_during_the_work_keeps_the_donor_waiting(inbox):
    inbox.accept([event(1)])
    claims = inbox.claim("a", 10, LEASE)
    inbox.accept([event(2)])
    inbox.finish("a", claims)
    assert [one.status for one in inbox.events_of("d1")] == ["waiting", "done"]
    (again,) = inbox.claim("a", 10, LEASE)
    inbox.finish("a", [again])
    assert inbox.depth().waiting == 0
    assert {one.status for one in inbox.events_of("d1")} == {"done"}


def test_people_come_first_then_the_longest_wait(inbox, clock):
    for number, donor in enumerate(("d1", "d2", "d3")):
        inbox.accept([event(number, donor, priority=PERSON_WAITS if donor == "d3" else 0)])
        clock.pass_by(seconds=1)
    assert [one.donor_key for one in inbox.claim("a", 2, LEASE)] == ["d3", "d1"]


def test_a_donor_put_back_waits_for_its_time_and_counts_only_failures(inbox, clock):
    inbox.accept([event(1)])
    claims = inbox.claim("a", 10, LEASE)
    inbox.put_back("a", claims, clock() + dt.timedelta(seconds=10), failed=True)
    assert inbox.claim("a", 10, LEASE) == []
    assert inbox.next_due() == clock() + dt.timedelta(seconds=10)
    clock.pass_by(seconds=11)
    (claim,) = inbox.claim("a", 10, LEASE)
    assert claim.attempts == 1


def test_a_given_up_donor_waits_for_replay_or_for_its_next_event(inbox):
    inbox.accept([event(1)])
    inbox.give_up("a", inbox.claim("a", 10, LEASE))
    assert (inbox.depth().waiting, inbox.depth().dead) == (0, 1)
    assert inbox.replay(["d1"]) == 1
    inbox.give_up("a", inbox.claim("a", 10, LEASE))
    inbox.accept([event(2)])
    (claim,) = inbox.claim("a", 10, LEASE)
    assert (claim.attempts, claim.wanted) == (0, 2)
    inbox.finish("a", [claim])
    assert {one.status for one in inbox.events_of("d1")} == {"done"}


def test_the_orgs_id_leaves_with_the_wait(inbox):
    inbox.accept([event(1)])
    inbox.finish("a", inbox.claim("a", 10, LEASE))
    with inbox._engine.connect() as connection:
        for table in ("events", "rescores"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "003d1" not in str(rows)


def test_a_unit_has_one_writer(inbox, clock):
    assert inbox.hold_units("a", ["u1", "u2"], LEASE) == ["u1", "u2"]
    assert inbox.hold_units("b", ["u2", "u3"], LEASE) == ["u3"]
    inbox.release_units("a")
    assert inbox.hold_units("b", ["u2"], LEASE) == ["u2"]
    clock.pass_by(minutes=4)
    assert inbox.hold_units("c", ["u2"], LEASE) == ["u2"]


def test_many_workers_at_once_never_share_a_donor(inbox):
    inbox.accept([event(number, f"d{number}") for number in range(120)])
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        parts = list(pool.map(lambda n: inbox.claim(f"w{n}", 7, LEASE), range(18)))
    taken = [claim.donor_key for part in parts for claim in part]
    assert len(taken) == len(set(taken)) == 120


def test_finished_events_are_forgotten_after_their_time(inbox, clock):
    inbox.accept([event(1), event(2, "d2")])
    inbox.finish("a", inbox.claim("a", 1, LEASE))
    clock.pass_by(days=31)
    assert inbox.forget_before(clock() - dt.timedelta(days=30)) == 1
    assert inbox.depth().waiting == 1
