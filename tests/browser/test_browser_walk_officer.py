"""An officer's walk, with everything real behind it: find a donor, understand, act, disagree; the next night respects it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_kit import Browsers, Visitor
from job_world import copied, fine, published
from localorg.lightning import bundles
from loop_kit import OFFICER, Loop, running
from playwright.sync_api import Browser, Locator, expect
from test_real_time_torture import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ANSWERED = 90_000  # milliseconds; a loop takes two or three seconds, on a busy machine more
LIST = "/lightning/o/AI_Donor_Profile__c/list?filterName=Likely_to_Give_Soon"


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    folder = tmp_path_factory.mktemp("walk")
    with copied(published(tmp_path_factory), folder) as world, running(world, free_port(), folder) as made:
        bundles.build(world.org.server.runtime.org)  # before the first page, whose patience is shorter
        yield made


@pytest.fixture
def officer(chromium: Browser, loop: Loop) -> Iterator[Visitor]:
    org = loop.world.org
    browsers = Browsers(chromium, org.server.address.url)
    visitor = browsers.enter(OFFICER, lambda username: org.as_user(username).token)
    yield visitor
    visitor.page.close()
    assert visitor.problems == []


def test_an_officer_finds_understands_acts_and_disagrees(loop: Loop, officer: Visitor) -> None:
    contact, card = find(officer)
    understand(loop, contact, card)
    act(loop, contact, card)
    disagree(card)

    night = loop.world.steward("run")

    fine(night)
    officer.open_contact(contact)
    expect(card.locator(".segment")).to_have_text("Occasional donor")
    expect(card).to_contain_text("They told us on the phone.")


def find(officer: Visitor) -> tuple[str, Locator]:
    """The first donor of the list Likely to Give Soon."""
    officer.open(LIST)
    officer.accessible()
    officer.page.locator("tbody tr a").first.click()
    officer.page.wait_for_url("**/lightning/r/Contact/**")
    expect(officer.card).to_contain_text("Suggested next step")
    return officer.page.url.split("/")[-2], officer.card


def understand(loop: Loop, contact: str, card: Locator) -> None:
    """What the card says is what the night wrote."""
    (row,) = loop.admin.query(
        "SELECT Effective_Segment__c, Propensity_Band__c, Propensity_Score__c, Next_Step__c, Helps__c "
        f"FROM AI_Donor_Profile__c WHERE Contact__c = '{contact}'"
    )
    for said in (row["Effective_Segment__c"], row["Next_Step__c"], row["Helps__c"].split("; ")[0]):
        expect(card).to_contain_text(said)
    band = card.locator("c-score-band").first
    expect(band).to_contain_text(row["Propensity_Band__c"])
    expect(band).to_contain_text(f"about {round(row['Propensity_Score__c'])} in 100")


def act(loop: Loop, contact: str, card: Locator) -> None:
    """A fresh answer, by the service and a worker."""
    before = loop.profile(contact)
    card.get_by_role("button", name="Score now").click()
    expect(card).to_contain_text("This is the fresh answer", timeout=ANSWERED)
    after = loop.profile(contact)
    assert (before["Answer_Source__c"], after["Answer_Source__c"]) == ("Nightly", "Real-time")
    assert after["Known_Until__c"] > before["Known_Until__c"]


def disagree(card: Locator) -> None:
    card.get_by_role("button", name="Change segment").click()
    card.get_by_role("combobox", name="Segment").click()
    card.get_by_role("option", name="Occasional donor").click()
    card.get_by_role("textbox", name="Why?").fill("They told us on the phone.")
    card.get_by_role("button", name="Save").click()
    expect(card.locator(".segment")).to_have_text("Occasional donor")
    card.get_by_role("button", name="Not useful").click()
    card.get_by_role("button", name="Send").click()
    expect(card).to_contain_text("Thank you")
