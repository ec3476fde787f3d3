"""What we ship passes every check; `test_metadata_twins.py` proves that each check can fail."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable

from conftest import BUNDLES, ROOT
from localorg.deploy import Options, deploy_files
from localorg.deploy.source import from_folder
from localorg.engine import Org
from metadata_checks import formulas, limits
from metadata_checks.source import Finding, Source


def none(findings: Iterable[Finding]) -> None:
    found = [str(one) for one in findings]
    assert not found, "\n".join(found)


def test_the_org_takes_the_package_and_each_bundle_without_an_error_or_a_warning(tmp_path: pathlib.Path) -> None:
    """Structure, limits, references and formulas, as the platform would refuse them."""
    org = Org.open(tmp_path / "org")
    try:
        administrator = org.administrator().user.id
        for folder in (ROOT / "force-app", *BUNDLES):
            result = deploy_files(org, from_folder(folder), Options(), administrator)
            assert not [*map(str, result.problems), *map(str, result.warnings), *result.not_emulated]
            assert result.outcomes
    finally:
        org.close()


def test_every_field_explains_itself_in_a_fundraisers_words(package: Source) -> None:
    assert len(package.components) > 80
    none(limits.check(package))


def test_every_formula_gives_its_fields_type_and_survives_blanks(
    package: Source, node: pathlib.Path, node_modules: pathlib.Path
) -> None:
    assert sum(1 for one in package.of("field") if one.text("formula")) >= 13
    none(formulas.check(package, node))
