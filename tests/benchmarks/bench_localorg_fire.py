"""The gateway under fire at size: `python tests/benchmarks/bench_localorg_fire.py --donors 20000 --seeds 3`.

A first night of the same nonprofit, once in peace and once for each seed in a mix of every fault the local org knows.
Each must end with exactly the rows of the peaceful one, or stop with what to do and end so by one more `steward run`.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "benchmarks"), str(ROOT), str(ROOT / "orgs"), str(ROOT / "backend")]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from bench_localorg_night import SMALL, fill, learn  # noqa: E402
from fire_kit import assert_whole, rows, under_fire  # noqa: E402
from job_world import Template, copied, fine, serving  # noqa: E402
from steward.salesforce.client import Gateway  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--donors", type=int, default=20_000)
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--share", type=float, default=0.02)
    given = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("STEWARD_")]:
        del os.environ[name]
    # the org answers at once or a fault repeats: waiting between two tries is shortened to a hundredth
    (Gateway.__init__.__kwdefaults__ or {})["sleep"] = lambda seconds: time.sleep(seconds / 100)
    with tempfile.TemporaryDirectory(prefix="fire-") as name:
        folder = pathlib.Path(name)
        learn(folder, lambda small: fill(small, folder / "few", min(SMALL, given.donors), given.years))
        (folder / "large").mkdir()
        learnt = Template(folder / "large" / "org", folder / "large" / "home")
        with serving(learnt) as world:
            fill(world, folder / "many", given.donors, given.years)
            fine(world.steward("extract"))
        with copied(learnt, folder / "peace") as world:
            fine(world.steward("run"))
            expected = rows(world)
        shutil.rmtree(folder / "peace")
        print(f"{given.donors:,} donors: a night in peace writes {len(expected):,} profiles", flush=True)
        for seed in range(1, given.seeds + 1):
            began = time.monotonic()
            with copied(learnt, folder / f"fire-{seed}") as world:
                said = under_fire(world, seed, given.share)
                assert_whole(world, expected)
            shutil.rmtree(folder / f"fire-{seed}")
            print(f"seed {seed}: {said}; the same {len(expected):,} rows, {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
