"""An administrator's walk, with everything real behind it: install, permissions, connect, first run, and an officer's first card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_kit import Browsers, Visitor
from job_world import World, copied, fine, learnt
from localorg.lightning import bundles
from loop_kit import OFFICER, running
from playwright.sync_api import Browser, Locator, expect
from test_real_time_torture import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
MANAGER = "manager@steward.example"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The package is installed, the nonprofit's data is there, Steward has learnt from it; nobody may see anything yet."""
    with copied(learnt(tmp_path_factory), tmp_path_factory.mktemp("walk")) as made:
        bundles.build(made.org.server.runtime.org)  # before the first page, whose patience is shorter
        yield made


@pytest.fixture
def browsers(chromium: Browser, world: World) -> Browsers:
    return Browsers(chromium, world.org.server.address.url)


def test_an_administrator_installs_permits_connects_and_an_officer_meets_a_donor(
    world: World, browsers: Browsers, tmp_path: Path
) -> None:
    permit(world, MANAGER, "AI_Donor_Manage")
    manager = enter(browsers, world, MANAGER)
    screen = set_up(manager)
    expect(tile(screen, "Gifts are noticed")).to_contain_text("Start adds our rows")
    expect(tile(screen, "A first run")).to_contain_text("steward run")

    tile(screen, "Gifts are noticed").get_by_role("button", name="Start").click()
    expect(tile(screen, "Gifts are noticed")).to_contain_text("Our handlers stand beside NPSP's", timeout=60_000)

    with running(world, free_port(), tmp_path):
        fine(world.steward("run"))
        screen.get_by_role("button", name="Check again").click()
        expect(tile(screen, "A first run")).to_contain_text("The last one is complete.", timeout=60_000)
        expect(tile(screen, "reaches the scoring service")).to_contain_text("It answers and is ready.")
        manager.accessible()
        manager.picture("set-up-done", screen)
        look_after(manager)

        officer = enter(browsers, world, OFFICER)
        officer.open("/lightning/o/AI_Donor_Profile__c/list?filterName=Likely_to_Give_Soon")
        officer.page.locator("tbody tr a").first.click()
        expect(officer.card).to_contain_text("Suggested next step")
    assert [*manager.problems, *officer.problems] == []


def permit(world: World, username: str, permission_set: str) -> None:
    control = world.org.control()
    for verb, given in (
        ("user", {"username": username, "profile": "Standard User"}),
        ("assign", {"username": username, "permission_set": permission_set}),
    ):
        answer = control.post(f"/localorg/{verb}", json=given)
        assert answer.status_code == 200, answer.text


def enter(browsers: Browsers, world: World, username: str) -> Visitor:
    return browsers.enter(username, lambda name: world.org.as_user(name).token)


def set_up(manager: Visitor) -> Locator:
    manager.open("/lightning/n/AI_Setup")
    screen = manager.page.locator("c-setup-assistant")
    expect(tile(screen, "Nonprofit Success Pack")).to_contain_text("Its trigger handlers are there.", timeout=60_000)
    return screen


def look_after(manager: Visitor) -> None:
    """The health panel, the morning after."""
    manager.open("/lightning/n/AI_Health")
    screen = manager.page.locator("c-health-panel")
    expect(tile(screen, "Last run")).to_contain_text("Completed", timeout=60_000)
    expect(tile(screen, "Rows refused")).to_contain_text("None.")
    expect(screen.get_by_role("table")).to_contain_text("Completed")


def tile(screen: Locator, title: str) -> Locator:
    return screen.locator("c-status-tile", has=screen.page.get_by_role("heading", name=title))
