"""Lightning pages as their server works them out: regions from flexipages, properties, visibility, what the user may know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from localorg.deploy.problems import Component, Problems
from localorg.deploy.source import Element, parse
from localorg.engine import Org
from localorg.errors import ApiError
from localorg.lightning import apps, bundles, pages, viewer
from localorg.lightning.composition import Composer

ROOT = Path(__file__).parents[3]
NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
BUNDLE = """<?xml version="1.0" encoding="UTF-8"?>
<LightningComponentBundle xmlns="http://soap.sforce.com/2006/04/metadata"><apiVersion>67.0</apiVersion>
<isExposed>true</isExposed><targets><target>lightning__RecordPage</target></targets>
<targetConfigs><targetConfig targets="lightning__RecordPage">
<property name="rows" type="Integer" default="5"/><property name="open" type="Boolean"/><property name="title" type="String"/>
</targetConfig></targetConfigs></LightningComponentBundle>"""


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    org = Org.open(tmp_path_factory.mktemp("org"))
    org.deploy(ROOT / "force-app")
    component(org, tmp_path_factory.mktemp("bundle"), "measured", "import { LightningElement } from 'lwc';")
    org.create_user("officer@example.org", profile="Standard User")
    org.assign_permission_set(str(org.user_id("officer@example.org")), "AI_Donor_Act")
    org.create_user("nobody@example.org", profile="Standard User")
    yield org
    org.close()


@pytest.fixture
def composer(org: Org) -> Composer:
    return Composer(org.administrator(), {})


def component(org: Org, folder: Path, name: str, script: str) -> None:
    place = folder / "lwc" / name
    place.mkdir(parents=True)
    (place / f"{name}.js").write_text(f"{script}\nexport default class extends LightningElement {{}}")
    (place / f"{name}.js-meta.xml").write_text(BUNDLE)
    org.deploy(folder)


def page_of(*items: str, region: str = "main", more: str = "") -> Element:
    placed = "".join(f"<itemInstances>{item}</itemInstances>" for item in items)
    text = (
        f"<FlexiPage {NAMESPACE}><flexiPageRegions>{placed}<name>{region}</name><type>Region</type></flexiPageRegions>"
        f"{more}</FlexiPage>"
    )
    root = parse(text.encode(), Component("FlexiPage", "Made", PurePosixPath("Made")), Problems())
    assert root is not None
    return root


def placed(name: str, rule: str = "", **properties: str) -> str:
    given = "".join(
        f"<componentInstanceProperties><name>{key}</name><value>{value}</value></componentInstanceProperties>"
        for key, value in properties.items()
    )
    return f"<componentInstance>{given}<componentName>{name}</componentName>{rule}</componentInstance>"


def rule(left: str, operator: str, right: str, logic: str = "") -> str:
    found = f"<booleanFilter>{logic}</booleanFilter>" if logic else ""
    criteria = f"<criteria><leftValue>{left}</leftValue><operator>{operator}</operator><rightValue>{right}</rightValue></criteria>"
    return f"<visibilityRule>{found}{criteria}</visibilityRule>"


def names(regions: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for region in regions for one in region["components"]]


def test_properties_reach_a_component_in_the_types_it_declares(composer: Composer) -> None:
    (region,) = composer.regions(page_of(placed("c:measured", open="true", title="Mine", unknown="x")))

    assert region["components"][0]["properties"] == {"rows": 5, "open": True, "title": "Mine"}


def test_tabs_hold_the_components_of_their_facets(composer: Composer) -> None:
    facet = (
        "<flexiPageRegions><itemInstances>"
        + placed("flexipage:tab", title="Standard.Tab.relatedLists", body="inside", active="true")
        + "</itemInstances><name>tabs</name><type>Facet</type></flexiPageRegions>"
        "<flexiPageRegions><itemInstances>"
        + placed("c:measured")
        + "</itemInstances><name>inside</name><type>Facet</type></flexiPageRegions>"
    )
    (region,) = composer.regions(page_of(placed("flexipage:tabset", tabs="tabs"), more=facet))

    (tab,) = region["components"][0]["tabs"]
    assert (tab["label"], tab["isActive"], names([tab])) == ("Related", True, ["c:measured"])


def test_a_page_that_names_what_is_not_exposed_is_refused_by_name(composer: Composer) -> None:
    with pytest.raises(ApiError, match="c:reasonList"):
        composer.regions(page_of(placed("c:reasonList")))


@pytest.mark.parametrize(
    ("operator", "right", "is_shown"),
    [("EQUAL", "Park", True), ("NE", "Park", False), ("CONTAINS", "ar", True), ("EQUAL", "Lee", False)],
)
def test_visibility_is_judged_by_the_record(org: Org, operator: str, right: str, is_shown: bool) -> None:
    admin = org.administrator()
    (made,) = admin.insert("Contact", [{"LastName": "Park"}])
    composer = Composer(admin, {"recordId": made.id, "objectApiName": "Contact"})

    regions = composer.regions(page_of(placed("c:measured", rule("{!Record.LastName}", operator, right))))

    assert names(regions) == (["c:measured"] if is_shown else [])


def test_visibility_is_judged_by_custom_permission_and_logic(org: Org) -> None:
    page = page_of(
        placed("c:measured", rule("{!$Permission.CustomPermission.AI_Rescore}", "EQUAL", "true")),
        placed("c:measured", rule("{!$Permission.CustomPermission.AI_Rescore}", "EQUAL", "true", "NOT 1")),
    )
    shown = {
        username: [place["key"] for place in Composer(session_of(org, username), {}).regions(page)[0]["components"]]
        for username in ("officer@example.org", "nobody@example.org")
    }

    assert shown == {"officer@example.org": ["main-0"], "nobody@example.org": ["main-1"]}


def test_a_filter_that_cannot_be_judged_is_refused_and_not_guessed(composer: Composer) -> None:
    with pytest.raises(ApiError, match="FormFactor"):
        composer.regions(page_of(placed("c:measured", rule("{!$Client.FormFactor}", "EQUAL", "Large"))))


def session_of(org: Org, username: str) -> Any:
    return org.session(str(org.user_id(username)))


def test_the_record_page_is_the_one_the_app_assigns(org: Org) -> None:
    admin = org.administrator()
    (made,) = admin.insert("Contact", [{"FirstName": "Rosa", "LastName": "Park"}])

    page = pages.record(admin, "Contact", str(made.id))

    assert page["title"] == "Rosa Park"
    assert [(region["name"], region["width"]) for region in page["regions"]] == [
        ("header", 12), ("main", 8), ("sidebar", 4),
    ]  # fmt: skip
    assert "c:donorInsight" in names(page["regions"])


def test_an_object_without_a_page_of_its_own_gets_the_plain_one(org: Org) -> None:
    admin = org.administrator()
    (made,) = admin.insert("Campaign", [{"Name": "Spring"}])

    assert names(pages.record(admin, "Campaign", str(made.id))["regions"]) == [
        "force:highlightsPanel", "force:detailPanel",
    ]  # fmt: skip


def test_who_may_not_see_an_object_is_told_nothing_of_its_records(org: Org) -> None:
    (made,) = org.administrator().insert("Contact", [{"LastName": "Hidden"}])

    with pytest.raises(ApiError, match="does not exist, or you have no access"):
        pages.record(session_of(org, "nobody@example.org"), "Contact", str(made.id))


def test_custom_tabs_show_to_those_whose_permission_sets_say_so(org: Org) -> None:
    def shown(username: str) -> set[str]:
        return {item["label"] for item in apps.bar(session_of(org, username), "")["items"]}

    assert "Donor Profiles" in shown("officer@example.org")
    assert "Donor Profiles" not in shown("nobody@example.org")


@pytest.mark.parametrize(
    ("language", "text"), [("fr_CA", "Changer de segment"), ("es", "Cambiar segmento"), ("de", "Change segment")]
)
def test_labels_are_the_users_language_or_as_they_were_written(org: Org, language: str, text: str) -> None:
    assert org.apex.labels_in(language)["segmentoverride_open"] == text


def test_permissions_on_a_page_are_the_users(org: Org) -> None:
    officer, nobody = (session_of(org, name) for name in ("officer@example.org", "nobody@example.org"))

    assert viewer.has_permission(officer, "AI_Rescore")
    assert not viewer.has_permission(nobody, "AI_Rescore")
    assert not viewer.has_permission(officer, "No_Such_Permission")


@pytest.mark.skipif(
    not (ROOT / "node_modules" / "lwc").exists(), reason="node_modules is empty: python scripts/npm.py ci"
)
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import { LightningElement } from 'lwc'; import x from 'lightning/empApi';", "lightning/empApi"),
        ("import { LightningElement } from 'lwc'; import { getRecordUi } from 'lightning/uiRecordApi';", "getRecordUi"),
    ],
    ids=["a module", "an export"],
)
def test_what_the_local_org_does_not_have_fails_the_build_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    org = Org.open(tmp_path / "org")
    try:
        component(org, tmp_path / "bundle", "astray", script)
        with pytest.raises(ApiError, match=said):
            bundles.build(org)
    finally:
        org.close()
