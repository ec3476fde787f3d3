"""Our package's Apex in an emulated org: every test passes, and faults put into the classes are noticed.

A sample of the faults in every run; `make mutate` tries them all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from localorg.apex import mutation, process, testing
from localorg.engine import Org

ROOT = Path(__file__).parents[2]
SAMPLE = None if os.environ.get("MUTATIONS") == "all" else 24
UNSEEN = {  # an HttpRequest tells nobody how long it waits
    "private static final Integer PATIENCE = 20000;",
    "request.setTimeout(PATIENCE);",
}

pytestmark = pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    made = Org.open(tmp_path_factory.mktemp("apex-package"))
    made.deploy(ROOT / "force-app")
    yield made
    made.close()


def test_every_apex_test_of_the_package_passes(org: Org) -> None:
    report = testing.run(org)

    failed = [f"{one.class_name}.{one.method}: {one.message}\n{one.trace}" for one in report.results if not one.passed]
    assert failed == []
    assert report.problems == []


def test_the_tests_reach_nine_lines_of_ten_in_every_class(org: Org) -> None:
    reached = {
        one["name"]: testing.percent([one]) for one in testing.run(org).coverage if one["covered"] + one["uncovered"]
    }

    assert len(reached) > 30
    assert {name: percent for name, percent in reached.items() if percent < 90} == {}


def test_every_fault_put_into_the_classes_is_noticed(org: Org) -> None:
    laboratory = mutation.Laboratory(org)

    verdicts = laboratory.try_all(laboratory.mutations(SAMPLE, seed=7))

    survivors = [one.mutation for one in verdicts if one.survived and one.mutation.before.strip() not in UNSEEN]
    assert verdicts
    assert survivors == [], "\n".join(map(str, survivors))
