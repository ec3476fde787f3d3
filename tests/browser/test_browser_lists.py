"""List views, tabs and the pages of other objects: where a donor is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser_kit import Visitor
from browser_org import Cast
from playwright.sync_api import expect

Visit = Callable[..., Visitor]
OFFICER = "officer@steward.example"


def test_an_officer_finds_a_donor_in_a_list_and_opens_the_page(visit: Visit) -> None:
    officer = visit(OFFICER)
    officer.open("/lightning/o/AI_Donor_Profile__c/list?filterName=Major_Gift_Prospects")
    page = officer.page

    expect(page.get_by_role("heading", name="Major Gift Prospects")).to_be_visible()
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="Rosa Park")).to_contain_text("$2,500.00")
    expect(rows.filter(has_text="Ben Okafor")).to_have_count(0)
    officer.accessible()
    officer.picture("list-major-gift-prospects")
    rows.get_by_role("link", name="Rosa Park").click()
    expect(page.locator("c-donor-insight")).to_contain_text("Very high")


def test_another_list_is_chosen_in_place(visit: Visit) -> None:
    officer = visit(OFFICER)
    officer.open("/lightning/o/AI_Donor_Profile__c/list?filterName=All")

    officer.page.get_by_role("combobox", name="List view").click()
    officer.page.get_by_role("option", name="At Risk of Lapsing").click()

    officer.page.wait_for_url("**/list?filterName=At_Risk_of_Lapsing")
    expect(officer.page.locator("tbody tr")).to_have_count(1)
    expect(officer.page.locator("tbody tr")).to_contain_text("Ben Okafor")


def test_the_profiles_own_page_shows_its_fields_and_the_card(visit: Visit, cast: Cast) -> None:
    officer = visit(OFFICER)
    officer.open(f"/lightning/r/AI_Donor_Profile__c/{cast.profiles['Rosa Park']}/view")

    expect(officer.card).to_contain_text("Very high")
    details = officer.page.locator("page-details")
    expect(details).to_contain_text("Suggested Ask")
    expect(details.get_by_role("link", name="Rosa Park")).to_be_visible()
    officer.accessible()
    officer.picture("profile-page")


@pytest.mark.parametrize("username", ["desk@steward.example", OFFICER])
def test_the_app_bar_shows_the_tabs_a_person_may_open(visit: Visit, cast: Cast, username: str) -> None:
    person = visit(username)
    person.open_contact(cast.contacts["Irene Vogel"])

    tabs = person.page.get_by_role("navigation").get_by_role("link").all_inner_texts()
    assert {"Contacts", "Accounts"} <= set(tabs)
    assert ("Donor Profiles" in tabs) == (username == OFFICER)


def test_what_does_not_exist_is_said_on_a_page(visit: Visit) -> None:
    officer = visit(OFFICER)
    officer.open("/lightning/r/Contact/003000000000000AAA/view")

    expect(officer.page.get_by_role("main")).to_contain_text("does not exist, or you have no access")
    officer.accessible()
