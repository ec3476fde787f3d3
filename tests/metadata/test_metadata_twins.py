"""Each check is proven by a bad twin: the real package with one mistake in it must be refused with exactly that problem.

What the platform refuses, the local org refuses; `limits` and `formulas` add what we ask of ourselves.
"""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Callable, Iterator

import pytest
from conftest import BUNDLES, ROOT
from localorg.deploy.plan import Plan
from localorg.deploy.problems import Problems
from localorg.deploy.source import from_folder, read
from localorg.engine import Org
from metadata_checks import formulas, limits
from metadata_checks.source import FieldShape, Finding, Source
from metadata_mistakes import LIGHTNING, LIMITS, PROFILE, REFERENCES, SCREENS, STRUCTURE, Mistake, contact, profile

Twin = Callable[[str, str, str], Source]
Refused = Callable[[str, str, str], list[str]]


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    org = Org.open(tmp_path_factory.mktemp("org"))
    yield org
    org.close()


@pytest.fixture(scope="module")
def package_files() -> dict[str, bytes]:
    return {
        f"{folder.name}/{path}": body
        for folder in (ROOT / "force-app", *BUNDLES)
        for path, body in from_folder(folder).items()
    }


@pytest.fixture
def refused(org: Org, package_files: dict[str, bytes]) -> Refused:
    """Everything the org says of the package when `old` becomes `new` at its first place in a file."""

    def make(file: str, old: str, new: str) -> list[str]:
        path = f"force-app/main/default/{file}"
        text = package_files[path].decode()
        assert old in text, f"the twin of {file} has nothing to change: {old!r}"
        changed = package_files | {path: text.replace(old, new, 1).encode()}
        problems = Problems()
        Plan(org.schema, read(changed, problems), org.shelf, problems, {}).build()
        return [one.message for one in (*problems.found, *problems.warnings)]

    return make


@pytest.fixture
def twin(tmp_path: pathlib.Path, org_objects: dict[str, dict[str, FieldShape]]) -> Twin:
    """Copies the package and makes one change: `old` becomes `new` at its first place in the file."""

    def make(file: str, old: str, new: str) -> Source:
        shutil.copytree(ROOT / "force-app", tmp_path / "force-app")
        path = tmp_path / "force-app" / "main" / "default" / file
        text = path.read_text()
        assert old in text, f"the twin of {file} has nothing to change: {old!r}"
        path.write_text(text.replace(old, new, 1))
        return Source.read([tmp_path / "force-app", *BUNDLES], org_objects)

    return make


def messages(findings: list[Finding]) -> list[str]:
    return [one.message for one in findings]


@pytest.mark.parametrize("mistake", STRUCTURE + LIMITS + REFERENCES + SCREENS, ids=lambda mistake: mistake[3][:60])
def test_a_mistake_in_the_metadata_is_refused(refused: Refused, mistake: Mistake) -> None:
    found = refused(*mistake[:3])
    assert any(mistake[3] in one for one in found), found


@pytest.mark.parametrize("mistake", LIGHTNING, ids=lambda mistake: mistake[3][:60])
def test_a_wrong_name_in_a_component_is_refused(refused: Refused, mistake: Mistake) -> None:
    found = refused(f"lwc/{mistake[0]}", *mistake[1:3])
    assert any(mistake[3] in one for one in found), found


def test_a_file_of_another_kind_than_its_name_says_is_refused(org: Org, package_files: dict[str, bytes]) -> None:
    path = f"force-app/main/default/{profile('Basis__c')}"
    moved = {name: body for name, body in package_files.items() if name != path}
    moved[path.replace(".field-meta", ".listView-meta")] = package_files[path]
    problems = Problems()
    read(moved, problems)
    assert [one.message for one in problems.found] == [
        "Error parsing file: the root element must be ListView in http://soap.sforce.com/2006/04/metadata"
    ]


@pytest.mark.parametrize(
    "mistake",
    [
        (profile("Next_Step__c"), "What we suggest you do next. You decide.", "", "no <inlineHelpText>"),
        (profile("Next_Step__c"), "What we suggest", "What the XGBoost classifier suggests", "'XGBoost'"),
        (
            profile("Next_Step__c"),
            "What to do next with this donor, within their contact preferences.",
            "",
            "no <description>",
        ),
        (profile("Contact__c"), "<relationshipOrder>0</relationshipOrder>", "", "needs <relationshipOrder>"),
        (profile("Basis__c"), "<restricted>true<", "<restricted>false<", "not restricted"),
        (PROFILE, "<enableHistory>true", "<enableHistory>false", "history is tracked"),
    ],
)
def test_a_missing_explanation_or_a_loose_end_is_found(twin: Twin, mistake: Mistake) -> None:
    found = messages(list(limits.check(twin(*mistake[:3]))))
    assert any(mistake[3] in one for one in found), found


@pytest.mark.parametrize(
    "mistake",
    [
        (contact("AI_Next_Step__c"), "Next_Step__c\n)", "Next_Step__c\n", "does not work"),
        (contact("AI_Next_Step__c"), "IF(", "IFF(", "does not work"),
        (contact("AI_Next_Step__c"), "<type>Text<", "<type>Date<", "gives text, the field is Date"),
        (contact("AI_Next_Step__c"), "    AI_Opt_Out__c,", "    AI_Opt_Out__c + 1,", "does not work"),
        (profile("Effective_Segment__c"), "TEXT(Segment__c)", "Segment__c", "does not work"),
        (
            profile("Effective_Segment__c"),
            "TEXT(Segment__c)",
            'LEFT("x", Override_Until__c - TODAY())',
            "fails when its fields are blank",
        ),
    ],
)
def test_a_formula_that_would_not_save_or_breaks_on_blanks_is_found(
    twin: Twin, node: pathlib.Path, node_modules: pathlib.Path, mistake: Mistake
) -> None:
    found = messages(list(formulas.check(twin(*mistake[:3]), node)))
    assert any(mistake[3] in one for one in found), found
