"""The queue carries bells as JSON, on SQLite and on a real Redis; alerts are tried again and name nobody."""

import datetime as dt
import http.server
import json
import shutil
import socket
import subprocess
import threading
import time

import huey.registry
import pytest
from steward.bootstrap import Steward, make_home
from steward.config import Settings
from steward.errors import UpstreamError
from steward.jobs import alerts, queue
from steward.jobs.rescoring import LONGEST_DELAY, delay
from steward.jobs.tasks import BELLS, Tasks


@pytest.fixture
def redis():
    """The URL of a server of our own."""
    if shutil.which("redis-server") is None:
        pytest.skip("no Redis server on this machine: apt-get install redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.kill()
    server.wait()


@pytest.fixture(params=["sqlite", "redis"])
def tasks(request, tmp_path):
    url = request.getfixturevalue("redis") if request.param == "redis" else ""
    settings = Settings(home=tmp_path / "home", queue_url=url)
    make_home(settings)
    steward = Steward(settings)
    yield Tasks(lambda: steward)
    steward.close()


def test_a_hundred_rings_are_a_few_bells(tasks):
    for _ in range(100):
        tasks.ring()
    assert tasks.queue.pending_count() == BELLS


def test_a_bell_comes_out_as_the_task_that_works(tasks):
    tasks.ring()
    task = tasks.queue.dequeue()
    assert (task.name, task.args) == ("work", ())


def test_what_lies_in_the_queue_is_json(tasks):
    tasks.queue.enqueue(tasks._alert.s("failed run", "text"))
    (message,) = tasks.queue.storage.enqueued_items()
    assert json.loads(message)["args"] == ["failed run", "text"]


def test_a_message_survives_the_way_through_the_queue():
    plain = queue.PlainSerializer()
    moment = dt.datetime(2026, 4, 14, 10, 30)
    message = huey.registry.Message("id", "work", moment, 3, 15, 5, (), {}, None, None, None, None)
    assert plain.deserialize(plain.serialize(message)) == message


def test_what_is_not_json_does_not_go_in():
    with pytest.raises(TypeError, match="does not go into the queue"):
        queue.PlainSerializer().serialize(object())


def test_delays_grow_to_five_minutes():
    assert [delay(n).total_seconds() for n in range(4)] == [2, 4, 8, 16]
    assert delay(30) == LONGEST_DELAY


class _Hook(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_POST(self):
        type(self).got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(type(self).status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    class Hook(_Hook):
        pass

    Hook.got = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Hook.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield Hook
    server.shutdown()
    server.server_close()


def test_alerts_go_to_each_service_in_its_own_form(tmp_path, hook):
    settings = Settings(home=tmp_path, slack_webhook=hook.url, teams_webhook=hook.url)
    alerts.send(settings, "failed run", "The night stopped while writing.")
    slack, teams = hook.got
    assert slack == {"text": "*Steward: failed run*\nThe night stopped while writing."}
    assert teams["attachments"][0]["content"]["body"][1]["text"] == "The night stopped while writing."


def test_an_alert_that_was_not_taken_is_an_error_that_the_queue_retries(tmp_path, hook):
    hook.status = 503
    with pytest.raises(UpstreamError, match="slack answered 503"):
        alerts.send(Settings(home=tmp_path, slack_webhook=hook.url), "failed run", "text")
    with pytest.raises(UpstreamError, match="could not be reached"):
        alerts.send(Settings(home=tmp_path, slack_webhook="http://127.0.0.1:1/x"), "failed run", "text")
