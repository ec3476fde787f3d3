"""What we ship passes every check; `test_metadata_twins.py` proves that each check can fail."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable

from metadata_checks import formulas, limits, references, screens, structure
from metadata_checks.source import Finding, Source
from metadata_checks.structure import MetadataTypes


def none(findings: Iterable[Finding]) -> None:
    found = [str(one) for one in findings]
    assert not found, "\n".join(found)


def test_every_file_has_the_structure_salesforce_describes(package: Source, types: MetadataTypes) -> None:
    assert len(package.components) > 80
    none(structure.check(package, types))


def test_every_text_and_number_is_within_the_platforms_limits_and_every_field_explains_itself(package: Source) -> None:
    none(limits.check(package))


def test_every_reference_arrives(package: Source) -> None:
    none(references.check(package))


def test_every_formula_gives_its_fields_type_and_survives_blanks(
    package: Source, node: pathlib.Path, node_modules: pathlib.Path
) -> None:
    assert sum(1 for one in package.of("field") if one.text("formula")) >= 13
    none(formulas.check(package, node))


def test_every_name_on_a_screen_arrives(package: Source) -> None:
    none(screens.check(package))
