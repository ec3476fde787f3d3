"""Nightly: Salesforce's graph engine finds nothing in our Apex that has no reason here, and no reason is out of date."""

from __future__ import annotations

import os
import pathlib
import shutil

import pytest
from conftest import ROOT
from metadata_checks import apex_graph
from metadata_checks.apex_graph import Reached

TWIN = """public class Unguarded {
    @AuraEnabled
    public static List<Contact> named(String lastName) { return [SELECT Id, Email FROM Contact WHERE LastName = :lastName]; }
}"""
MADE_TO_BE_FOUND = {"ApexFlsViolation", "DatabaseOperationsMustUseWithSharing", "MissingNullCheckOnSoqlVariable"}
RIGHTS = {"ApexFlsViolation", "DatabaseOperationsMustUseWithSharing"}
NULLS, STOPPED = {"MissingNullCheckOnSoqlVariable"}, {"InternalExecutionError"}
# By the class whose line is meant.
REASONS: dict[str, tuple[set[str], str]] = {
    "ContactMerge_TDTM": (RIGHTS, "whoever may merge Contacts need not be allowed to delete profiles"),
    "DonorErasure": (
        RIGHTS | NULLS,
        "the person must be allowed to edit the Contact; what hangs on it goes whoever asks",
    ),
    "UnsentChanges": (RIGHTS, "the bus and the scheduler run as users who hold no permission set"),
    "NpspHandlers": (RIGHTS, "the installer's own permissions do not matter for the package's rows"),
    "DonorProfileSelector": (NULLS, "without an id no row is found; every field asked for is indexed"),
    "HealthSelector": (NULLS, "the moment is the clock's"),
    "CampaignList": (NULLS, "without a campaign nobody is in it"),
    "DonorProfileController": (STOPPED, "the engine does not follow `x ? null : list[0]`; PMD and the tests look here"),
    "SetupController": (
        STOPPED,
        "the engine cannot tell which constructor `people > 0` calls; PMD and the tests look here",
    ),
    "PortfolioController": (STOPPED, "the engine does not know `??`; PMD and the tests look here"),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not os.environ.get("NIGHTLY"), reason="takes minutes: make test-nightly"),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, node_modules: pathlib.Path, java: str) -> list[Reached]:
    """Our classes, and beside them one that breaks the rules."""
    workspace = tmp_path_factory.mktemp("graph")
    package = workspace / "main"
    shutil.copytree(ROOT / "force-app" / "main", package)
    (package / "default" / "classes" / "Unguarded.cls").write_text(TWIN)
    engine = node_modules / "@salesforce" / "code-analyzer-sfge-engine" / "dist" / "java-lib"
    return apex_graph.findings(package, engine, java, workspace)


def test_a_class_that_asks_for_everything_is_found(found: list[Reached]) -> None:
    assert {one.rule for one in found if one.source == "Unguarded"} == MADE_TO_BE_FOUND


def test_every_other_finding_has_its_reason(found: list[Reached]) -> None:
    unexplained = [
        one for one in found if one.source != "Unguarded" and one.rule not in REASONS.get(one.sink, (set(), ""))[0]
    ]
    assert unexplained == []


def test_every_reason_still_has_its_finding(found: list[Reached]) -> None:
    meant = {(one.sink, one.rule) for one in found}
    stale = [(name, rule) for name, (rules, _) in REASONS.items() for rule in rules if (name, rule) not in meant]
    assert stale == []
