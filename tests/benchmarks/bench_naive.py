"""Steward's first night beside the script that every guide shows, on one nonprofit in the local org.

    python tests/benchmarks/bench_naive.py [--donors 1000]

Both are processes of their own and write every donor's profile; the org is the same, so what it costs is in both times.
The naive script answers one question with the names of three features; Steward answers all of its questions in words.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import rich.console
import rich.table

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "tests" / "benchmarks"), str(ROOT)]

from bench_localorg_night import fill_plainly  # noqa: E402
from job_world import Template, World, fine, serving  # noqa: E402

YEARS = 5
STEWARD = ("-c", "from steward.cli import main; main()")
GUIDE = (str(ROOT / "tests" / "benchmarks" / "naive_guide.py"),)


@dataclass(frozen=True)
class Cost:
    """What one process cost, and the API calls that the org answered it."""

    seconds: float
    cpu: float
    megabytes: float
    calls: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=1000)
    donors = parser.parse_args().donors
    for name in [name for name in os.environ if name.startswith("STEWARD_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="naive-") as name, filled(pathlib.Path(name), donors) as world:
        log = pathlib.Path(name) / "log"
        guide = {
            "NAIVE_URL": world.org.url, "NAIVE_CA": world.org.ca, "NAIVE_SESSION": world.admin.token, "SHAP_NO_BANNER": "1",
        }  # fmt: skip
        model = str(pathlib.Path(name) / "naive.ubj")
        spent(world, (*GUIDE, "train", model), guide, log)
        ours = spent(world, (*STEWARD, "run", "--nightly"), world.settings(), log)
        written = len(world.profiles())
        again = spent(world, (*STEWARD, "run", "--nightly"), world.settings(), log)
        theirs = spent(
            world, (*GUIDE, "score", model), guide, log
        )  # the last: its rows are not what Steward would prove
    tell(donors, written, {"naive script": theirs, "Steward, first night": ours, "Steward, once more": again})


@contextlib.contextmanager
def filled(folder: pathlib.Path, donors: int) -> Iterator[World]:
    """A nonprofit whose Steward has read it and learnt from it."""
    (folder / "world").mkdir()
    with serving(Template(folder / "world" / "org", folder / "world" / "home")) as world:
        fill_plainly(world, donors, YEARS)
        fine(world.steward("extract"))
        fine(world.steward("train"))
        yield world


def spent(world: World, words: tuple[str, ...], settings: Mapping[str, str], log: pathlib.Path) -> Cost:
    requests = world.org.folder / "requests.jsonl"
    before, began = requests.stat().st_size, time.perf_counter()
    with log.open("ab") as said:
        process = os.posix_spawn(
            sys.executable, [sys.executable, *words], {**os.environ, **settings},
            file_actions=[(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, said.fileno(), 2)],
        )  # fmt: skip
        status, used, most = _ended(process)
    took = time.perf_counter() - began
    if status:
        raise SystemExit(f"{' '.join(words[-3:])} failed:\n{log.read_text()[-2000:]}")
    with requests.open("rb") as file:
        file.seek(before)
        calls = sum("/data/v" in json.loads(line)["route"] for line in file)
    return Cost(took, used.ru_utime + used.ru_stime, most, calls)


def _ended(process: int) -> tuple[int, resource.struct_rusage, float]:
    """Exit status, what was used, and the most memory in MB: asked of the living, for a child's own count begins with ours."""
    most = 0.0
    while True:
        ended, status, used = os.wait4(process, os.WNOHANG)
        if ended:
            return status, used, most
        with contextlib.suppress(OSError, StopIteration):
            lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
            most = int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1e3
        time.sleep(0.02)


def tell(donors: int, written: int, costs: Mapping[str, Cost]) -> None:
    table = rich.table.Table(f"{donors:,} donors", "seconds", "cpu s", "peak MB", "API calls", "times", box=None)
    base = costs["naive script"]
    for name, cost in costs.items():
        times = (
            f"{base.seconds / cost.seconds:.1f}x as fast, {base.calls / cost.calls:.0f}x fewer calls"
            if cost is not base
            else ""
        )
        table.add_row(
            name, f"{cost.seconds:.1f}", f"{cost.cpu:.1f}", f"{cost.megabytes:,.0f}", f"{cost.calls:,}", times
        )
    console = rich.console.Console(highlight=False, width=140)
    console.print(table)
    console.print(f"{written:,} profiles by Steward's first night; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
