"""How quick the service is, each beside something bare in the same run: a donor in process, a request, an event.

python tests/benchmarks/bench_serving.py [--seconds 20]
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import requests
import xgboost as xgb

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "tests" / "benchmarks"), str(ROOT)]

from job_world import World, copied, published  # noqa: E402
from steward import config, explain, pipeline, scored, scoring  # noqa: E402
from steward.bootstrap import Steward  # noqa: E402
from steward.models.frames import matrix  # noqa: E402
from steward.state.clients import Clients  # noqa: E402
from torture import Factory, free_port  # noqa: E402
from torture_kit import Processes, service  # noqa: E402

BARE = "import flask\napp = flask.Flask('bare')\n@app.post('/')\ndef echo():\n    return flask.jsonify(flask.request.get_json())\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument(
        "--home", type=pathlib.Path, help="a home with trained models (.demo/steward) for the first figures"
    )
    parser.add_argument("--rate", type=float, default=20.0, help="events a second")
    options = parser.parse_args()
    if options.home:
        in_process(Steward(config.load({"STEWARD_HOME": str(options.home)})))
    with tempfile.TemporaryDirectory(prefix="steward-serving-") as name:
        folder = pathlib.Path(name)
        with copied(published(Factory(folder / "template")), folder / "world") as world:
            port = free_port()
            settings = world.settings(STEWARD_LISTEN=f"127.0.0.1:{port}", STEWARD_RATE_LIMIT="1000000/minute")
            steward = Steward(config.load(settings))
            client = Clients(steward.state.engine, steward.now).create("bench", ["score", "events"])
            processes = Processes(settings, folder)
            try:
                with service(processes, port) as url, bare(folder) as other:
                    headers = token(url, client)
                    people = [row["Id"] for row in world.admin.query("SELECT Id FROM Contact LIMIT 200")]
                    over_http(url, other, headers, people, options.seconds)
                    event_to_profile(world, steward, processes, url, headers, people, options)
            finally:
                processes.stop()
                steward.close()


def in_process(steward: Steward) -> None:
    """One donor, from features to score and reasons, for every trained model, beside xgboost's own contributions."""
    models = [model for model in pipeline.speaking(steward) if model.boosted is not None]
    if not models:
        print("in process: rules speak for this little nonprofit, so there is nothing to compare")
        return
    run = next(one for one in steward.state.runs(5) if one.stage == "proven")
    frame = scored.load(steward.home / "runs", run.run_id).features
    donors = [frame.iloc[[place]].reset_index(drop=True) for place in range(0, len(frame), max(1, len(frame) // 40))]
    rows = {(m.outcome, n): matrix(donor, m.boosted.names) for m in models for n, donor in enumerate(donors)}

    def plain(n: int) -> None:
        for model in models:
            names = list(model.boosted.names)
            data = xgb.DMatrix(rows[model.outcome, n], feature_names=names, nthread=1)
            model.boosted.booster.predict(data, pred_contribs=True)

    def ours(n: int) -> None:
        for model in models:
            eligible = scoring.eligible(model, donors[n])
            if len(eligible):
                parts = model.boosted.contributions(eligible)
                scoring.score(model, donors[n], parts)
                explain.reasons(model, eligible, parts)

    for model in models:
        model.boosted.booster.set_param({"nthread": 1})
    base, mine = timed(plain, len(donors)), timed(ours, len(donors))
    tell(f"in process, one donor, {len(models)} models: bare xgboost contributions", base)
    tell("in process, one donor: score and reasons", mine, base)


def timed(work: Callable[[int], None], number: int) -> list[float]:
    work(0)
    spent = []
    for n in range(number):
        began = time.perf_counter()
        work(n)
        spent.append(time.perf_counter() - began)
    return spent


def token(url: str, client: tuple[str, str]) -> dict[str, str]:
    answer = requests.post(f"{url}/oauth/token", data={"grant_type": "client_credentials"}, auth=client, timeout=30)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@contextlib.contextmanager
def bare(folder: pathlib.Path) -> Iterator[str]:
    """A Flask route that gives back the JSON it got, under the same gunicorn settings."""
    (folder / "bare.py").write_text(BARE)
    port = free_port()
    words = ["-m", "gunicorn", "-k", "gthread", "-w", "2", "--threads", "4", "-b", f"127.0.0.1:{port}", "bare:app"]
    process = subprocess.Popen([sys.executable, *words], cwd=folder, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(200):
            with contextlib.suppress(requests.RequestException):
                if requests.post(url, json={}, timeout=2).ok:
                    break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def over_http(url: str, other: str, headers: dict[str, str], people: Sequence[str], seconds: float) -> None:
    """One connection each, in turn, so that both meet the same machine."""
    ours, theirs = requests.Session(), requests.Session()
    spent: dict[str, list[float]] = {"bare": [], "one": [], "fifty": []}
    deadline, n = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        n += 1
        one = {"donor_ids": [people[n % len(people)]]}
        spent["bare"].append(posted(theirs, other, one, {}))
        spent["one"].append(posted(ours, f"{url}/v1/scores", one, headers))
        if n % 10 == 0:
            spent["fifty"].append(posted(ours, f"{url}/v1/scores", {"donor_ids": list(people[:50])}, headers))
    tell("gunicorn: bare Flask JSON route", spent["bare"])
    tell("gunicorn: POST /v1/scores, one donor", spent["one"], spent["bare"])
    tell("gunicorn: POST /v1/scores, fifty donors", spent["fifty"], spent["bare"])


def posted(session: requests.Session, url: str, body: dict[str, object], headers: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = session.post(url, json=body, headers=headers, timeout=30)
    spent = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return spent


def event_to_profile(
    world: World, steward: Steward, processes: Processes, url: str, headers: dict[str, str], people: Sequence[str],
    options: argparse.Namespace,
) -> None:  # fmt: skip
    """Events at a steady rate, two workers: from the answer 202 to the profile read back from the org."""
    processes.start("worker", "worker", "--workers", "2")
    post_event(url, headers, people[0], 0)
    wait_until_idle(steward)
    session, began, number = requests.Session(), time.monotonic(), int(options.rate * options.seconds)
    for n in range(1, number + 1):
        time.sleep(max(0.0, began + n / options.rate - time.monotonic()))
        post_event(url, headers, people[n % len(people)], n, session)
    wait_until_idle(steward)
    with steward.state.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT received_at, finished_at FROM events WHERE event_id <> 'bench:0'"
        ).all()
    spent = [
        (dt.datetime.fromisoformat(str(end)) - dt.datetime.fromisoformat(str(start))).total_seconds()
        for start, end in rows
    ]
    assert len(spent) == number
    tell(f"{options.rate:g} events a second, two workers: event to profile", spent)


def post_event(url: str, headers: dict[str, str], donor: str, n: int, session: requests.Session | None = None) -> None:
    event = {
        "event_id": f"bench:{n}", "donor_id": donor, "event_type": "donation_updated",
        "timestamp": dt.datetime.now(dt.UTC).isoformat(),
    }  # fmt: skip
    answer = (session or requests).post(f"{url}/v1/events", json={"events": [event]}, headers=headers, timeout=30)
    assert answer.status_code == 202, answer.text


def wait_until_idle(steward: Steward) -> None:
    deadline = time.monotonic() + 300
    while steward.inbox.depth().waiting:
        assert time.monotonic() < deadline, steward.inbox.depth()
        time.sleep(0.05)


def tell(what: str, spent: Sequence[float], base: Sequence[float] | None = None) -> None:
    half, most, all_but_one = (float(np.percentile(spent, q)) * 1000 for q in (50, 95, 99))
    ratio = f"  p95 {most / (float(np.percentile(base, 95)) * 1000):.1f}x bare" if base else ""
    print(f"{what:75} p50 {half:8.2f}  p95 {most:8.2f}  p99 {all_but_one:8.2f} ms{ratio}", flush=True)


if __name__ == "__main__":
    main()
