"""The catalogue: nothing protected, nothing unnamed, and no definition that changes without a new version."""

import datetime as dt
import hashlib
import json
import pathlib
import re

import pytest
from histories import engine, history
from steward import features
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
    """Of what the definitions say of twenty invented histories: phrases, rearranged code and libraries do not change it."""
    told = hashlib.sha256()
    for seed in range(20):
        engine().load(history(seed, dt.date(2014, 1, 1), dt.date(2024, 12, 31)))
        told.update(repr(engine().features(dt.date(2024, 3, 15)).to_pylist()).encode())
    return told.hexdigest()


def test_a_changed_definition_has_a_new_version():
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert recorded.get(features.VERSION) == digest(), (
        "What features or the ledger compute has changed: raise VERSION in features/catalogue.py "
        f'and add {{"{features.VERSION}": "{digest()}"}} to {RECORDED.name} under the new version.'
    )
