"""Reports and dashboards as an officer and an executive see them, and what hangs on a profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browser_kit import Visitor
from browser_org import Cast, Stage, save
from playwright.sync_api import Locator, Page, expect

Visit = Callable[..., Visitor]
OFFICER, ADMIN, DESK = "officer@steward.example", "admin@steward.example", "desk@steward.example"


def opened(visitor: Visitor, shelf: str, name: str) -> Page:
    """From the tab to the report or dashboard of that name."""
    visitor.open(f"/lightning/o/{shelf}/home")
    visitor.page.get_by_role("link", name=name, exact=True).click()
    visitor.page.wait_for_url(f"**/lightning/r/{shelf}/**")
    visitor.page.wait_for_load_state("networkidle")
    return visitor.page


def section(page: Page, heading: str) -> Locator:
    return page.locator("section").filter(has=page.get_by_role("heading", name=heading))


def test_a_report_runs_with_its_groups_and_their_sums(visit: Visit) -> None:
    officer = visit(OFFICER)
    page = opened(officer, "Report", "Likely to Give in 90 Days")

    expect(page.locator("tbody").first).to_contain_text("Likely to Give: Band: Very high")
    expect(page.locator("tbody").first).to_contain_text("Sum of Suggested Ask: $15,000.00")
    expect(page.locator("page-report .total").first).to_have_text("7")
    officer.accessible()


def test_a_work_list_as_a_report_leads_to_its_donors(visit: Visit) -> None:
    officer = visit(OFFICER)
    page = opened(officer, "Report", "Major Gift Prospects")

    expect(page.locator("tbody tr").first).to_contain_text("Rosa Park")
    expect(page.locator("page-report")).not_to_contain_text("Mina Cho")  # her answer is on trial
    officer.accessible()
    officer.picture("report-major-gift-prospects")
    page.get_by_role("link", name="Rosa Park").click()
    expect(officer.card).to_contain_text("Very high")


def test_a_donor_who_opts_out_leaves_lists_and_reports_at_once(visit: Visit, stage: Stage, cast: Cast) -> None:
    admin = stage.org.administrator()
    save(admin, "update", "Contact", Id=cast.contacts["Ben Okafor"], AI_Opt_Out__c=True)
    try:
        officer = visit(OFFICER)
        page = opened(officer, "Report", "At Risk of Lapsing")
        expect(page.locator("page-report")).to_contain_text("No records fit this report today.")
        officer.accessible()
        officer.open("/lightning/o/AI_Donor_Profile__c/list?filterName=At_Risk_of_Lapsing")
        expect(page.locator("page-list")).to_contain_text("0 items")
    finally:
        save(admin, "update", "Contact", Id=cast.contacts["Ben Okafor"], AI_Opt_Out__c=False)


@pytest.fixture(scope="module")
def figures(stage: Stage, cast: Cast) -> Iterator[None]:
    """Giving ahead, lapsed donors and a fortnight of runs, for these tests alone."""
    admin = stage.org.administrator()
    ahead = {"Rosa Park": 4200, "Ben Okafor": 180, "Lena Fischer": 950, "Tomás Silva": 320, "Grace Moore": 1400}
    for name, amount in ahead.items():
        values = {"Lifetime_Value_1_Year__c": amount, "Lifetime_Value_5_Years__c": amount * 4}
        save(admin, "update", "AI_Donor_Profile__c", Id=cast.profiles[name], **values)
    back = {"Reactivation_Band__c": "High", "Reactivation_Value__c": 260}
    save(admin, "update", "AI_Donor_Profile__c", Id=cast.profiles["Tomás Silva"], **back)
    runs = [
        save(
            admin, "insert", "AI_Scoring_Run__c", Run_Id__c=f"run-{night}", Status__c="Completed", API_Calls__c=30 + night % 5,
            Started_At__c=f"2026-02-{night:02d}T06:00:00.000Z", Profiles_Changed__c=200 + 37 * (night % 4),
        )
        for night in range(20, 28)
    ]  # fmt: skip
    yield
    admin.delete("AI_Scoring_Run__c", runs)
    for name in ahead:
        values = dict.fromkeys(["Lifetime_Value_1_Year__c", "Lifetime_Value_5_Years__c", *back])
        save(admin, "update", "AI_Donor_Profile__c", Id=cast.profiles[name], **values)


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(
    ("username", "name", "headings", "picture"),
    [
        (
            OFFICER,
            "Donor Insights: Gift Officers",
            ["Touch this week", "Likely to give in 90 days"],
            "dashboard-officers",
        ),
        (OFFICER, "Donor Insights: Executives", ["Households by segment"], "dashboard-executives"),
        (ADMIN, "Donor Insights: Operations", ["Runs to look at", "Overridden by us"], "dashboard-operations"),
    ],
)
def test_a_dashboard_shows_what_its_reports_find_for_whoever_looks(
    visit: Visit, username: str, name: str, headings: list[str], picture: str
) -> None:
    person = visit(username)
    page = opened(person, "Dashboard", name)

    for heading in headings:
        expect(section(page, heading)).to_be_visible()
    expect(page.locator("page-dashboard").get_by_role("alert")).to_have_count(0)
    person.accessible()
    person.picture(picture)


def test_a_chart_says_the_same_to_those_who_cannot_see_it(visit: Visit) -> None:
    officer = visit(OFFICER)
    page = opened(officer, "Dashboard", "Donor Insights: Gift Officers")

    chart = section(page, "Likely to give in 90 days")
    drawn = chart.locator("svg .number").all_text_contents()
    read = chart.locator("table td").all_text_contents()
    assert drawn == read
    assert sum(int(text) for text in read) >= 3
    chart.get_by_role("link", name="View report").click()
    expect(page.locator("page-report")).to_be_visible()


def test_a_dashboard_fits_a_phone(visit: Visit) -> None:
    officer = visit(OFFICER, phone=True)
    page = opened(officer, "Dashboard", "Donor Insights: Gift Officers")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    officer.accessible()


def test_who_may_not_see_profiles_is_told_so_by_every_component(visit: Visit) -> None:
    desk = visit(DESK)
    page = opened(desk, "Dashboard", "Donor Insights: Gift Officers")

    expect(page.locator("page-dashboard").get_by_role("alert").first).to_contain_text("you cannot see")
    expect(page.locator("page-chart, .metric")).to_have_count(0)
    desk.accessible()


def test_what_people_said_of_an_answer_hangs_on_the_profile(visit: Visit, stage: Stage, cast: Cast) -> None:
    profile = cast.profiles["Grace Moore"]
    said = {"Donor_Profile__c": profile, "Useful__c": "No", "About__c": "Amount", "Note__c": "Asked too early."}
    save(stage.org.administrator(), "insert", "AI_Feedback__c", **said)
    officer = visit(OFFICER)
    officer.open(f"/lightning/r/AI_Donor_Profile__c/{profile}/view")

    officer.page.get_by_role("tab", name="Related").click()

    listed = officer.page.locator("page-related-list").filter(has_text="Feedback")
    expect(listed.get_by_role("heading")).to_contain_text("(1)")
    expect(listed).to_contain_text("Asked too early.")
    officer.accessible()
    officer.picture("profile-related")
