"""The catalogue: nothing protected, nothing unnamed, and no definition that changes without a new version."""

import ast
import datetime as dt
import hashlib
import json
import pathlib
import re

import pytest
from histories import engine
from steward import donors, features
from steward.features import CATALOGUE
from steward.features.catalogue import FAMILIES

UNITS = {"money", "money change", "share", "times", "months ago", "duration", "yes"}
PROTECTED = re.compile(
    r"\b(age|gender|sex|race|ethnic|religio|postcode|postal|zip|city|birth|name|language|marital)", re.IGNORECASE
)
RECORDED = pathlib.Path(__file__).parent / "definitions.json"


def test_the_feature_table_has_the_catalogues_columns_in_its_order():
    schema = features.compute(engine().ledger, dt.date(2024, 1, 1)).schema()
    assert list(schema) == ["unit_id", "kind", *(feature.name for feature in CATALOGUE)]
    assert {str(kind) for name, kind in schema.items() if name not in ("unit_id", "kind")} <= {
        "int64",
        "float64",
        "decimal(18, 2)",
    }
    money = {name for name, kind in schema.items() if kind.is_decimal()}
    assert money == {feature.name for feature in CATALOGUE if feature.unit.startswith("money")}


def test_names_are_unique_and_families_know_their_own():
    names = [feature.name for feature in CATALOGUE]
    assert len(set(names)) == len(names)
    assert all(len({feature.family for feature in family.features}) == 1 for family in FAMILIES)


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: feature.name)
def test_every_feature_is_complete(feature):
    assert feature.direction in (-1, 0, 1)
    assert feature.topic
    assert feature.unit in UNITS or feature.unit == feature.unit.lower()
    assert "{value}" not in feature.none
    if feature.unit != "yes":
        assert feature.high.count("{value}") == feature.low.count("{value}") == 1
    assert not PROTECTED.search(f"{feature.name} {feature.topic} {feature.high}")


def digest() -> str:
    """Of what features and the ledger compute; phrases, comments and layout are left out."""
    parts = []
    for room in (donors, features):
        for path in sorted(pathlib.Path(room.__file__).parent.glob("*.py")):
            if path.name in ("phrases.py", "reconciliation.py", "catalogue.py", "__init__.py"):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            parts.append(f"{path.parent.name}/{path.name}: {ast.dump(_definitions(tree))}")
    return hashlib.sha256("\n".join([*parts, *(feature.name for feature in CATALOGUE)]).encode()).hexdigest()


def _definitions(tree: ast.Module) -> ast.Module:
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_FEATURES")
    ]
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return tree


def test_a_changed_definition_has_a_new_version():
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert recorded.get(features.VERSION) == digest(), (
        "What features or the ledger compute has changed: raise VERSION in features/catalogue.py "
        f'and add {{"{features.VERSION}": "{digest()}"}} to {RECORDED.name} under the new version.'
    )
