"""An administrator's screens: the set-up assistant before anything is connected, and the health panel after good nights and bad ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browser_kit import Visitor
from browser_org import Cast, Stage, save
from playwright.sync_api import Locator, expect

Visit = Callable[..., Visitor]
MANAGER = "manager@steward.example"
SETUP, HEALTH = "/lightning/n/AI_Setup", "/lightning/n/AI_Health"
NIGHTS = {  # day of February and March 2026 → what its run says differently
    "02-26": {}, "02-27": {}, "02-28": {}, "03-01": {},
    "03-02": {"Status__c": "Completed with errors", "Profiles_Changed__c": 700, "Profiles_Unchanged__c": 300,
              "Profiles_Failed__c": 3, "Mode__c": "Shadow",
              "Message__c": "The org refused 3 profiles: see `steward dead-letters`, mend the cause, then `steward replay --all`."},
}  # fmt: skip
USUAL = {"Status__c": "Completed", "Trigger__c": "Nightly", "Mode__c": "Full", "Profiles_Changed__c": 20,
         "Profiles_Unchanged__c": 980, "Profiles_Failed__c": 0, "Mismatches__c": 0, "API_Calls__c": 84}  # fmt: skip


@pytest.fixture
def nights(stage: Stage) -> Iterator[None]:
    """Five runs and a change that could not be sent; taken away again."""
    admin = stage.org.administrator()
    made = [
        ("AI_Scoring_Run__c", save(
            admin, "insert", "AI_Scoring_Run__c", Run_Id__c=f"run-{day}", Started_At__c=f"2026-{day}T02:00:00.000Z",
            Completed_At__c=f"2026-{day}T02:14:00.000Z", **(USUAL | more),
        ))
        for day, more in NIGHTS.items()
    ]  # fmt: skip
    kept = {"Event_Id__c": "one", "Donor_Id__c": "003000000000001AAA", "Event_Type__c": "donation_created", "Attempts__c": 5,
            "Happened_At__c": "2026-03-02T14:00:00.000Z", "Correlation_Id__c": "one", "Last_Error__c": "busy"}  # fmt: skip
    made.append(("AI_Unsent_Change__c", save(admin, "insert", "AI_Unsent_Change__c", **kept)))
    yield
    for sobject, record in made:
        admin.delete(sobject, [record])


def tile(screen: Locator, title: str) -> Locator:
    return screen.locator("c-status-tile", has=screen.page.get_by_role("heading", name=title))


def tab(visitor: Visitor, path: str, component: str) -> Locator:
    visitor.open(path)
    screen = visitor.page.locator(component)
    expect(screen.locator("c-status-tile").first).to_be_visible()
    return screen


def test_the_set_up_assistant_says_what_stands_and_what_to_do(visit: Visit, cast: Cast) -> None:
    manager = visit(MANAGER)
    screen = tab(manager, SETUP, "c-setup-assistant")

    expect(tile(screen, "People may see")).to_contain_text("5 people hold")
    expect(tile(screen, "a user of its own")).to_contain_text("Make an API-only user")
    expect(tile(screen, "A first run")).to_contain_text("steward doctor, steward train, steward run")
    expect(tile(screen, "reaches the scoring service")).to_contain_text("Named Credentials")
    expect(tile(screen, "The card is on the page")).to_contain_text("Nothing here can see")
    manager.accessible()
    manager.picture("set-up", screen)


def test_the_health_panel_shows_a_bad_night_and_what_to_do(visit: Visit, cast: Cast, nights: None) -> None:
    manager = visit(MANAGER)
    screen = tab(manager, HEALTH, "c-health-panel")

    expect(tile(screen, "Last run")).to_contain_text("Completed with errors on Mar 1, 2026, 9:14")
    expect(tile(screen, "Scored by 6:00")).to_contain_text("Kept")
    expect(tile(screen, "Rows refused")).to_contain_text("steward dead-letters")
    expect(tile(screen, "Answers that changed")).to_contain_text("700 of 1,000 (70%); usually 2%")
    expect(tile(screen, "API calls")).to_contain_text("84")
    expect(tile(screen, "Rollout")).to_contain_text("The last run wrote Shadow")
    expect(screen.get_by_role("table")).to_contain_text("Mar 1, 2026, 9:00")  # the manager's own time
    expect(screen.get_by_role("table")).to_contain_text("The org refused 3 profiles")
    expect(tile(screen, "Real time")).not_to_contain_text("Trying")
    manager.accessible()
    manager.picture("health", screen)


def test_kept_changes_are_sent_again_with_the_keyboard(visit: Visit, cast: Cast, nights: None) -> None:
    manager = visit(MANAGER)
    screen = tab(manager, HEALTH, "c-health-panel")

    waiting = tile(screen, "Changes not sent")
    expect(waiting).to_contain_text("1 wait.")
    waiting.get_by_role("button", name="Send again now").focus()
    manager.page.keyboard.press("Enter")

    expect(screen.locator(".said")).to_contain_text("1 kept changes are on their way again.")
    expect(waiting).to_contain_text("None.")


def test_the_panel_fits_a_phone(visit: Visit, cast: Cast, nights: None) -> None:
    manager = visit(MANAGER, phone=True)
    screen = tab(manager, HEALTH, "c-health-panel")

    width = manager.page.evaluate("document.documentElement.scrollWidth")
    assert width <= manager.page.evaluate("window.innerWidth")
    expect(tile(screen, "Last run")).to_be_visible()
    manager.accessible()


@pytest.mark.parametrize("path", [SETUP, HEALTH])
def test_who_only_works_with_donors_does_not_get_these_tabs(visit: Visit, cast: Cast, path: str) -> None:
    officer = visit("officer@steward.example")
    officer.open(path)
    expect(officer.page.locator("c-status-tile")).to_have_count(0)
    expect(officer.page.get_by_role("link", name="Score Health")).to_have_count(0)
