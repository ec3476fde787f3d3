"""A worker that dies leaves its donors to the next one on the machine, at once; one that lives keeps them."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from steward.bootstrap import Steward, make_home
from steward.config import Settings
from steward.jobs.rescoring import ATTEMPTS, LEASE, Rescoring
from steward.state.inbox import Incoming

DIES = """
import os, pathlib, signal, sys
from steward.bootstrap import Steward
from steward.config import Settings
from steward.jobs.rescoring import LEASE, Rescoring
steward = Steward(Settings(home=pathlib.Path(sys.argv[1])))
worker = Rescoring(steward, None, None)
assert len(steward.inbox.claim(worker._holder, 10, LEASE)) == 2
steward.inbox.hold_units(worker._holder, ["home"], LEASE)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def steward(tmp_path):
    settings = Settings(home=tmp_path / "home")
    make_home(settings)
    made = Steward(settings)
    now = dt.datetime.now(dt.UTC)
    made.inbox.accept([Incoming(f"e{n}", f"d{n}", f"003{n}", "donation", now, "trace", 0) for n in (1, 2)])
    yield made
    made.close()


def worker(steward):
    return Rescoring(steward, None, None)


def taken(steward, by, lease=LEASE):
    return [claim.donor_key for claim in steward.inbox.claim(by._holder, 10, lease)]


def dies(one):
    """What the system does with a process's locks when it ends, however it ends."""
    os.close(one._presence._held)


def test_donors_of_a_killed_worker_are_taken_by_the_next_at_once(steward):
    killed = subprocess.run([sys.executable, "-c", DIES, str(steward.home)], check=False)
    assert killed.returncode == -9
    other = worker(steward)
    assert taken(steward, other) == []
    assert other.take_back().claimed == 2
    assert taken(steward, other) == ["d1", "d2"]
    assert steward.inbox.hold_units(other._holder, ["home"], LEASE) == ["home"]
    assert other.take_back().claimed == 0


def test_a_worker_that_lives_keeps_its_donors(steward):
    first, second = worker(steward), worker(steward)
    assert taken(steward, first) == ["d1", "d2"]
    assert second.take_back().claimed == 0
    assert taken(steward, second) == []


def test_an_orderly_end_leaves_nothing_behind(steward):
    first, second = worker(steward), worker(steward)
    first.close()
    assert second._presence.dead() == []
    second.close()
    assert [path.name for path in (steward.home / "workers").iterdir() if path.name != ".turn"] == []


def test_donors_on_whom_workers_die_again_and_again_come_one_by_one_and_end_as_letters(steward):
    for died in range(ATTEMPTS):
        one, after = worker(steward), worker(steward)
        with steward.state.engine.begin() as connection:  # their time has come
            connection.exec_driver_sql("UPDATE rescores SET due_at = '2000-01-01 00:00:00'")
        assert taken(steward, one) == ["d1", "d2"]
        dies(one)
        done = after.take_back()
        assert done.claimed == 2
        if 0 < died < ATTEMPTS - 1:
            assert taken(steward, after) == []  # each waits, and no two as long
            with steward.state.engine.begin() as connection:
                due = connection.exec_driver_sql("SELECT due_at FROM rescores").scalars().all()
            assert len(set(due)) == 2
    assert [claim.donor_key for claim in done.dead] == ["d1", "d2"]
    with steward.state.engine.begin() as connection:
        letters = connection.exec_driver_sql("SELECT donor_key, code FROM dead_letters ORDER BY donor_key").all()
    assert letters == [("d1", "WorkerDied"), ("d2", "WorkerDied")]
