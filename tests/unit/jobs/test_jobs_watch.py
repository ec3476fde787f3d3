"""The service sees that a night failed or is missing and that real time has stopped, and tells people once."""

import dataclasses
import datetime as dt
import http.server
import json
import threading

import pytest
from steward.bootstrap import Steward, make_home
from steward.config import Settings
from steward.errors import ConfigError, UpstreamError
from steward.jobs.watch import Watch, freshness, troubles
from steward.state.inbox import Incoming

MORNING = dt.datetime(2026, 4, 14, 6, 30, tzinfo=dt.UTC)


@dataclasses.dataclass
class Clock:
    moment: dt.datetime = MORNING

    def __call__(self):
        return self.moment

    def pass_by(self, **time):
        self.moment += dt.timedelta(**time)


class _Slack(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def slack():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Slack)
    server.texts, server.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def steward(tmp_path, slack, clock):
    url = f"http://127.0.0.1:{slack.server_port}/hook"
    made = Steward(Settings(home=tmp_path / "home", slack_webhook=url), clock)
    make_home(made.settings)
    yield made
    made.close()


def night(steward, clock, at: dt.datetime, status: str = "Completed") -> None:
    now, clock.moment = clock.moment, at
    name = at.isoformat()
    steward.state.begin_run(name, trigger="Nightly", mode="Full", as_of=at.date().isoformat(), scope=None)
    steward.state.finish_run(name, status)
    clock.moment = now


def event(steward, clock, number: int = 1) -> None:
    steward.inbox.accept([Incoming(f"e{number}", f"{number:016x}", "003x", "donation_created", clock(), "t")])


def test_a_night_in_time_is_no_trouble(steward, clock):
    night(steward, clock, MORNING - dt.timedelta(hours=4))
    assert troubles(steward) == []


def test_an_organization_that_never_had_a_run_misses_none(steward):
    assert troubles(steward) == []


def test_a_missed_night_is_told_once_until_the_next_is_missed(steward, clock, slack):
    night(steward, clock, MORNING - dt.timedelta(days=1, hours=4))
    watches = [Watch(steward), Watch(steward)]  # two processes
    assert [len(watch.look()) for watch in (*watches, *watches)] == [1, 0, 0, 0]
    assert "missed night" in slack.texts[0]
    assert "2026-04-14 06:00" in slack.texts[0]
    clock.pass_by(days=1)
    assert [one.kind for one in watches[0].look()] == ["missed night"]


def test_a_late_night_ends_the_trouble(steward, clock):
    night(steward, clock, MORNING - dt.timedelta(days=1, hours=4))
    night(steward, clock, MORNING - dt.timedelta(minutes=10))
    assert troubles(steward) == []


def test_a_failed_run_is_told(steward, clock):
    night(steward, clock, MORNING - dt.timedelta(hours=5))
    night(steward, clock, MORNING - dt.timedelta(hours=4), "Failed")
    assert [one.kind for one in troubles(steward)] == ["failed run"]
    clock.pass_by(days=2)
    assert "failed run" not in [one.kind for one in troubles(steward)]


def test_donors_who_wait_too_long_mean_that_real_time_has_stopped(steward, clock, slack):
    event(steward, clock)
    clock.pass_by(minutes=9)
    assert troubles(steward) == []
    clock.pass_by(minutes=2)
    assert [one.kind for one in Watch(steward).look()] == ["real time stopped"]
    clock.pass_by(hours=1)
    assert Watch(steward).look() == []
    said = "Donors have waited for 11 minutes: real time has stopped. Do the workers run, and does the org answer?"
    assert slack.texts == [f"*Steward: real time stopped*\n{said}"]


def test_what_did_not_get_through_is_told_at_the_next_look(steward, clock, slack):
    event(steward, clock)
    clock.pass_by(minutes=11)
    slack.status = 503
    with pytest.raises(UpstreamError):
        Watch(steward).look()
    slack.status = 200
    assert len(Watch(steward).look()) == 1


def test_the_day_begins_and_the_night_is_due_where_the_nonprofit_is(tmp_path, clock):
    home = tmp_path / "home"
    there = Steward(Settings(home=home, time_zone="America/Los_Angeles"), clock)
    make_home(there.settings)
    assert there.today() == dt.date(2026, 4, 13)
    assert freshness(there).due.astimezone(dt.UTC) == dt.datetime(2026, 4, 13, 13, 0, tzinfo=dt.UTC)
    there.close()


def test_a_time_zone_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ConfigError, match="STEWARD_TIME_ZONE is 'Mars/Base'"):
        Steward(Settings(home=tmp_path, time_zone="Mars/Base")).today()
