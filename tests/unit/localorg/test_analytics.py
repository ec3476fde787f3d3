"""Reports as they run: which rows count, in which groups, with which sums, and what is refused rather than guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from localorg.engine import Org, Session
from localorg.errors import ApiError
from localorg.server.analytics import definitions, results, shapes

NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
COLUMN = "<columns><field>{0}</field></columns>"
REPORT_TYPE = f"""<ReportType {NAMESPACE}><baseObject>Account</baseObject><category>accounts</category><deployed>true</deployed>
<join><outerJoin>false</outerJoin><relationship>Opportunities</relationship></join><label>Households with Gifts</label>
<sections><masterLabel>All</masterLabel>{{columns}}</sections></ReportType>"""
FIELDS = {"Account": ["Name", "Owner", "Industry"], "Account.Opportunities": [
    "Name", "Amount", "StageName", "CloseDate", "CreatedDate", "IsWon", "npsp__Primary_Contact__c"]}  # fmt: skip
GIFT = "Account.Opportunities$"
READERS = f"""<PermissionSet {NAMESPACE}><label>Readers</label>{{objects}}</PermissionSet>"""
READ = (
    "<objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit>"
    "<allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>{0}</object><viewAllRecords>true</viewAllRecords>"
    "</objectPermissions>"
)
GIFTS: list[dict[str, Any]] = [
    {"Name": "Spring", "Amount": 100, "StageName": "Pledged", "CloseDate": "2026-01-15"},
    {"Name": "Summer", "Amount": 300, "StageName": "Closed Won", "CloseDate": "2026-01-20"},
    {"Name": "Autumn", "Amount": None, "StageName": "Closed Won", "CloseDate": "2026-02-01"},
    {"Name": "Winter", "Amount": 50, "StageName": "Prospecting", "CloseDate": "2025-12-31"},
]


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    org = Org.open(tmp_path_factory.mktemp("org"))
    source = tmp_path_factory.mktemp("source")
    columns = "".join(
        f"<columns><checkedByDefault>true</checkedByDefault><field>{field}</field><table>{table}</table></columns>"
        for table, fields in FIELDS.items()
        for field in fields
    )
    write(source, "reportTypes/Gifts.reportType-meta.xml", REPORT_TYPE.format(columns=columns))
    write(source, "reports/Ours.reportFolder-meta.xml", f"<ReportFolder {NAMESPACE}><name>Ours</name></ReportFolder>")
    objects = "".join(READ.format(name) for name in ("Account", "Opportunity"))
    write(source, "permissionsets/Readers.permissionset-meta.xml", READERS.format(objects=objects))
    org.deploy(source)
    admin = org.administrator()
    (household,) = admin.insert("Account", [{"Name": "Park Household"}])
    made = admin.insert("Opportunity", [gift | {"AccountId": household.id} for gift in GIFTS])
    assert all(one.success for one in made)
    reader = org.create_user("reader@example.org", profile="Standard User")
    org.assign_permission_set(reader, "Readers")
    org.create_user("nobody@example.org", profile="Minimum Access - Salesforce")
    yield org
    org.close()


def write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def reported(org: Org, folder: Path, session: Session, *, details: bool = True, **given: str) -> dict[str, Any]:
    """A report with these parts, deployed and run."""
    parts = {
        "columns": COLUMN.format(f"{GIFT}Name"),
        "format": "Summary",
        "kind": "Gifts__c",
        "filter": "",
        "more": "",
    } | given
    text = (
        f"<Report {NAMESPACE}>{parts['columns']}<filter>{parts['filter']}<language>en_US</language></filter>"
        f"<format>{parts['format']}</format>{parts['more']}<name>Gifts</name><reportType>{parts['kind']}</reportType>"
        "<scope>organization</scope><showDetails>true</showDetails></Report>"
    )
    write(folder, "reports/Ours/Gifts.report-meta.xml", text)
    org.deploy(folder)
    report = definitions.report_named(session, "Ours/Gifts")
    return shapes.result("", results.run(session, report, details=details), session.user, details=details)


def grouped(field: str, granularity: str = "Day", order: str = "Asc") -> str:
    inside = (
        f"<dateGranularity>{granularity}</dateGranularity><field>{GIFT}{field}</field><sortOrder>{order}</sortOrder>"
    )
    return f"<groupingsDown>{inside}</groupingsDown>"


def only(column: str, operator: str, value: str) -> str:
    return (
        f"<criteriaItems><column>{column}</column><operator>{operator}</operator><value>{value}</value></criteriaItems>"
    )


def labels(result: dict[str, Any]) -> list[str]:
    return [group["label"] for group in result["groupingsDown"]["groupings"]]


def summed(*kinds: str) -> str:
    sums = "".join(f"<aggregateTypes>{kind}</aggregateTypes>" for kind in kinds)
    return f"<columns>{sums}<field>{GIFT}Amount</field></columns>"


def test_groups_come_in_the_picklists_order_with_their_sums(org: Org, tmp_path: Path) -> None:
    columns = summed("Sum", "Average", "Minimum", "Maximum")
    found = reported(org, tmp_path, org.administrator(), columns=columns, more=grouped("StageName"))

    assert labels(found) == ["Prospecting", "Pledged", "Closed Won"]
    assert found["reportMetadata"]["aggregates"] == [f"{sign}{GIFT}Amount" for sign in ("s!", "a!", "m!", "x!")] + [
        "RowCount"
    ]
    total = [one["value"] for one in found["factMap"]["T!T"]["aggregates"]]
    assert total == [450, 150, 50, 300, 4]
    closed_won = found["factMap"]["2!T"]
    assert [one["label"] for one in closed_won["aggregates"]] == ["$300.00", "$300.00", "$300.00", "$300.00", "2"]
    assert len(closed_won["rows"]) == 2


def test_a_group_inside_a_group_has_its_own_key(org: Org, tmp_path: Path) -> None:
    more = grouped("CloseDate", "Year", "Desc") + grouped("CloseDate", "Month")
    found = reported(org, tmp_path, org.administrator(), more=more)

    assert labels(found) == ["CY2026", "CY2025"]
    assert [one["label"] for one in found["groupingsDown"]["groupings"][0]["groupings"]] == [
        "January 2026",
        "February 2026",
    ]
    counts = {key: fact["aggregates"][-1]["value"] for key, fact in found["factMap"].items()}
    assert counts == {"T!T": 4, "0!T": 3, "0_0!T": 2, "0_1!T": 1, "1!T": 1, "1_0!T": 1}


def test_moments_fall_on_the_readers_day(org: Org, tmp_path: Path) -> None:
    admin = org.administrator()
    found = reported(org, tmp_path, admin, more=grouped("CreatedDate"))

    here = admin.clock.now().astimezone()
    assert len(labels(found)) == 1
    assert labels(found)[0].endswith(f"/{here.year}")


def test_filters_and_their_logic_decide_which_rows_count(org: Org, tmp_path: Path) -> None:
    either = only(f"{GIFT}Amount", "greaterThan", "200") + only(f"{GIFT}StageName", "equals", "Pledged,Prospecting")
    several = f"<booleanFilter>1 OR 2</booleanFilter>{either}"
    found = reported(org, tmp_path, org.administrator(), filter=several)

    names = {row["dataCells"][0]["label"] for row in found["factMap"]["T!T"]["rows"]}
    assert names == {"Spring", "Summer", "Winter"}


def test_a_time_frame_bounds_the_rows(org: Org, tmp_path: Path) -> None:
    frame = (
        f"<timeFrameFilter><dateColumn>{GIFT}CloseDate</dateColumn><endDate>2026-01-31</endDate>"
        "<interval>INTERVAL_CUSTOM</interval><startDate>2026-01-01</startDate></timeFrameFilter>"
    )
    found = reported(org, tmp_path, org.administrator(), more=frame)

    assert found["factMap"]["T!T"]["aggregates"][-1]["value"] == 2


def test_a_tabular_report_is_sorted_as_it_says_and_leads_to_its_records(org: Org, tmp_path: Path) -> None:
    columns = "".join(COLUMN.format(name) for name in (f"{GIFT}Name", "Account$Name", "Account$Owner", f"{GIFT}Amount"))
    sort = f"<sortColumn>{GIFT}Amount</sortColumn><sortOrder>Desc</sortOrder>"
    found = reported(org, tmp_path, org.administrator(), columns=columns, format="Tabular", more=sort)

    rows = [[cell["label"] for cell in row["dataCells"]] for row in found["factMap"]["T!T"]["rows"]]
    assert [row[0] for row in rows] == ["Summer", "Spring", "Winter", "Autumn"]
    assert rows[0][1:] == ["Park Household", "Ada Admin", "$300.00"]
    assert rows[-1][-1] == "-"
    ids = [cell["value"] for cell in found["factMap"]["T!T"]["rows"][0]["dataCells"][:3]]
    assert [str(one)[:3] for one in ids] == ["006", "001", "005"]


def test_what_a_person_may_not_read_is_left_out(org: Org, tmp_path: Path) -> None:
    reader = org.session(str(org.user_id("reader@example.org")))
    columns = COLUMN.format(f"{GIFT}Name") + COLUMN.format(f"{GIFT}npsp__Primary_Contact__c")
    found = reported(org, tmp_path, reader, columns=columns)

    assert found["reportMetadata"]["detailColumns"] == [f"{GIFT}Name"]


def test_a_report_that_would_say_something_else_is_refused(org: Org, tmp_path: Path) -> None:
    reader = org.session(str(org.user_id("reader@example.org")))
    hidden = only(f"{GIFT}npsp__Primary_Contact__c", "notEqual", "")

    with pytest.raises(ApiError, match="npsp__Primary_Contact__c, which you cannot see"):
        reported(org, tmp_path, reader, filter=hidden)


def test_who_may_not_see_the_objects_cannot_run_it(org: Org, tmp_path: Path) -> None:
    nobody = org.session(str(org.user_id("nobody@example.org")))

    with pytest.raises(ApiError, match="it is about Account, which you cannot see"):
        reported(org, tmp_path, nobody)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "ContactList"}, "not of ContactList"),
        ({"more": grouped("StageName").replace("Down", "Across")}, "no matrix reports"),
        ({"more": grouped("CloseDate", "FiscalWeek")}, "not by FiscalWeek"),
    ],
)
def test_what_the_local_org_does_not_run_is_refused_by_name(
    org: Org, tmp_path: Path, given: dict[str, str], says: str
) -> None:
    with pytest.raises(ApiError, match=says):
        reported(org, tmp_path, org.administrator(), **given)


def test_every_row_counts_and_the_first_two_thousand_are_shown(
    org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_DETAILS", 3)
    found = reported(org, tmp_path, org.administrator())

    assert found["factMap"]["T!T"]["aggregates"][-1]["value"] == 4
    assert (len(found["factMap"]["T!T"]["rows"]), found["allData"]) == (3, False)


def test_without_details_there_are_sums_alone(org: Org, tmp_path: Path) -> None:
    found = reported(org, tmp_path, org.administrator(), details=False, more=grouped("StageName"))

    assert found["hasDetailRows"] is False
    assert all("rows" not in fact for fact in found["factMap"].values())
