"""A night from the org's CSV pages to the CSV of changed rows, beside its floor: python tests/benchmarks/bench_night.py

    pages → snapshot → ledger, features, facts → 8 models of 300 trees, depth 5, and all other answers, with reasons
          → profile rows → changed rows by content hash → upload parts

The floor is a bare DuckDB parse of the same gifts and 8 bare xgboost predictions of the same donors. It is measured after each
of the two nights, and the mean counts: a machine that others share changes its pace within minutes. A night is one
process, as `steward run` is, so its first stage pays for the imports; processor time and peak memory are those of a stage
with all its processes together.
With `--eight`, only the eight questions that the floor predicts are asked: no other outcome, no amounts and dates of gifts
ahead. `full`: everybody is answered anew and written. `ordinary`: the day after; 2 % of the
households gave, everybody else is one day older. `proof`: the ordinary night again with nothing taken over, byte by byte.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from multiprocessing.forkserver import _forkserver  # type: ignore[attr-defined]
from typing import Any

from watching import Memory

BEGAN = time.perf_counter()
ROOT = pathlib.Path(__file__).resolve().parents[2]
AS_OF = dt.date(2026, 3, 15)
NOW = dt.datetime(2026, 3, 15, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SAMPLE = 20_000
EIGHT = "STEWARD_BENCH_EIGHT"  # tells the processes of the stages


def generate(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    import generator

    gifts = generator.write(generator.World(donors, AS_OF), folder / "pages")
    more = generator.write(generator.World(donors, AS_OF + DAY), folder / "later", changes=True)
    return {"gifts": gifts, "new_gifts": more}


def teach(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    import generator
    import night_kit as kit

    home = kit.home(champions(folder), "2GB")
    if home.registry.champion_version("value") is None:
        pages = folder / "sample"
        generator.write(generator.World(SAMPLE, AS_OF, seed=11), pages)
        kit.teach(home, kit.read(home, pages, NOW), AS_OF)
    return {}


def parse(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    """Read and type every column of the gifts, keep nothing."""
    import duckdb
    from steward.salesforce import contract

    columns = [path for column in contract.table("opportunities").columns for path in column.paths]
    kept = ", ".join(f'max("{name}")' for name in columns if name not in ("Amount", "CloseDate"))
    with duckdb.connect(config={"threads": 2, "memory_limit": memory}) as db:
        pages = f"read_csv('{folder}/pages/opportunities-*.csv', all_varchar = true)"
        db.execute(f"SELECT sum(Amount::DECIMAL(18,2)), max(CloseDate::DATE), {kept} FROM {pages}").fetchall()
    return {}


def predict(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    """Every full-size model's bare prediction of every unit, both threads; loading is not counted."""
    import night_kit as kit
    import numpy as np
    import pyarrow.parquet as pq
    from steward.models.frames import matrix

    steward = at_home(folder, memory)
    models = [steward.registry.champion(key) for key in kit.BOOSTED]
    frame = pq.read_table(run_folder(folder, "full") / "features.parquet").to_pandas()
    inputs = [np.ascontiguousarray(matrix(frame, model.boosted.names)) for model in models[:1]]
    assert all(model.boosted.names == models[0].boosted.names for model in models)
    del frame
    began, cpu = time.perf_counter(), time.process_time()
    for model in models:
        model.boosted.booster.set_param({"nthread": 2})
        model.boosted.booster.inplace_predict(inputs[0])
    return {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}


def read(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    import night_kit as kit

    kit.read(at_home(folder, memory), folder / "pages", NOW)
    return {}


def score(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    return scored_as(folder, memory, "full", AS_OF)


def write(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    return written(folder, memory, "full", NOW)


def settle(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    """What the org and the state hold after the full run: not measured."""
    import duckdb
    from steward.night import scored
    from steward.salesforce import snapshot

    steward = at_home(folder, memory)
    remember(steward, run_folder(folder, "full"))
    base = snapshot.latest(steward.home / "snapshots")
    assert base is not None
    rows = scored.rows(run_folder(folder, "full"))
    duckdb.execute(
        f"COPY (SELECT contact_id AS profile_id, contact_id, NULL::VARCHAR AS override_segment, NULL::DATE AS override_until, "
        f"Model_Version__c AS model_version, Trend__c AS trend FROM {rows}) "
        f"TO '{base.tables()['profiles'] / 'part-00000.parquet'}' (FORMAT parquet)"
    )
    return {}


def read_changes(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    import night_kit as kit
    from steward.salesforce import snapshot

    steward = at_home(folder, memory)
    kit.read(steward, folder / "later", NOW + DAY, snapshot.latest(steward.home / "snapshots"))
    return {}


def score_changes(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    return scored_as(folder, memory, "ordinary", AS_OF + DAY)


def write_changes(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    return written(folder, memory, "ordinary", NOW + DAY)


def proof(folder: pathlib.Path, donors: int, memory: str) -> dict[str, Any]:
    """The ordinary night with nothing to take over: are the rows the same?"""
    import duckdb
    from steward.night import scored

    ours = run_folder(folder, "ordinary")
    for run in (folder / "home" / "runs").iterdir():
        (run / "basis.json").unlink(missing_ok=True)
    found = scored_as(folder, memory, "proof", AS_OF + DAY)
    theirs = run_folder(folder, "proof")
    sides = [f"FROM {scored.rows(run)}" for run in (ours, theirs)]
    with duckdb.connect(config={"memory_limit": memory, "threads": 2, "temp_directory": str(folder)}) as db:
        count = "SELECT count(*), sum(hash(r)::HUGEINT), bit_xor(hash(r)) FROM ({}) AS r"
        same = db.execute(count.format(sides[0])).fetchone() == db.execute(count.format(sides[1])).fetchone()
    return {**found, "same": same}


FLOOR = ("parse", "predict")
NIGHTS = {"full": ("read", "score", "write"), "ordinary": ("read_changes", "score_changes", "write_changes")}
STAGES: dict[str, Callable[[pathlib.Path, int, str], dict[str, Any]]] = {
    one.__name__: one
    for one in (generate, teach, read, score, parse, predict, write, settle, read_changes, score_changes, write_changes, proof)
}  # fmt: skip


def champions(folder: pathlib.Path) -> pathlib.Path:
    return folder.parent / "champions"


@functools.cache
def at_home(folder: pathlib.Path, memory: str):  # type: ignore[no-untyped-def]
    import dataclasses

    import night_kit as kit

    steward = kit.home(folder / "home", memory)
    steward.settings = dataclasses.replace(steward.settings, artefacts_url=str(champions(folder) / "models"))
    return steward


def run_folder(folder: pathlib.Path, name: str) -> pathlib.Path:
    return folder / "home" / "runs" / (folder / f"{name}.run").read_text(encoding="utf-8")


def ask_eight() -> None:
    """As if only the models of full size had ever been asked for."""
    import night_kit as kit
    from steward import pipeline

    vars(pipeline)["speaking"] = lambda steward: [steward.registry.champion(key) for key in kit.BOOSTED]
    vars(pipeline)["valuing"] = lambda steward: None


def scored_as(folder: pathlib.Path, memory: str, name: str, as_of: dt.date) -> dict[str, Any]:
    from steward import pipeline
    from steward.night import scored
    from steward.runs import Request
    from steward.salesforce import snapshot

    if EIGHT in os.environ:
        ask_eight()
    steward = at_home(folder, memory)
    made = snapshot.latest(steward.home / "snapshots")
    assert made is not None
    report = pipeline.score(steward, made, Request(as_of=as_of, trigger=name), None)
    steward.state.finish_run(report.run_id, "Completed")  # nothing here is published
    (folder / f"{name}.run").write_text(report.run_id, encoding="utf-8")
    basis = scored.basis(run_folder(folder, name)) or {}
    return {"units": basis["units"], "anew": basis["anew"], "run": report.run_id}


def remember(steward: Any, run: pathlib.Path) -> None:
    import duckdb
    from steward.night import scored

    query = f"SELECT contact_id, content_hash FROM {scored.rows(run)}"
    rows = duckdb.execute(query).fetchall()
    steward.state.record_written("held", rows, NOW, NOW + dt.timedelta(days=35), NOW - DAY)


def written(folder: pathlib.Path, memory: str, name: str, now: dt.datetime) -> dict[str, Any]:
    """From the run's rows to upload parts: the difference to what the org holds, then the rows as they are sent."""
    import night_kit as kit
    from steward.night import changing, publishing
    from steward.salesforce import snapshot

    steward = at_home(folder, memory)
    base = snapshot.latest(steward.home / "snapshots")
    assert base is not None
    began = time.perf_counter()
    with changing.changes(steward, run_folder(folder, name), now, now) as found:
        diff = time.perf_counter() - began
        stamps = publishing._stamps(steward, "run", now, now)
        size = kit.upload_parts(found.tables(stamps), base, folder / f"{name}-upload")
        return {"diff": diff, "rows": found.writing, "unchanged": found.unchanged, "bytes": size}


def one_process(names: Sequence[str], folder: pathlib.Path, donors: int, memory: str) -> dict[str, dict[str, Any]]:
    """These stages one after the other: what each found, its seconds, its processor time and its peak."""
    command = [sys.executable, "-W", "ignore", __file__, "--folder", str(folder), "--donors", str(donors)]
    process = subprocess.Popen([*command, "--memory", memory, "--stages", *names], stdout=subprocess.PIPE, text=True)
    watch = Memory(process.pid)
    watch.start()
    results: dict[str, dict[str, Any]] = {}
    assert process.stdout is not None
    told = (line for line in process.stdout if line.startswith("{"))  # DuckDB may show its progress there, too
    for line, name in zip(told, names, strict=False):
        found = results[name] = {"peak": watch.since_last_asked(), **json.loads(line)}
        print(
            f"  {donors:>9,} {name:14s} {found['wall']:8.1f} s {found['cpu']:8.1f} cpu-s {found['peak']:7.0f} MB",
            file=sys.stderr,
        )
    watch.done.set()
    if process.wait():
        raise SystemExit(f"{' '.join(names)} failed")
    return results


def tell(names: Sequence[str], folder: pathlib.Path, donors: int, memory: str) -> None:
    """In that process: a line a stage."""
    wall, cpu = 0.0, 0.0
    for name in names:
        found = STAGES[name](folder, donors, memory)
        _forkserver._stop()  # type: ignore[attr-defined]  # else nobody waits for it, and its workers' time is not ours
        now, used = time.perf_counter() - BEGAN, sum(os.times()[:4])
        print(json.dumps({"wall": now - wall, "cpu": used - cpu, **found}), flush=True)
        wall, cpu = now, used


def night(folder: pathlib.Path, donors: int, memory: str, proven: bool) -> dict[str, dict[str, Any]]:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "home", ignore_errors=True)  # nothing is known of the org yet
    found: dict[str, dict[str, Any]] = {}
    floors = []
    for names in (["generate"], ["teach"], NIGHTS["full"], FLOOR, ["settle"], NIGHTS["ordinary"], FLOOR, ["proof"]):
        if names is FLOOR:
            floors.append({name: one_process([name], folder, donors, memory)[name] for name in FLOOR})
        elif names != ["proof"] or proven:
            found |= one_process(names, folder, donors, memory)
    for name in FLOOR:
        found[name] = {kind: sum(one[name][kind] for one in floors) / len(floors) for kind in floors[0][name]}
    return found


def table(donors: int, memory: str, found: dict[str, dict[str, Any]]) -> None:
    gifts = found["generate"]["gifts"]
    print(
        f"\n{donors:,} Contacts, {found['score']['units']:,} units, {gifts:,} gifts; DuckDB limit {memory}, 2 threads"
    )
    print(f"{'stage':28s} {'wall s':>8s} {'cpu s':>8s} {'peak MB':>8s}")
    for name, one in found.items():
        if name not in ("generate", "teach", "settle"):
            print(f"{name:28s} {one['wall']:8.1f} {one['cpu']:8.1f} {one['peak']:8.0f}")
    floor = [found["parse"][kind] + found["predict"][kind] for kind in ("wall", "cpu")]
    for name, parts in NIGHTS.items():
        wall, cpu = (sum(found[part][kind] for part in parts) for kind in ("wall", "cpu"))
        peak = max(found[part]["peak"] for part in parts)
        last = found[parts[-1]]
        print(
            f"{name:10s} {wall:7.1f} s = {wall / floor[0]:5.2f} x the floor; {cpu:7.1f} cpu-s = {cpu / floor[1]:5.2f} x; "
            f"peak {peak:,.0f} MB; {found[parts[1]]['anew']:,} units answered; {last['rows']:,} rows, {last['bytes'] / 1e6:,.0f} MB; "
            f"difference {last['diff']:.2f} s"
        )
    if "proof" in found:
        print("ordinary night byte for byte as if everybody had been answered:", found["proof"]["same"])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--donors", type=int, nargs="+", default=[10_000, 100_000])
    options.add_argument("--memory", default="1GB", help="DuckDB's limit (STEWARD_MEMORY_LIMIT)")
    options.add_argument("--folder", type=pathlib.Path, help="keep pages and trained models here for the next time")
    options.add_argument("--no-proof", action="store_true", help="leave out the second, complete ordinary night")
    options.add_argument("--eight", action="store_true", help="ask the eight questions of the floor and no other")
    options.add_argument("--stages", choices=STAGES, nargs="+", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.stages:
        sys.path[:0] = [str(ROOT / "backend"), str(ROOT / "tests" / "benchmarks")]
        warnings.filterwarnings("ignore")
        tell(chosen.stages, chosen.folder, chosen.donors[0], chosen.memory)
        return
    if chosen.eight:
        os.environ[EIGHT] = "yes"
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.folder or pathlib.Path(name)
        results = {
            donors: night(folder / str(donors), donors, chosen.memory, not chosen.no_proof) for donors in chosen.donors
        }
    versions = [f"{one} {__import__(one).__version__}" for one in ("duckdb", "xgboost", "numba", "numpy", "pandas")]
    print(f"Python {platform.python_version()}, {', '.join(versions)}, {platform.machine()}, {os.cpu_count()} cores")
    for donors, found in results.items():
        table(donors, chosen.memory, found)


if __name__ == "__main__":
    main()
