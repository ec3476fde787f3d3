"""The language under Apex's own tests: each @IsTest method beside this file is a test here, its expectations the language reference's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from localorg.apex import process, sources, testing
from localorg.apex.testing import TestResult
from localorg.engine import Org

HERE = Path(__file__).parent
METHOD = re.compile(r"@IsTest\s+static\s+void\s+(\w+)\s*\(")
TESTS = [(path.stem, name) for path in sorted(HERE.glob("*.cls")) for name in METHOD.findall(path.read_text())]

pytestmark = pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], TestResult]:
    org = Org.open(tmp_path_factory.mktemp("apex-language"))
    try:
        org.apex.use([*sources.npsp(), *sources.in_folder(HERE)])
        report = testing.run(org)
    finally:
        org.close()
    assert report.problems == []
    return {(result.class_name, result.method): result for result in report.results}


@pytest.mark.parametrize(("class_name", "method"), TESTS, ids=[f"{name}.{method}" for name, method in TESTS])
def test_apex_does_what_the_reference_says(
    results: dict[tuple[str, str], TestResult], class_name: str, method: str
) -> None:
    result = results[class_name, method]

    assert result.passed, f"{result.message}\n{result.trace}"


def test_every_method_ran(results: dict[tuple[str, str], TestResult]) -> None:
    assert set(results) == set(TESTS)
