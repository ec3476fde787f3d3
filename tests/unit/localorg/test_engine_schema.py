"""The schema files: complete, consistent, and exactly what the generator makes of the facts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest
from engine_org import FACTS
from localorg import schema
from localorg.model import Schema


@pytest.fixture(scope="module")
def org_schema() -> Schema:
    return schema.load()


def test_every_key_prefix_belongs_to_one_object(org_schema: Schema) -> None:
    prefixes = Counter(sobject.key_prefix for sobject in org_schema)
    assert [prefix for prefix, count in prefixes.items() if count > 1] == []
    known = {
        "Account": "001",
        "Contact": "003",
        "Opportunity": "006",
        "OpportunityContactRole": "00K",
        "Campaign": "701",
    }
    known |= {"Task": "00T", "Event": "00U", "User": "005", "Organization": "00D", "RecordType": "012"}
    assert {name: org_schema[name].key_prefix for name in known} == known


def test_every_reference_points_at_an_object_of_the_schema(org_schema: Schema) -> None:
    dangling = [
        f"{sobject.name}.{field.name} → {target}"
        for sobject in org_schema
        for field in sobject
        for target in field.reference_to
        if org_schema.get(target) is None
    ]
    assert dangling == []


def test_a_childs_relationship_name_means_one_field_of_its_parent(org_schema: Schema) -> None:
    names: Counter[tuple[str, str]] = Counter()
    for sobject in org_schema:
        for field in sobject:
            for target in field.reference_to if field.child_relationship_name else ():
                assert field.child_relationship_name
                names[target, f"{sobject.name}:{field.child_relationship_name}".lower()] += 1
    assert [key for key, count in names.items() if count > 1] == []


def test_npsps_surprising_names_are_there(org_schema: Schema) -> None:
    contact, opportunity = org_schema["Contact"], org_schema["Opportunity"]
    child = org_schema.child(contact, "npe03__R00N80000002bOmREAU__r")
    assert child is not None
    assert child[0].name == "npe03__Recurring_Donation__c"
    payments = org_schema.child(opportunity, "npe01__OppPayment__r")
    assert payments is not None
    assert payments[1].master_detail


@pytest.mark.skipif(not FACTS.exists(), reason="the facts are not on this machine")
def test_every_field_of_the_facts_is_in_the_schema(org_schema: Schema) -> None:
    packaged = json.loads((FACTS / "npsp_schema.json").read_text())["objects"]
    missing = [
        f"{name}.{field}"
        for name, entry in packaged.items()
        if (sobject := org_schema.get(name)) is not None
        for field, facts in entry["fields"].items()
        if field.endswith("__c") and not facts.get("unpackaged_trial_only") and sobject.get(field) is None
    ]
    assert missing == []
    for name, entry in packaged.items():
        for field, facts in entry["fields"].items():
            found = org_schema[name].get(field) if org_schema.get(name) else None
            if found and field.endswith("__c") and not found.calculated and facts["type"] != "MetadataRelationship":
                assert found.type == facts["describe"]["type"], f"{name}.{field}"
                assert (facts["describe"].get("length") or found.length) == found.length, f"{name}.{field}"


@pytest.mark.skipif(not FACTS.exists(), reason="the facts are not on this machine")
def test_the_schema_files_are_what_the_generator_writes() -> None:
    script = (
        "import sys, pathlib; sys.argv = ['x', sys.argv[1]]; sys.path.insert(0, 'scripts');"
        "import build_org_schema as b;"
        "made = {n: b.write(o) for n, o in b.build(pathlib.Path(sys.argv[1])).items()};"
        "kept = {p.stem: p.read_text() for p in b.TARGET.glob('*.json')};"
        "assert made == kept, [n for n in made if made.get(n) != kept.get(n)]"
    )
    root = schema.__file__.rsplit("/orgs/", 1)[0]
    done = subprocess.run(
        [sys.executable, "-c", script, str(FACTS)], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
