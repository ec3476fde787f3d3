"""What a deployment makes of the ties between objects: roll-up summaries of children, filters of look-ups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy_kit import OBJECT, package, refusals, taken, xml
from engine_org import new_org
from localorg.engine import Org


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path / "org") as opened:
        yield opened


MATCH = (
    "<deploymentStatus>Deployed</deploymentStatus><label>Match</label>"
    "<nameField><label>Match Name</label><type>Text</type></nameField>"
    "<pluralLabel>Matches</pluralLabel><sharingModel>ControlledByParent</sharingModel>"
    "<fields><fullName>Card__c</fullName><label>Card</label><referenceTo>Card__c</referenceTo>"
    "<relationshipName>Matches</relationshipName><type>MasterDetail</type></fields>"
    "<fields><fullName>Sum__c</fullName><label>Sum</label><precision>10</precision><scale>2</scale><type>Currency</type></fields>"
    "<fields><fullName>On__c</fullName><label>On</label><type>Date</type></fields>"
    "<fields><fullName>Twice__c</fullName><formula>Sum__c * 2</formula><label>Twice</label><precision>18</precision>"
    "<scale>2</scale><type>Currency</type></fields>"
    "<fields><fullName>State__c</fullName><label>State</label><type>Picklist</type><valueSet><valueSetDefinition>"
    "<sorted>false</sorted><value><fullName>Open</fullName><default>false</default><label>Open</label></value>"
    "<value><fullName>Paid</fullName><default>false</default><label>Paid</label></value>"
    "<value><fullName>Void</fullName><default>false</default><label>Void</label></value>"
    "</valueSetDefinition></valueSet></fields>"
)


def summary(name: str, operation: str, summarized: str = "", filters: str = "", key: str = "Match__c.Card__c") -> str:
    wanted = f"<summarizedField>Match__c.{summarized}</summarizedField>" if summarized else ""
    return (
        f"<fields><fullName>{name}</fullName><label>{name}</label>{wanted}{filters}"
        f"<summaryForeignKey>{key}</summaryForeignKey><summaryOperation>{operation}</summaryOperation>"
        "<type>Summary</type></fields>"
    )


def only(field: str, operation: str, value: str) -> str:
    inside = f"<field>Match__c.{field}</field><operation>{operation}</operation><value>{value}</value>"
    return f"<summaryFilterItems>{inside}</summaryFilterItems>"


def with_summaries(*fields: str) -> dict[str, bytes]:
    files = {
        "objects/Card__c.object": xml("CustomObject", OBJECT + "".join(fields)),
        "objects/Match__c.object": xml("CustomObject", MATCH),
    }
    return package(files, {"CustomObject": "Card__c Match__c"})


def test_a_summary_works_out_what_its_filter_leaves_of_the_children(org: Org) -> None:
    paid, late = only("State__c", "equals", "Paid, Open"), only("On__c", "greaterOrEqual", "2026-02-01")
    taken(
        org,
        with_summaries(
            summary("All__c", "count"),
            summary("Paid__c", "sum", "Sum__c", paid),
            summary("Late__c", "max", "On__c", paid + late),
            summary("Other__c", "count", filters=only("State__c", "notEqual", "Paid")),
            summary("Double__c", "sum", "Twice__c", only("Twice__c", "lessThan", "50")),
            summary("Blank__c", "min", "Sum__c", only("State__c", "equals", "")),
        ),
    )
    session = org.administrator()
    [card] = session.insert("Card__c", [{"Name": "One"}], all_or_none=True)
    rows = [(10, "2026-01-01", "Paid"), (20, "2026-02-01", "Open"), (40, "2026-03-01", "Void"), (5, None, None)]
    session.insert(
        "Match__c",
        [{"Name": "m", "Card__c": card.id, "Sum__c": s, "On__c": day, "State__c": state} for s, day, state in rows],
        all_or_none=True,
    )
    names = "All__c, Paid__c, Late__c, Other__c, Double__c, Blank__c"
    [found] = session.query(f"SELECT {names} FROM Card__c WHERE Paid__c > 25 ORDER BY Paid__c").records
    assert [found[name] for name in names.split(", ")] == [4, 30, "2026-02-01", 3, 70, 5]
    described = {one["name"]: one for one in session.describe("Card__c")["fields"]}
    assert (described["Paid__c"]["type"], described["Paid__c"]["calculated"]) == ("currency", True)
    assert described["Paid__c"]["calculatedFormula"] is None and described["Late__c"]["type"] == "date"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (summary("S__c", "sum", "Name"), "Can not summarize Match__c.Name by sum"),
        (summary("S__c", "sum"), "Must specify 'summarizedField'"),
        (summary("S__c", "mean", "Sum__c"), "'mean' is not a valid value for the enum 'SummaryOperations'"),
        (summary("S__c", "count", key="Match__c.Sum__c"), "Invalid summaryForeignKey"),
        (summary("S__c", "count", key="Nothing__c.Card__c"), "Invalid summaryForeignKey"),
        (summary("S__c", "count", filters=only("Nothing__c", "equals", "x")), "Invalid summaryFilterItems"),
        (summary("S__c", "count", filters=only("Sum__c", "within", "5")), "Invalid summaryFilterItems"),
        (summary("S__c", "count", filters=only("Sum__c", "equals", "many")), "Field many does not exist"),
    ],
)
def test_a_summary_of_what_is_not_there_is_refused(org: Org, field: str, said: str) -> None:
    assert any(said in one for one in refusals(org, with_summaries(field)))


def lookup(filters: str, logic: str = "", optional: str = "false", message: str = "") -> dict[str, bytes]:
    """A card's keeper, a contact of a kind that the filter tells."""
    inside = f"<active>true</active>{f'<booleanFilter>{logic}</booleanFilter>' if logic else ''}"
    inside += f"<errorMessage>{message}</errorMessage>" if message else ""
    inside += f"{filters}<isOptional>{optional}</isOptional>"
    keeper = (
        "<fields><fullName>Keeper__c</fullName><deleteConstraint>SetNull</deleteConstraint><label>Keeper</label>"
        f"<lookupFilter>{inside}</lookupFilter><referenceTo>Contact</referenceTo>"
        "<relationshipName>Cards</relationshipName><type>Lookup</type></fields>"
    )
    home = (
        "<fields><fullName>Home__c</fullName><label>Home</label><referenceTo>Account</referenceTo>"
        "<relationshipName>Cards</relationshipName><type>Lookup</type></fields>"
    )
    return package({"objects/Card__c.object": xml("CustomObject", OBJECT + home + keeper)}, {"CustomObject": "Card__c"})


def line(field: str, operation: str, value: str = "", other: str = "") -> str:
    end = f"<valueField>{other}</valueField>" if other else f"<value>{value}</value>"
    return f"<filterItems><field>{field}</field><operation>{operation}</operation>{end}</filterItems>"


def test_a_look_up_takes_only_what_its_filter_lets_through(org: Org) -> None:
    at_home = line("Contact.AccountId", "equals", other="$Source.Home__c")
    lives = line("Contact.npsp__Deceased__c", "equals", "False")
    taken(org, lookup(lives + at_home + line("Contact.Title", "startsWith", "Chief"), "1 AND (2 OR 3)"))
    session = org.administrator()
    home = session.insert("Account", [{"Name": "Home"}], all_or_none=True)[0].id
    people = [{"LastName": "Here", "AccountId": home}, {"LastName": "Away"}, {"LastName": "C", "Title": "Chief"}]
    people.append({"LastName": "Gone", "AccountId": home, "npsp__Deceased__c": True})
    here, away, chief, gone = (one.id for one in session.insert("Contact", people, all_or_none=True))
    cards = [{"Name": "c", "Home__c": home, "Keeper__c": key} for key in (here, away, chief, gone, None)]
    results = session.insert("Card__c", cards)
    assert [one.success for one in results] == [True, False, True, False, True]
    [refused] = results[1].errors
    assert (refused.code, refused.fields) == ("FIELD_FILTER_VALIDATION_EXCEPTION", ("Keeper__c",))
    assert refused.message == "Value does not exist or does not match filter criteria."
    session.update("Contact", [{"Id": here, "npsp__Deceased__c": True}], all_or_none=True)
    unchanged = {"Id": results[0].id, "Name": "still"}
    assert session.update("Card__c", [unchanged])[0].success  # the look-up itself is as it was
    assert not session.update("Card__c", [{"Id": results[4].id, "Keeper__c": here}])[0].success


def test_a_filter_that_only_suggests_holds_nobody_up(org: Org) -> None:
    taken(org, lookup(line("Contact.Title", "equals", "Chief"), optional="true"))
    person = org.administrator().insert("Contact", [{"LastName": "Anyone"}], all_or_none=True)[0].id
    assert org.administrator().insert("Card__c", [{"Name": "c", "Keeper__c": person}])[0].success


@pytest.mark.parametrize(
    ("filters", "logic", "said"),
    [
        (line("Contact.Nothing__c", "equals", "x"), "", "Invalid lookupFilter: Contact.Nothing__c equals"),
        (line("Account.Name", "equals", "x"), "", "Invalid lookupFilter: Account.Name equals"),
        (line("Contact.Title", "equals", other="$Source.Nothing__c"), "", "Invalid lookupFilter: Contact.Title"),
        (line("Contact.Title", "equals", "x"), "1 AND 2", "Invalid lookupFilter: booleanFilter 1 AND 2"),
    ],
)
def test_a_lookup_filter_of_what_is_not_there_is_refused(org: Org, filters: str, logic: str, said: str) -> None:
    assert any(said in one for one in refusals(org, lookup(filters, logic)))
