"""A gift officer's own screens: the portfolio and what is done from it, the review queue, the card's further answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser_kit import Visitor
from browser_org import SCORED, Cast, Stage, save
from playwright.sync_api import Locator, Page, expect

Visit = Callable[..., Visitor]
OFFICER, MANAGER, ADMIN = "officer@steward.example", "manager@steward.example", "admin@steward.example"
PORTFOLIO, QUEUE = "/lightning/n/AI_Portfolio", "/lightning/n/AI_Review_Queue"
FURTHER: dict[str, Any] = {
    "Mode__c": "Guided", "Renewal_Score__c": 88.0, "Renewal_Band__c": "Very high", "Renewal_Rank__c": 5,
    "Planned_Giving_Band__c": "High", "Planned_Giving_Rank__c": 6,
    "Expected_Gift__c": 2500, "Expected_Gift_Low__c": 1200, "Expected_Gift_High__c": 4000,
    "Lifetime_Value_5_Years__c": 12000, "Lifetime_Value_5_Years_Low__c": 4000, "Lifetime_Value_5_Years_High__c": 22000,
    "Value_Reason__c": "By donors like this one.", "Contact_Window_From__c": "2026-03-01",
    "Contact_Window_Until__c": "2026-03-12", "Next_Gift_From__c": "2026-03-20", "Next_Gift_Until__c": "2026-04-30",
    "Recurring_Health__c": "At Risk", "Recurring_Health_Reason__c": "The card expires next month.",
    "Preferred_Channel__c": "Phone", "Channel_Reason__c": "Answered 3 of 4 calls.",
}  # fmt: skip


@pytest.fixture(scope="module")
def nora(stage: Stage) -> Iterator[dict[str, str]]:
    """A donor in guided rollout whom a person has to look at; gone after these tests."""
    admin = stage.org.administrator()
    household = save(admin, "insert", "Account", Name="Quist Household")
    contact = save(admin, "insert", "Contact", FirstName="Nora", LastName="Quist", AccountId=household)
    whose = {"Contact__c": contact, "Donor_Id__c": contact, "Giving_Unit__c": household}
    profile = save(admin, "insert", "AI_Donor_Profile__c", **whose, **(SCORED | FURTHER))
    yield {"contact": contact, "household": household, "profile": profile}
    admin.delete("Contact", [contact])


def everyone(visitor: Visitor) -> Locator:
    """The portfolio of somebody who owns no donor, widened to all; what comes back are its rows."""
    visitor.open(PORTFOLIO)
    visitor.page.get_by_role("button", name="Show all donors I may see").click()
    rows = visitor.page.locator("tbody tr")
    expect(rows.first).to_be_visible()
    return rows


def row_of(page: Page, donor: str) -> Locator:
    return page.locator("tbody tr").filter(has_text=donor)


def test_who_owns_no_donor_is_told_so_and_sees_the_others(visit: Visit, nora: dict[str, str]) -> None:
    officer = visit(OFFICER)
    officer.open(PORTFOLIO)
    expect(officer.page.locator("c-portfolio")).to_contain_text("None of the donors you own")
    officer.accessible()

    rows = everyone(officer)

    expect(rows.first).to_contain_text("Nora Quist")
    expect(rows.first).to_contain_text("This week (Mar 1")
    expect(officer.page.locator("c-portfolio")).to_contain_text(
        "First come the donors for whom this week is a good time"
    )
    expect(row_of(officer.page, "Mina Cho")).to_have_count(0)
    officer.accessible()
    officer.picture("portfolio")


def test_filters_and_columns_narrow_and_order_the_list_by_keyboard(visit: Visit) -> None:
    officer = visit(OFFICER)
    rows = everyone(officer)
    keyboard = officer.page.keyboard

    officer.page.get_by_role("checkbox", name="Out of date").focus()
    keyboard.press("Space")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Lena Fischer")
    keyboard.press("Space")
    expect(row_of(officer.page, "Ben Okafor")).to_have_count(1)

    officer.page.locator("thead").get_by_role("button", name="Donor").first.click()
    expect(rows.first).to_contain_text("Ana Ruiz")
    expect(officer.page.locator("c-portfolio")).to_contain_text("Ordered by the column you chose.")


def test_a_call_is_logged_from_a_row_with_the_next_step_filled_in(visit: Visit, stage: Stage, cast: Cast) -> None:
    officer = visit(OFFICER)
    everyone(officer)
    page = officer.page

    row_of(page, "Grace Moore").get_by_role("button").first.click()
    page.get_by_role("menuitem", name="Log a call").click()
    form = page.locator("c-task-form")
    expect(form.get_by_label("Notes")).to_have_value(
        re.compile("^Call or visit: a personal conversation before any ask")
    )
    officer.accessible()
    officer.picture("log-a-call")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)

    (task,) = stage.rows(
        f"SELECT IsClosed, TaskSubtype, Owner.Name FROM Task WHERE WhoId = '{cast.contacts['Grace Moore']}'"
    )
    assert (task["IsClosed"], task["TaskSubtype"], task["Owner"]["Name"]) == (True, "Call", "Olivia Officer")


def test_chosen_donors_join_a_campaign(visit: Visit, stage: Stage) -> None:
    campaign = save(stage.org.administrator(), "insert", "Campaign", Name="Spring Appeal", IsActive=True)
    admin = visit(ADMIN)
    admin.open(PORTFOLIO)
    page = admin.page
    for donor in ("Tomás Silva", "Ana Ruiz"):
        row_of(page, donor).locator(".slds-checkbox_faux").click()
    expect(page.locator("c-portfolio")).to_contain_text("Chosen: 2")
    page.get_by_role("button", name="Add to campaign").click()
    admin.accessible()
    page.get_by_role("combobox", name="Active campaign").click()
    page.get_by_role("option", name="Spring Appeal").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("c-campaign-form")).to_have_count(0)

    members = stage.rows(f"SELECT Contact.Name FROM CampaignMember WHERE CampaignId = '{campaign}'")
    assert sorted(one["Contact"]["Name"] for one in members) == ["Ana Ruiz", "Tomás Silva"]


def test_the_card_answers_more_questions_and_says_what_to_expect(visit: Visit, nora: dict[str, str]) -> None:
    officer = visit(OFFICER)
    officer.open(f"/lightning/r/Account/{nora['household']}/view")

    officer.expect_words(
        "About Nora Quist, whom to contact first in Quist Household.", "Suggested: Major gift prospect"
    )
    officer.card.get_by_text("More questions (2)").click()
    officer.expect_words(
        "An order among donors, not a chance", "$12,000", "($4,000 to $22,000)", "The card expires next month."
    )
    officer.expect_words("Best reached by", "Answered 3 of 4 calls.")
    officer.accessible()
    officer.picture("card-of-a-household", officer.card)


def test_a_manager_approves_what_waits_after_saying_yes(visit: Visit, stage: Stage, nora: dict[str, str]) -> None:
    manager = visit(MANAGER)
    manager.open(QUEUE)
    page = manager.page
    queue = page.locator("c-review-queue")
    expect(queue).to_contain_text("In guided rollout a suggested segment counts nowhere")
    expect(queue).to_contain_text("Until now: no segment, nobody has approved one.")
    manager.accessible()
    manager.picture("review-queue")

    page.get_by_text("Choose all that are shown").click()
    page.get_by_role("button", name="Approve chosen (1)").click()
    page.keyboard.press("Enter")  # the keyboard stands on “Yes, approve”

    expect(queue).to_contain_text("Nora Quist: Major gift prospect, approved by Mara Manager on Mar 2, 2026")
    expect(queue).to_contain_text("Nothing waits for you.")
    manager.accessible()
    (profile,) = stage.rows(
        f"SELECT Effective_Segment__c, Reviewed_By__r.Name FROM AI_Donor_Profile__c WHERE Id = '{nora['profile']}'"
    )
    assert (profile["Effective_Segment__c"], profile["Reviewed_By__r"]["Name"]) == (
        "Major gift prospect",
        "Mara Manager",
    )


@pytest.mark.parametrize(("username", "path"), [(OFFICER, PORTFOLIO), (MANAGER, QUEUE)])
def test_the_kill_switch_empties_both_screens(visit: Visit, stage: Stage, username: str, path: str) -> None:
    with stage.switched_off():
        person = visit(username)
        person.open(path)
        expect(person.page.locator("lightning-card")).to_contain_text("Donor insights are switched off for now.")
        expect(person.page.locator("tbody tr, c-review-item")).to_have_count(0)


@pytest.mark.parametrize(
    ("username", "words"),
    [
        (
            "oficial@steward.example",
            ("Mis donantes: con quién hablar ahora", "Mostrar todos los donantes que puedo ver"),
        ),
        (
            "chargee@steward.example",
            ("Mes donateurs : à qui parler ensuite", "Afficher tous les donateurs que je peux voir"),
        ),
    ],
)
def test_the_portfolio_speaks_the_readers_language_on_a_phone(
    visit: Visit, username: str, words: tuple[str, str]
) -> None:
    person = visit(username, phone=True)
    person.open(PORTFOLIO)
    for text in words:
        expect(person.page.locator("c-portfolio")).to_contain_text(text)
    person.accessible()
