"""Rows the org refuses for good: said, kept without a name, and written once the cause is mended."""

from __future__ import annotations

import pathlib
import re
import shutil
from collections.abc import Iterator

import job_world
import pyarrow.parquet as pq
import pytest
from gateway_kit import ROOT
from job_world import Said, World, copied, fine

pytestmark = pytest.mark.e2e
VALUES = "main/default/globalValueSets/AI_Segment.globalValueSet-meta.xml"
REFUSED = "Lapsed"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with copied(job_world.learnt(tmp_path_factory), tmp_path_factory.mktemp("letters")) as made:
        yield made


def deploy(world: World, folder: pathlib.Path) -> None:
    answer = world.org.control().post("/localorg/deploy", json={"folder": str(folder)})
    assert answer.status_code == 200, answer.text


def without_a_value(folder: pathlib.Path) -> pathlib.Path:
    """The package as an admin may have left it: one segment taken out of the picklist."""
    shutil.copytree(ROOT / "force-app", folder / "force-app")
    path = folder / "force-app" / VALUES
    text = path.read_text(encoding="utf-8")
    value = rf"\s*<customValue>\s*<fullName>{REFUSED}</fullName>.*?</customValue>"
    changed, count = re.subn(value, "", text, count=1, flags=re.DOTALL)
    assert count == 1, "the picklist no longer holds the value"
    path.write_text(changed, encoding="utf-8")
    for words in (folder / "force-app/main/default/globalValueSetTranslations").glob("AI_Segment-*"):
        translated = rf"\s*<valueTranslation>\s*<masterLabel>{REFUSED}</masterLabel>.*?</valueTranslation>"
        words.write_text(re.sub(translated, "", words.read_text(encoding="utf-8"), flags=re.DOTALL), encoding="utf-8")
    return folder / "force-app"


@pytest.fixture(scope="module")
def refused(world: World, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """A first run of which the org refuses the rows of one segment."""
    deploy(world, without_a_value(tmp_path_factory.mktemp("package")))
    return world.steward("run")


def test_a_run_with_refused_rows_exits_with_4_and_says_what_to_do(world: World, refused: Said) -> None:
    letters = fine(world.steward("dead-letters", "--json")).json()
    assert refused.code == 4
    assert f"The org refused {len(letters)} profiles" in refused.out
    assert "steward replay --all" in refused.out
    assert 0 < len(letters) < job_world.CONTACTS / 2
    assert {one["code"] for one in letters} == {"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"}
    assert {one["payload"]["Segment__c"] for one in letters} == {REFUSED}
    shown = fine(world.steward("dead-letters", COLUMNS="200")).out
    assert all(one["donor_key"] in shown for one in letters)
    assert f"Dead letters waiting: {len(letters)}" in fine(world.steward("status")).out
    row = world.admin.query("SELECT Status__c, Profiles_Failed__c, Message__c FROM AI_Scoring_Run__c")
    assert [(one["Status__c"], one["Profiles_Failed__c"]) for one in row] == [("Completed with errors", len(letters))]
    assert "dead-letters" in row[0]["Message__c"]


def test_the_other_rows_are_in_the_org_all_the_same(world: World, refused: Said) -> None:
    letters = fine(world.steward("dead-letters", "--json")).json()
    held = {world.donor_key(one) for one in world.profiles()}
    assert held.isdisjoint(one["donor_key"] for one in letters)
    assert len(held) == job_world.CONTACTS - len(letters)


def test_nothing_on_disk_or_on_screen_tells_who_a_donor_is(world: World, refused: Said) -> None:
    said = [refused, *(world.steward(*words) for words in (["dead-letters"], ["status"], ["status", "--json"]))]
    said.append(world.steward("run"))
    telling = secrets(world)
    for one in said:
        assert found(one.text, telling) == []
    looked = 0
    for path in sorted(world.home.rglob("*")):
        if path.is_file() and "private" not in path.parts:
            assert found(text_of(path), telling) == [], path.name
            looked += 1
    assert looked > 30
    private = next(world.home.glob("snapshots/*/private/*.parquet"))
    assert found(text_of(private), telling) != [], "the search itself finds nothing"


def secrets(world: World) -> set[str]:
    """Ids, addresses and names of every person, household and gift in the org."""
    told: set[str] = set()
    for one in job_world.all_records(world.admin, "SELECT Id, LastName, FirstName, Email, Account.Name FROM Contact"):
        told |= {one["Id"], one["Id"][:15], one["Email"], f"{one['FirstName']} {one['LastName']}", one["LastName"]}
    for sobject in ("Account", "Opportunity", "AI_Donor_Profile__c"):
        for one in job_world.all_records(world.admin, f"SELECT Id FROM {sobject}"):
            told |= {one["Id"], one["Id"][:15]}
    return {one for one in told if one} - {"Long"}


def found(text: str, telling: set[str]) -> list[str]:
    words = set(re.findall(r"[A-Za-z0-9]+", text))
    plain = {one for one in telling if re.fullmatch(r"[A-Za-z0-9]+", one)}
    return sorted((plain & words) | {one for one in telling - plain if one in text})


def text_of(path: pathlib.Path) -> str:
    if path.suffix == ".parquet":
        return repr(pq.read_table(path).to_pydict())
    return path.read_bytes().decode("utf-8", errors="replace")


def test_replay_without_mending_keeps_the_letters_and_counts_the_try(world: World, refused: Said) -> None:
    before = fine(world.steward("dead-letters", "--json")).json()
    again = world.steward("replay", "--all")
    after = fine(world.steward("dead-letters", "--json")).json()
    assert again.code == 4
    assert [one["letter_id"] for one in after] == [one["letter_id"] for one in before]
    assert [one["attempts"] for one in after] == [one["attempts"] + 1 for one in before]


def test_replay_after_mending_empties_them(world: World, refused: Said) -> None:
    letters = fine(world.steward("dead-letters", "--json")).json()
    deploy(world, ROOT / "force-app")
    counts = fine(world.steward("replay", "--all", "--json")).json()["counts"]
    assert counts["profiles_failed"] == 0
    assert fine(world.steward("dead-letters", "--json")).json() == []
    assert len(world.profiles()) == job_world.CONTACTS
    closed = fine(world.steward("dead-letters", "--all", "--json")).json()
    assert {one["status"] for one in closed} == {"replayed"} and len(closed) == len(letters)
    assert fine(world.steward("run", "--json")).json()["counts"]["profiles_changed"] == 0
    assert "Nothing to replay" in fine(world.steward("replay", "--all")).out
