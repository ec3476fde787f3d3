"""The whole training on a generated nonprofit, in CPU-seconds and memory: python tests/benchmarks/bench_training.py --donors 100000

Every outcome and the values, as `steward train` does it: features at every past date, labels, choosing, judging, publishing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import pathlib
import resource
import tempfile
import time

import generator
import night_kit as kit
from steward import pipeline, training

AS_OF = dt.date(2026, 3, 16)


class Clock:
    """Progress as a table: what each stage cost until the next began."""

    def __init__(self) -> None:
        self._name, self._since = "", 0.0

    def stage(self, name: str, total: int | None = None) -> None:
        now = time.process_time()
        if self._name:
            print(f"{self._name:<55}{now - self._since:>9.0f} CPU-s", flush=True)
        self._name, self._since = name, now

    def advance(self, done: int) -> None:
        pass

    def say(self, text: str) -> None:
        pass


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--donors", type=int, default=100_000)
    asked.add_argument("--memory", default="2GB")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        gifts = generator.write(generator.World(given.donors, AS_OF), folder / "pages")
        steward = kit.home(folder / "home", given.memory)
        read = kit.read(steward, folder / "pages", dt.datetime.combine(AS_OF, dt.time(3), dt.UTC))
        print(f"{given.donors:,} people, {gifts:,} gifts", flush=True)
        clock, began = Clock(), time.process_time()
        ledger = steward.ledger(steward.tables(read.tables()))
        learnt = training.train(ledger, pipeline.ALL, AS_OF, steward.settings, clock)
        clock.stage("")
        seconds, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{len(learnt.models)} outcomes and the values: {seconds:.0f} CPU-s, at most {peak:,.0f} MB")
        for model in learnt.models:
            data, recipe = model.card["data"], model.card["recipe"]
            print(
                f"  {model.outcome:<20}{model.method:<6}{data['examples']:>9,} examples  {recipe and recipe['voice_of_trees']}"
            )


if __name__ == "__main__":
    main()
