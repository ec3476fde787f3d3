"""The state survives, upserts and stays in step with its migrations."""

import datetime as dt
import subprocess
import sys

import alembic.autogenerate
import alembic.migration
import pytest
import sqlalchemy as sa
from steward.errors import InputError, StateError
from steward.state import packed
from steward.state.store import EXPIRES, LASTS, STANDS, Letter, State
from steward.state.tables import Base

NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request, tmp_path):
    if request.param == "sqlite":
        opened = State(f"sqlite:///{tmp_path / 'state.db'}", lambda: NOW)
        yield opened
    else:
        opened = State(request.getfixturevalue("postgresql"), lambda: NOW)
        yield opened
        with opened.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    opened.close()


def test_the_migrations_give_exactly_the_tables_the_code_declares(state):
    with state.engine.connect() as connection:
        context = alembic.migration.MigrationContext.configure(connection)
        assert alembic.autogenerate.compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_that_start_together_on_an_empty_database_all_find_its_tables(request, tmp_path, kind):
    url = request.getfixturevalue("postgresql") if kind == "postgresql" else f"sqlite:///{tmp_path / 'state.db'}"
    code = f"import datetime as d; from steward.state.store import State; print(State({url!r}, d.datetime.now).runs())"
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate(timeout=120)[0].strip() for process in started] == ["[]"] * 4
    if kind == "postgresql":
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        engine.dispose()


def test_a_profile_is_remembered_once_with_its_newest_hash(state):
    later = NOW + dt.timedelta(days=1)
    state.record_written("r1", [("d1", "aaa"), ("d2", "bbb")], NOW, later)
    state.record_written("r2", [("d1", "ccc")], later, later)
    written = state.written()
    assert {key: value.content_hash for key, value in written.items()} == {"d1": "ccc", "d2": "bbb"}
    assert written["d1"].scored_at == later
    assert set(state.written(["d2", "unknown"])) == {"d2"}
    state.forget(["d1"])
    assert set(state.written()) == {"d2"}


def test_every_profile_is_marked_as_one_that_stands_expires_or_lasts(state, monkeypatch):
    monkeypatch.setattr(packed, "ROWS", 2)
    day = dt.timedelta(days=1)
    donors = [f"{number:016x}" for number in range(0, 9 << 60, 1 << 60)]
    state.record_written("r1", [(key, f"hash of {key}") for key in donors], NOW, NOW + 9 * day, NOW - day)
    state.record_written("r2", [(donors[1], "live")], NOW, NOW + 9 * day, NOW - day, NOW + day)
    state.record_written("r2", [(donors[2], "ahead")], NOW, NOW, NOW + day)
    state.record_written("r2", [(donors[3], "soon"), (donors[4], "it's \"\\ü")], NOW, NOW, None, NOW - day)
    state.forget([donors[8], donors[7]])
    portions = list(state.standing(NOW, NOW, NOW + day))
    found = {row[0]: row[1:] for columns in portions for row in zip(*(one.to_pylist() for one in columns), strict=True)}
    assert len(portions) > 1
    assert found == {key: (f"hash of {key}", LASTS) for key in donors[:7]} | {
        donors[1]: ("live", STANDS), donors[2]: ("ahead", STANDS), donors[3]: ("soon", EXPIRES), donors[4]: ("it's \"\\ü", EXPIRES)
    }  # fmt: skip
    state.forget(found)
    assert list(state.standing(NOW, NOW, NOW)) == []


def test_a_second_failure_of_the_same_donor_counts_attempts_instead_of_a_second_letter(state):
    letter = Letter("d1", "profile", "FIELD_INTEGRITY_EXCEPTION", "bad", {"Segment__c": "X"})
    state.bury("r1", [letter])
    state.bury("r2", [letter])
    (found,) = state.dead_letters()
    assert (found.attempts, found.run_id) == (2, "r2")
    assert state.settle(["d1"], "replayed") == 1
    assert state.dead_letters() == []
    assert [row.status for row in state.dead_letters("replayed")] == ["replayed"]


def test_a_killed_run_is_found_again(state):
    state.begin_run("r1", trigger="Manual", mode="Full", as_of="2026-03-01")
    state.advance("r1", "extracted", snapshot_id="s1")
    (run,) = state.interrupted_runs()
    assert (run.run_id, run.stage, run.snapshot_id) == ("r1", "extracted", "s1")
    state.finish_run("r1", "Completed", counts={"changed": 1})
    assert state.interrupted_runs() == []
    assert state.runs()[0].counts == {"changed": 1}


def test_an_open_bulk_job_is_remembered_until_it_is_closed(state):
    state.job_opened("750000000000001AAA", "r1", "profiles")
    assert [job.purpose for job in state.open_jobs()] == ["profiles"]
    state.job_closed("750000000000001AAA")
    assert state.open_jobs() == []


def test_a_database_of_a_newer_version_is_refused_in_words(tmp_path):
    url = f"sqlite:///{tmp_path / 'state.db'}"
    first = State(url, lambda: NOW)
    with first.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    first.close()
    with pytest.raises(StateError, match="cannot be opened"):
        State(url, lambda: NOW)


def test_an_unknown_letter_is_the_callers_mistake(state):
    with pytest.raises(InputError, match="no dead letter 7"):
        state.letter(7)
