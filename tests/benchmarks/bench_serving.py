"""How quick the service is, each figure beside something bare in the same run: a donor in process, requests, a soak, events.

    python tests/benchmarks/bench_serving.py [--parts in-process memory requests models soak events] [--seconds 20]

`in-process` and `models` need a home with trained models: --home, for example .demo/steward.
"""

from __future__ import annotations

import argparse
import functools
import os
import pathlib
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import requests
import xgboost as xgb

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "tests" / "benchmarks"), str(ROOT)]

from serving_kit import Client, Place, cpu_seconds, frugal, place, served_by, told, tree_of  # noqa: E402
from serving_memory import measured  # noqa: E402
from steward import config, explain, pipeline, scoring  # noqa: E402
from steward.bootstrap import Steward  # noqa: E402
from steward.models import Model  # noqa: E402
from steward.models.frames import UnitFacts, facts_in, matrix  # noqa: E402
from steward.night import scored  # noqa: E402

PARTS = ("in-process", "memory", "requests", "models", "soak", "events")
BARE = "import flask\napp = flask.Flask('bare')\n@app.post('/')\ndef echo():\n    return flask.jsonify(flask.request.get_json())\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=["requests", "soak", "events"])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each of the parts")
    parser.add_argument("--home", type=pathlib.Path, help="a home with trained models")
    parser.add_argument("--rate", type=float, default=20.0, help="events a second")
    parser.add_argument("--donors", type=int, default=1_000_000, help="of the night that `memory` makes up")
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start", flush=True)
    if options.home and "in-process" in options.parts:
        in_process(Steward(config.load({"STEWARD_HOME": str(options.home)})))
    if "memory" in options.parts:
        measured(options.donors)
    if options.home and "models" in options.parts:
        by_models(options.home, options.seconds)
    if {"requests", "soak", "events"} & set(options.parts):
        with tempfile.TemporaryDirectory(prefix="steward-serving-") as name, place(pathlib.Path(name)) as here:
            if "requests" in options.parts:
                over_http(here, options.seconds)
            if "soak" in options.parts:
                soak(here, options.seconds)
            if "events" in options.parts:
                event_to_profile(here, options.rate, options.seconds)


def in_process(steward: Steward) -> None:
    """One donor, from features to score and reasons, beside xgboost's own contributions of the same models."""
    models, donors = boosted(steward), lone_donors(steward)
    if not models:
        print("in process: rules speak for this little nonprofit, so there is nothing to compare")
        return
    asked = [[one for one in models if len(scoring.asked(one, donor))] for donor in donors]

    def plain(n: int) -> None:
        for model in asked[n]:
            contributions_by_xgboost(model, donors[n])

    def ours(n: int) -> None:
        for model in asked[n]:
            score_and_reasons(model, donors[n])

    base, mine = timed(plain, len(donors)), timed(ours, len(donors))
    number = np.mean([len(one) for one in asked])
    told(f"in process, one donor, {number:.1f} models of {len(models)}: bare xgboost contributions", base)
    told("in process, one donor: score and reasons", mine, base)


def boosted(steward: Steward) -> list[Model]:
    found = [model for model in pipeline.speaking(steward) if model.boosted is not None]
    for model in found:
        model.boosted.booster.set_param({"nthread": 1})
    return found


def lone_donors(steward: Steward, number: int = 500) -> list[UnitFacts]:
    """Some units' facts, each for itself; however large the night was."""
    run = next(one for one in steward.state.runs(20) if one.scope is None and one.stage != "started")
    path = scored.require(steward.home / "runs", run.run_id) / scored.FEATURES
    with duckdb.connect() as db:
        chosen = f"SELECT * FROM read_parquet('{path}') ORDER BY hash(unit_id) LIMIT {number}"
        known = facts_in(db.sql(chosen).to_arrow_table())
    return [known.taken(np.array([n])) for n in range(len(known))]


def contributions_by_xgboost(model: Model, donor: UnitFacts) -> np.ndarray:
    names = model.boosted.names
    data = xgb.DMatrix(matrix(donor, names), feature_names=list(names), nthread=1)
    return model.boosted.booster.predict(data, pred_contribs=True)


def score_and_reasons(model: Model, donor: UnitFacts) -> tuple[float, explain.Reasons]:
    """Of a donor whom the model is about."""
    parts = model.boosted.contributions(donor)
    said = scoring.scores_of(model, donor, np.arange(1), parts)
    return float(said.score[0]), explain.reasons(model, donor, parts)[0]


def timed(work: Callable[[int], object], number: int) -> list[float]:
    """CPU seconds, which say the same on a busy machine."""
    work(0)
    spent = []
    for n in [*range(number), *range(number)]:
        began = time.thread_time()
        work(n)
        spent.append(time.thread_time() - began)
    return spent


def by_models(home: pathlib.Path, seconds: float) -> None:
    """The same Flask route with the features at hand: every model with reasons, by xgboost's contributions and by ours."""
    for way in ("nothing", "xgboost", "steward"):
        with served_by(
            "serving_routes:app", ROOT / "tests" / "benchmarks", {"BENCH_HOME": str(home), "BENCH_WAY": way}
        ) as served:
            before = tree_of(served.pid).seconds
            client = functools.partial(frugal, served.url, set())
            spent = hammer(f"every model with reasons, by {way}, two clients", client, 2, seconds)
            used = (tree_of(served.pid).seconds - before) / len(spent)
            print(f"processor time of the service a request: {used * 1000:.2f} ms", flush=True)


def hammer(what: str, client: Client, clients: int, seconds: float) -> list[float]:
    """So many clients, each as fast as it is answered; a refusal ends it and is told."""
    spent: list[float] = []
    deadline = time.monotonic() + seconds

    def ask_on(ask: Callable[[int], int], number: int) -> None:
        n = number
        ask(n)
        while time.monotonic() < deadline:
            n += clients
            began = time.perf_counter()
            status = ask(n)
            spent.append(time.perf_counter() - began)
            assert status == 200, status

    with ThreadPoolExecutor(clients) as pool:
        for running in [pool.submit(ask_on, client(), number) for number in range(clients)]:
            running.result()
    told(f"{what}: {len(spent) / seconds:.0f} requests/s", spent)
    return spent


def over_http(here: Place, seconds: float) -> None:
    """One connection each, in turn, so that both meet the same machine; then two clients at once."""
    (here.folder / "bare.py").write_text(BARE)
    with served_by("bare:app", here.folder, {}) as other:
        ours, theirs = requests.Session(), requests.Session()
        spent: dict[str, list[float]] = {"bare": [], "one": [], "fifty": []}
        deadline, n = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            n += 1
            one = {"donor_ids": [here.people[n % len(here.people)]]}
            spent["bare"].append(posted(theirs, other.url, one, {}))
            spent["one"].append(posted(ours, f"{here.url}/v1/scores", one, here.headers))
            if n % 10 == 0:
                fifty = {"donor_ids": list(here.people[:50])}
                spent["fifty"].append(posted(ours, f"{here.url}/v1/scores", fifty, here.headers))
        told("gunicorn: bare Flask JSON route", spent["bare"])
        told("gunicorn: POST /v1/scores, one donor", spent["one"], spent["bare"])
        told("gunicorn: POST /v1/scores, fifty donors", spent["fifty"], spent["bare"])
    hammer("gunicorn: POST /v1/scores, one donor, two clients", here.client, 2, seconds)


def posted(session: requests.Session, url: str, body: dict[str, object], headers: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = session.post(url, json=body, headers=headers, timeout=30)
    spent = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return spent


def soak(here: Place, seconds: float) -> None:
    """Requests without a pause: the last tenth as quick as the first, and the processes no larger."""
    hammer("soak: warm-up", here.client, 2, min(10.0, seconds / 4))
    before = tree_of(here.serve)
    spent = hammer("soak: POST /v1/scores, one donor, two clients", here.client, 2, seconds)
    after = tree_of(here.serve)
    tenth = max(1, len(spent) // 10)
    first, last = np.percentile(spent[:tenth], 95) * 1000, np.percentile(spent[-tenth:], 95) * 1000
    print(f"soak: p95 of the first tenth {first:.2f} ms, of the last {last:.2f} ms; "
          f"memory {before.megabytes:.0f} → {after.megabytes:.0f} MB", flush=True)  # fmt: skip


def event_to_profile(here: Place, rate: float, seconds: float) -> None:
    """Events at a steady rate, two workers: from the answer 202 to the profile read back from the org."""
    worker = here.start_workers(2)
    here.send(0)
    here.wait_until_idle()
    before = cpu_seconds(worker, here.serve)
    session, began, number = requests.Session(), time.monotonic(), int(rate * seconds)
    for n in range(1, number + 1):
        time.sleep(max(0.0, began + n / rate - time.monotonic()))
        here.send(n, session)
    here.wait_until_idle()
    spent = here.ways()
    assert len(spent) == number
    told(f"{rate:g} events a second, two workers: event to profile", spent)
    after = cpu_seconds(worker, here.serve)
    used = ", ".join(f"{name} {after[name] - before[name]:.0f}" for name in after)
    print(f"CPU seconds of {seconds:g}: {used}; load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
