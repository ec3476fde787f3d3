"""The platform library under Apex's own tests: each @IsTest method beside this file is a test here."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from localorg.apex import process, testing
from localorg.apex.testing import TestResult
from localorg.engine import Org

CLASSES = Path(__file__).parent / "classes"
META = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ApexClass xmlns="http://soap.sforce.com/2006/04/metadata">'
    "<apiVersion>62.0</apiVersion><status>Active</status></ApexClass>\n"
)
METHOD = re.compile(r"@IsTest\s+static\s+void\s+(\w+)\s*\(")
TESTS = [(path.stem, name) for path in sorted(CLASSES.glob("*.cls")) for name in METHOD.findall(path.read_text())]

pytestmark = pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], TestResult]:
    folder = tmp_path_factory.mktemp("apex-platform")
    deployed = folder / "force-app" / "main" / "default" / "classes"
    shutil.copytree(CLASSES, deployed)
    for path in deployed.glob("*.cls"):
        path.with_name(f"{path.name}-meta.xml").write_text(META)
    org = Org.open(folder / "org")
    try:
        org.deploy(folder / "force-app")
        report = testing.run(org)
    finally:
        org.close()
    return {(result.class_name, result.method): result for result in report.results}


@pytest.mark.parametrize(("class_name", "method"), TESTS, ids=[f"{name}.{method}" for name, method in TESTS])
def test_the_platform_answers_as_the_reference_says(
    results: dict[tuple[str, str], TestResult], class_name: str, method: str
) -> None:
    result = results[class_name, method]

    assert result.passed, f"{result.message}\n{result.trace}"


def test_every_apex_test_ran(results: dict[tuple[str, str], TestResult]) -> None:
    assert sorted(results) == sorted(TESTS)
