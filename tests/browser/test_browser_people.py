"""Whose page it is: rights and languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests
from browser_kit import Visitor
from browser_org import REASONS, SCORED, Cast, Stage
from playwright.sync_api import expect

Visit = Callable[..., Visitor]
# What base components say, which Salesforce has in every language, and words that are French too.
NO_ENGLISH = {"Complete this field.", "Select an Option", "Segment", "*Segment", "Prospect"}


def test_who_may_look_but_not_act_gets_no_buttons(visit: Visit, cast: Cast) -> None:
    viewer = visit("viewer@steward.example")
    card = viewer.open_contact(cast.contacts["Rosa Park"])

    viewer.expect_words("Very high", "Call or visit")
    for name in ("Change segment", "Score now", "Useful"):
        expect(card.get_by_role("button", name=name)).to_have_count(0)
    assert viewer.refused == []  # nothing is asked for that this person may not have
    viewer.accessible()


def test_who_has_no_permission_is_told_so_and_sees_no_score(visit: Visit, cast: Cast) -> None:
    desk = visit("desk@steward.example")
    card = desk.open_contact(cast.contacts["Rosa Park"])

    expect(card.get_by_role("alert")).to_contain_text("access")
    expect(desk.page.locator("body")).not_to_contain_text("92")
    desk.accessible()
    desk.picture("card-no-permission", card)


def test_a_list_leaves_out_the_columns_and_filters_a_person_may_not_read(visit: Visit) -> None:
    columns: dict[str, list[str]] = {}
    for username in ("desk@steward.example", "officer@steward.example"):
        person = visit(username)
        person.open("/lightning/o/Contact/list?filterName=AI_My_Donors_Likely_to_Give")
        expect(person.page.locator("thead")).to_be_visible()
        columns[username] = person.page.locator("thead th").all_inner_texts()
        assert person.refused == []
        person.accessible()

    desk, officer = columns.values()
    assert set(desk) < set(officer)
    assert [name for name in desk if name.startswith("AI ")] == []


@pytest.mark.parametrize(
    ("username", "words", "language", "picture"),
    [
        (
            "oficial@steward.example",
            [
                "Próximo paso sugerido",
                "2500 US$",
                "Calculado hoy",
                "6 abr 2026",
                "Candidato a gran donación",
                "Muy alta",
                "Confianza: Alta",
                "Dona a Youth Programs",
                "Averigüe qué le mueve",
                "Una persona, ahora",
            ],
            "es",
            "card-spanish",
        ),
        (
            "chargee@steward.example",
            [
                "Prochaine étape",
                "aujourd’hui",
                "Prospect pour un don majeur",
                "Très élevée",
                "Découvrez ce qui le touche",
            ],
            "fr",
            "card-french",
        ),
    ],
)
def test_the_card_speaks_the_persons_language(
    visit: Visit, cast: Cast, username: str, words: list[str], language: str, picture: str
) -> None:
    person = visit(username)
    card = person.open_contact(cast.contacts["Rosa Park"])

    assert person.page.locator("html").get_attribute("lang") == language
    for text in words:
        expect(card).to_contain_text(text, ignore_case=True)
    expect(card).not_to_contain_text("How likely")
    person.accessible()
    person.picture(picture, card)


@pytest.mark.parametrize("username", ["oficial@steward.example", "chargee@steward.example"])
def test_nothing_on_the_card_is_english_but_what_the_service_wrote(visit: Visit, cast: Cast, username: str) -> None:
    english, theirs = (
        whole_card(visit(one), cast.contacts["Rosa Park"]) for one in ("officer@steward.example", username)
    )

    service = {text for side in REASONS["Propensity"].values() for text in side}
    service |= {SCORED["Next_Step__c"], SCORED["Ask_Reason__c"]}
    assert {text for text in english & theirs if re.search("[a-z]{2}", text)} - NO_ENGLISH == service


def whole_card(visitor: Visitor, contact: str) -> set[str]:
    """Every text of the card with both of its forms open, and each list of choices in turn."""
    card = visitor.open_contact(contact)
    card.locator("[data-action=no]").click()
    card.locator("[data-action=open]").click()
    expect(card.locator("c-feedback-form")).to_be_visible()
    texts = [card.inner_text()]
    for choice in card.get_by_role("combobox").all():
        choice.press("Enter")
        expect(choice).to_have_attribute("aria-expanded", "true")
        texts.append(card.inner_text())
        choice.press("Escape")
    return {line.strip() for text in texts for line in text.splitlines()}


def test_a_page_asks_for_a_login_and_comes_back(stage: Stage, cast: Cast) -> None:
    there = f"/lightning/r/Contact/{cast.contacts['Rosa Park']}/view"
    stage.server.runtime.accounts.set_password(str(stage.org.user_id("viewer@steward.example")), "secret")
    form = {"username": "viewer@steward.example", "retURL": there}

    asked = requests.get(stage.address + there, allow_redirects=False, timeout=30)
    wrong = requests.post(f"{stage.address}/lightning/login", data=form | {"password": "x"}, timeout=30)
    right = requests.post(
        f"{stage.address}/lightning/login", data=form | {"password": "secret"}, allow_redirects=False, timeout=30
    )
    away = requests.post(
        f"{stage.address}/lightning/login", timeout=30, allow_redirects=False,
        data=form | {"password": "secret", "retURL": "//elsewhere.example"},
    )  # fmt: skip

    assert (asked.status_code, asked.headers["Location"].partition("?")[0]) == (303, "/lightning/login")
    assert (wrong.status_code, "check your username" in wrong.text) == (401, True)
    assert (right.status_code, right.headers["Location"]) == (303, there)
    assert "HttpOnly" in right.headers["Set-Cookie"]
    assert away.headers["Location"] == "/lightning"


def test_a_tool_hands_its_session_to_a_browser(stage: Stage) -> None:
    door = f"{stage.address}/secur/frontdoor.jsp"
    given = {"sid": stage.token("viewer@steward.example"), "retURL": "/lightning/o/Account/list"}

    opened = requests.get(door, params=given, allow_redirects=False, timeout=30)
    refused = requests.get(door, params={"sid": "no such session"}, allow_redirects=False, timeout=30)

    assert (opened.status_code, opened.headers["Location"]) == (303, "/lightning/o/Account/list")
    assert opened.headers["Set-Cookie"].startswith(f"sid={given['sid']};")
    assert (refused.headers["Location"], "Set-Cookie" in refused.headers) == ("/lightning/login", False)


def test_a_cookie_alone_opens_no_api(stage: Stage) -> None:
    cookie = {"sid": stage.token("admin@steward.example")}
    api = f"{stage.address}/services/data/v67.0/limits"

    from_elsewhere = requests.get(api, cookies=cookie, timeout=30)
    from_a_page = requests.get(api, cookies=cookie, headers={"X-Localorg-Page": "1"}, timeout=30)

    assert (from_elsewhere.status_code, from_a_page.status_code) == (401, 200)
