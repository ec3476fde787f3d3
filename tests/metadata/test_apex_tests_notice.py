"""Our package's Apex in an emulated org: every test passes, and faults put into the classes are noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from localorg.apex import mutation, process, testing
from localorg.engine import Org

ROOT = Path(__file__).parents[2]
SAMPLE, NOTICED = 12, 9

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
    assert len(report.results) >= 13
    assert report.percent >= 90


def test_a_sample_of_faults_is_noticed(org: Org) -> None:
    laboratory = mutation.Laboratory(org)

    verdicts = laboratory.try_all(laboratory.mutations(SAMPLE, seed=7))

    survivors = [str(verdict.mutation) for verdict in verdicts if verdict.survived]
    assert len(verdicts) - len(survivors) >= NOTICED, survivors
