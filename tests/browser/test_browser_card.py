"""The donor insight card on a Contact's page: what it says in each state, and what an officer can do with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser_kit import DESK, Visitor
from browser_org import Cast, Stage, save
from playwright.sync_api import expect

Visit = Callable[..., Visitor]
OFFICER = "officer@steward.example"


def test_the_card_says_how_likely_why_what_next_and_how_fresh(visit: Visit, cast: Cast) -> None:
    officer = visit(OFFICER)
    card = officer.open_contact(cast.contacts["Rosa Park"])

    officer.expect_words(
        "Major gift prospect", "Call or visit", "$2,500", "Very high", "about 92 in 100 donors like this one",
        "top 3\u00a0%", "gave 4 gifts in the last 12 months", "has never made a recurring gift", "Scored today",
        "valid until Apr 6, 2026", "Park Household", "Gives to Youth Programs",
    )  # fmt: skip
    expect(card.locator("c-score-trend polyline")).to_be_visible()
    officer.accessible()
    officer.picture("contact-page")
    officer.picture("card-scored", card)


@pytest.mark.parametrize(
    ("donor", "words", "picture"),
    [
        ("Ben Okafor", ["At risk of lapsing", "Thank and report back"], "card-at-risk"),
        ("Lena Fischer", ["Out of date"], "card-stale"),
        ("Tomás Silva", ["Confidence: Low", "rule"], "card-by-rule"),
        ("Irene Vogel", ["No donor insight yet"], "card-no-profile"),
        ("Paul Stein", ["opted out"], "card-opted-out"),
        ("Mina Cho", ["being tried out"], "card-on-trial"),
        ("Hugo Lind", ["Deceased"], "card-not-scored"),
    ],
)
def test_every_state_is_said_in_words(visit: Visit, cast: Cast, donor: str, words: list[str], picture: str) -> None:
    officer = visit(OFFICER)
    card = officer.open_contact(cast.contacts[donor])

    for text in words:
        expect(card).to_contain_text(text, ignore_case=True)
    officer.accessible()
    officer.picture(picture, card)


@pytest.mark.parametrize("donor", ["Paul Stein", "Mina Cho", "Hugo Lind"])
def test_what_must_not_be_shown_does_not_reach_the_page(visit: Visit, cast: Cast, donor: str) -> None:
    officer = visit(OFFICER)
    with officer.page.expect_response("**/DonorProfileController/insightFor*") as answer:
        officer.open_contact(cast.contacts[donor])

    assert "92.4" not in answer.value.text()
    assert "Call or visit" not in answer.value.text()


def test_the_kill_switch_empties_every_card(visit: Visit, stage: Stage) -> None:
    officer = visit(OFFICER)
    with stage.switched_off():
        card = officer.open_contact(stage.cast.contacts["Rosa Park"])
        expect(card).to_contain_text("switched off")
        expect(card).not_to_contain_text("Very high")
        officer.picture("card-switched-off", card)

    officer.open_contact(stage.cast.contacts["Rosa Park"])
    officer.expect_words("Very high")


def test_the_households_page_shows_its_leads_answer(visit: Visit, cast: Cast) -> None:
    officer = visit(OFFICER)
    officer.open(f"/lightning/r/Account/{cast.households['Rosa Park']}/view")

    officer.expect_words("Major gift prospect", "about 92 in 100")
    officer.accessible()


def test_an_officer_overrides_with_a_reason_until_a_day_and_takes_it_back(visit: Visit, stage: Stage) -> None:
    officer = visit(OFFICER)
    card = officer.open_contact(stage.cast.contacts["Grace Moore"])
    profile = stage.cast.profiles["Grace Moore"]

    card.get_by_role("button", name="Change segment").click()
    card.get_by_role("combobox", name="Segment").click()
    card.get_by_role("option", name="Loyal donor").click()
    officer.accessible()
    officer.picture("card-override", card)
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Complete this field")  # the reason
    card.get_by_role("textbox", name="Why?").fill("We met last week; they want to stay where they are.")
    card.get_by_label("Until").fill("6/30/2026")
    card.get_by_role("button", name="Save").click()

    expect(card.locator(".segment")).to_have_text("Loyal donor")
    expect(card).to_contain_text("Olivia Officer: We met last week")
    expect(officer.page.get_by_role("status").filter(has_text="saved")).to_be_visible()
    officer.close_toasts()
    officer.picture("card-overridden", card)
    (row,) = stage.rows(
        "SELECT Override_Segment__c, Override_Until__c, Overridden_By__r.Username FROM AI_Donor_Profile__c "
        f"WHERE Id = '{profile}'"
    )
    assert (row["Override_Segment__c"], row["Override_Until__c"]) == ("Loyal donor", "2026-06-30")
    assert row["Overridden_By__r"]["Username"] == OFFICER

    card.get_by_role("button", name="Remove").click()
    expect(card.locator(".segment")).to_have_text("Upgrade ready")


def test_the_keyboard_alone_overrides(visit: Visit, stage: Stage) -> None:
    officer = visit(OFFICER)
    card = officer.open_contact(stage.cast.contacts["Ana Ruiz"])
    keyboard = officer.page.keyboard

    card.get_by_role("button", name="Change segment").focus()
    keyboard.press("Enter")
    expect(card.get_by_role("combobox", name="Segment")).to_be_visible()
    officer.tab_to(role="combobox")
    keyboard.press("Enter")
    expect(card.get_by_role("option", name="Loyal donor")).to_be_visible()
    keyboard.type("Loyal")
    keyboard.press("Enter")
    officer.tab_to(role="textbox")
    keyboard.type("She asked us to.")
    officer.tab_to(role="button", name="Save")
    keyboard.press("Enter")

    expect(card).to_contain_text("Olivia Officer: She asked us to.")


def test_the_keyboard_goes_through_the_card_from_top_to_bottom_and_out_of_it(visit: Visit, cast: Cast) -> None:
    officer = visit(OFFICER)
    card = officer.open_contact(cast.contacts["Rosa Park"])

    card.get_by_role("button", name="Change segment").focus()
    for name in ("Useful", "Not useful", "Score now"):
        officer.page.keyboard.press("Tab")
        expect(card.get_by_role("button", name=name, exact=True)).to_be_focused()
    officer.page.keyboard.press("Tab")
    assert not card.evaluate("card => card.matches(':focus-within')")


def test_feedback_is_kept_with_what_was_on_the_card(visit: Visit, stage: Stage) -> None:
    officer = visit(OFFICER)
    card = officer.open_contact(stage.cast.contacts["Ben Okafor"])

    card.get_by_role("button", name="Not useful").click()
    officer.accessible()
    officer.picture("card-feedback", card.locator("c-answer-feedback"))
    card.locator("c-feedback-form").get_by_role("button").first.click()

    expect(card).to_contain_text("Thank you")
    profile = stage.cast.profiles["Ben Okafor"]
    (row,) = stage.rows(
        f"SELECT Useful__c, Shown_Score__c, Shown_Segment__c FROM AI_Feedback__c WHERE Donor_Profile__c = '{profile}'"
    )
    assert (row["Useful__c"], row["Shown_Score__c"], row["Shown_Segment__c"]) == ("No", 12, "At risk of lapsing")


def test_score_now_without_the_service_says_so(visit: Visit, cast: Cast) -> None:
    officer = visit(OFFICER)
    card = officer.open_contact(cast.contacts["Ben Okafor"])

    card.get_by_role("button", name="Score now").click()

    expect(card.get_by_role("alert")).to_contain_text("scoring service")
    officer.picture("card-service-away", card.locator("c-score-now"))


def test_words_without_end_fit_a_page_of_twice_the_size(visit: Visit, stage: Stage) -> None:
    admin = stage.org.administrator()
    step = f"See https://example.org/{'a' * 200}"
    save(admin, "update", "AI_Donor_Profile__c", Id=stage.cast.profiles["Ana Ruiz"], Next_Step__c=step)
    officer = visit(OFFICER)
    officer.page.set_viewport_size({"width": DESK["width"] // 2, "height": DESK["height"] // 2})
    officer.open_contact(stage.cast.contacts["Ana Ruiz"])

    officer.expect_words(step, "Very high")
    assert officer.page.evaluate("document.scrollingElement.scrollWidth") <= DESK["width"] // 2
    officer.accessible()


def test_a_donor_fits_a_phone(visit: Visit, cast: Cast) -> None:
    officer = visit(OFFICER, phone=True)
    card = officer.open_contact(cast.contacts["Rosa Park"])

    expect(card).to_contain_text("Very high")
    width = officer.page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= officer.page.viewport_size["width"]  # nothing to scroll sideways
    officer.accessible()
    officer.picture("card-phone", card)
