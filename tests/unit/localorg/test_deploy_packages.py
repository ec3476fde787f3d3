"""Packages as the Metadata API takes them: manifests, objects with their fields inside, deletions, dry runs, bad zips."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy_kit import CARD, GRADE, OBJECT, deploy, manifest, package, refusals, taken, xml
from engine_org import FORCE_APP, add, new_org, one, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from localorg.deploy import archive, packaging
from localorg.deploy.problems import Problems
from localorg.deploy.source import from_folder, read
from localorg.engine import Org
from localorg.errors import ApiError

FIELD = package({"objects/Card__c.object": xml("CustomObject", GRADE)}, {"CustomField": "Card__c.Grade__c"})
SHORT = package(
    {"objects/Card__c.object": xml("CustomObject", OBJECT)},
    {"CustomObject": "Card__c", "CustomField": "Card__c.Grade__c"},
)
GONE = {"package.xml": manifest({})}
REMOVED = GONE | {"destructiveChanges.xml": manifest({"CustomField": "Card__c.Grade__c"})}


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path / "org") as opened:
        yield opened


def test_a_translation_may_hold_nothing_but_fields(org: Org) -> None:
    words = xml("CustomObjectTranslation", "<fields><label>Fonction</label><name>Title</name></fields>")
    files = {"objectTranslations/Contact-fr.objectTranslation": words}
    taken(org, package(files, {"CustomObjectTranslation": "Contact-fr"}))
    assert refusals(org, package({}, {"CustomObjectTranslation": "Contact-fr"})) == [
        "An object 'Contact-fr' of type CustomObjectTranslation was named in package.xml, but was not found in zipped directory"
    ]


def test_an_object_brings_the_fields_in_its_file(org: Org) -> None:
    result = taken(org, CARD)
    made = {(one.component.kind, one.component.name) for one in result.outcomes if one.created}
    assert made == {("CustomObject", "Card__c"), ("CustomField", "Card__c.Grade__c")}
    add(org.administrator(), "Card__c", Name="One", Grade__c="A")
    assert one(org, "SELECT Grade__c FROM Card__c") == ("A",)


def test_only_what_the_manifest_names_is_deployed_and_the_rest_is_refused(org: Org) -> None:
    assert refusals(org, CARD | {"package.xml": manifest({"CustomLabel": "x"})}) == [
        "Not in package.xml",
        "An object 'x' of type CustomLabel was named in package.xml, but was not found in zipped directory",
    ]
    assert org.schema.get("Card__c") is None


def test_a_field_can_be_named_without_its_object(org: Org) -> None:
    taken(org, CARD)
    wider = FIELD | {"objects/Card__c.object": xml("CustomObject", GRADE.replace("20", "30"))}
    result = taken(org, wider)
    assert [(one.component.name, one.created, one.changed) for one in result.outcomes] == [
        ("Card__c.Grade__c", False, True)
    ]
    assert org.schema["Card__c"].fields["grade__c"].length == 30


def test_what_the_manifest_names_must_be_in_the_files(org: Org) -> None:
    (message,) = refusals(org, SHORT)
    assert message == (
        "An object 'Card__c.Grade__c' of type CustomField was named in package.xml, but was not found in zipped directory"
    )


def test_an_unknown_kind_in_the_manifest_is_refused(org: Org) -> None:
    assert refusals(org, package({}, {"Spaceship": "Apollo"})) == [
        "Unknown type name 'Spaceship' specified in package.xml"
    ]


def test_a_package_without_a_manifest_where_one_must_be_is_refused(org: Org) -> None:
    nested = {f"a/b/{path}": body for path, body in CARD.items()}
    assert refusals(org, nested, single_package=True) == ["No package.xml found"]
    assert taken(org, nested, single_package=False).outcomes


def test_a_dry_run_says_everything_and_changes_nothing(org: Org) -> None:
    result = taken(org, CARD, check_only=True)
    assert len(result.outcomes) == 2
    assert org.schema.get("Card__c") is None
    assert rows(org, "SELECT name FROM sqlite_master WHERE name = 'Card__c'") == []
    assert org.shelf.find("CustomObject", "Card__c") is None


def test_without_rollback_the_sound_components_stay(org: Org) -> None:
    bad = GRADE.replace("Grade__c", "Bad__c").replace("<length>20</length>", "")
    files = CARD | {"objects/Card__c.object": xml("CustomObject", OBJECT + GRADE + bad)}
    assert refusals(org, files) == ["Must specify 'length' for a CustomField of type Text"]
    assert org.schema.get("Card__c") is None
    result = deploy(org, files, rollback_on_error=False)
    assert [one.full_name for one in result.problems] == ["Card__c.Bad__c"]
    assert {one.component.name for one in result.outcomes} == {"Card__c", "Card__c.Grade__c"}
    assert org.schema["Card__c"].get("Bad__c") is None


def test_warnings_stop_a_deployment_that_does_not_ignore_them(org: Org) -> None:
    files = GONE | {"destructiveChanges.xml": manifest({"ApexClass": "Nobody"})}
    assert [one.message for one in taken(org, files).warnings] == ["No ApexClass named: Nobody found"]
    grant = "<fieldPermissions><editable>false</editable><field>Contact.Title</field><readable>true</readable></fieldPermissions>"
    loose = package(
        {"permissionsets/Loose.permissionset": xml("PermissionSet", f"{grant}<label>Loose</label>")},
        {"PermissionSet": "Loose"},
    )
    (message,) = refusals(org, loose, ignore_warnings=False)
    assert message == "Field Contact.Title is granted without access to Contact"


# Deletions


def test_a_deleted_field_is_gone_with_its_values_and_comes_back_empty(org: Org) -> None:
    taken(org, CARD)
    add(org.administrator(), "Card__c", Name="One", Grade__c="A")
    (gone,) = taken(org, REMOVED).outcomes
    assert gone.deleted
    assert org.schema["Card__c"].get("Grade__c") is None
    taken(org, FIELD)
    assert one(org, "SELECT Grade__c FROM Card__c") == (None,)


def test_a_deleted_object_takes_its_records_and_stays_gone_when_the_org_opens_again(tmp_path: Path) -> None:
    with new_org(tmp_path / "org") as org:
        taken(org, CARD)
        add(org.administrator(), "Card__c", Name="One")
        taken(org, GONE | {"destructiveChanges.xml": manifest({"CustomObject": "Card__c"})})
        assert rows(org, "SELECT name FROM sqlite_master WHERE name = 'Card__c'") == []
    with new_org(tmp_path / "org") as again:
        assert again.schema.get("Card__c") is None
        assert again.shelf.all() == []


def test_what_a_formula_names_cannot_be_deleted(org: Org) -> None:
    shout = "<fields><fullName>Shout__c</fullName><formula>UPPER(Grade__c)</formula><label>Shout</label><type>Text</type></fields>"
    taken(org, CARD | {"objects/Card__c.object": xml("CustomObject", OBJECT + GRADE + shout)})
    (message,) = refusals(org, REMOVED)
    assert message.startswith("This component is referenced elsewhere: Formula Card__c.Shout__c")
    assert org.schema["Card__c"].get("Grade__c") is not None


def test_what_apex_names_cannot_be_deleted(org: Org) -> None:
    code = b"public class Reader { Object grade = new Card__c().Grade__c; }"
    meta = xml("ApexClass", "<apiVersion>67.0</apiVersion><status>Active</status>")
    taken(org, CARD)
    taken(org, package({"classes/Reader.cls": code, "classes/Reader.cls-meta.xml": meta}, {"ApexClass": "Reader"}))
    (message,) = refusals(org, REMOVED)
    assert message == "This component is referenced elsewhere: ApexClass Reader: names Card__c.Grade__c"
    both = REMOVED | {"destructiveChanges.xml": manifest({"CustomField": "Card__c.Grade__c", "ApexClass": "Reader"})}
    taken(org, both)
    assert org.apex_sources() == []


def test_a_wildcard_deletes_nothing(org: Org) -> None:
    (message,) = refusals(org, GONE | {"destructiveChanges.xml": manifest({"ApexClass": "*"})})
    assert message == "Wildcards are not supported in destructiveChanges.xml"


# What goes in comes out


def test_the_package_made_of_source_deploys_as_the_source_does_and_is_retrieved_as_it_was(org: Org) -> None:
    source = list(read(from_folder(FORCE_APP), Problems()))
    files = packaging.package(source, "67.0", "Steward")
    taken(org, files)
    held = org.shelf.in_package("steward")
    assert {(stored.kind, stored.name) for stored in held} == {(part.kind, part.name) for part in source}
    assert packaging.package([stored.part() for stored in held], "67.0", "Steward") == files
    assert not [one for one in taken(org, from_folder(FORCE_APP)).outcomes if one.changed or one.created]


# Archives


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in entries.items():
            made.writestr(name, body)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "a\\evil", "C:/evil"])
def test_a_zip_that_leads_out_of_itself_is_refused(name: str) -> None:
    info = zipfile.ZipInfo("x")
    info.filename = name
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(info, b"x")
    with pytest.raises(ApiError, match="leads out of the zip"):
        archive.unpack(buffer.getvalue())


def test_a_link_in_a_zip_is_refused() -> None:
    info = zipfile.ZipInfo("classes/A.cls")
    info.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(info, b"/etc/passwd")
    with pytest.raises(ApiError, match="leads out of the zip"):
        archive.unpack(buffer.getvalue())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNZIPPED", 1_000_000)
    bomb = zipped({f"{number}.txt": b"0" * 200_000 for number in range(6)})
    assert len(bomb) < 10_000
    with pytest.raises(ApiError, match="larger than 1000000 bytes"):
        archive.unpack(bomb)


def test_a_zip_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 10)
    with pytest.raises(ApiError, match="Too many files in zip: 11"):
        archive.unpack(zipped({f"{number}.txt": b"" for number in range(11)}))


def test_equal_files_make_equal_archives_that_open_again() -> None:
    files = {"b.txt": b"2", "a/c.txt": b"1"}
    assert archive.pack(files) == archive.pack(dict(reversed(files.items())))
    assert archive.unpack(archive.pack(files)) == files


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 200))
def test_a_damaged_zip_is_refused_and_nothing_else_happens(noise: bytes, at: int) -> None:
    sound = zipped({"package.xml": manifest({}), "classes/A.cls": b"class A {}"})
    damaged = sound[:at] + noise + sound[at + len(noise) :]
    try:
        assert all(isinstance(body, bytes) for body in archive.unpack(damaged).values())
    except ApiError as problem:
        assert problem.message


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(alphabet="<>/abc&;![]\"' =", max_size=80))
def test_no_text_in_a_component_breaks_the_reader(name: str, inside: str) -> None:
    files = {f"objects/{name}/fields/A__c.field-meta.xml": f"<CustomField>{inside}</CustomField>".encode()}
    problems = Problems()
    source = read(files, problems)
    assert problems.found or source.not_emulated or list(source) or "/" in name or not name


def test_a_zip_with_any_bytes_changed_is_read_or_refused() -> None:
    whole = zipped({"package.xml": b"<Package/>" * 20, "classes/A.cls": b"class A {}"})
    chance = random.Random(5)
    for _ in range(3_000):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 5)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            archive.unpack(bytes(broken[: chance.randrange(30, len(broken) + 1)] if chance.random() < 0.2 else broken))
        except ApiError as refused:
            assert "zip" in refused.message
