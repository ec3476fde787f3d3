"""The reports: one file that says what the figures say, escapes what it is given, and can be read without pictures."""

from __future__ import annotations

import pathlib
import re
import sys

import lxml.html
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "models"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tables"))

from donor_base import examples
from donor_table import donors
from steward import models, outcomes
from steward.reports import outcomes as of_outcomes
from steward.reports import table as of_table
from steward.tables import evaluation
from steward.tables.prepare import Roles

GIVES = outcomes.get("give_90_days")


@pytest.fixture(scope="module")
def cards() -> list[dict]:
    proven = models.train(GIVES, examples(), seed=1, threads=1).card
    return [proven, models.train(GIVES, examples(dates=[]), seed=1).card]


@pytest.fixture(scope="module")
def found() -> dict:
    frame = donors(900).rename(columns={"gifts": "<script>alert(1)</script>"})
    return evaluation.evaluate(frame, Roles("gave", amount="amount"), cost=5, repeats=1)


@pytest.fixture(scope="module", params=["outcomes", "table"])
def page(request, cards, found) -> str:
    return of_outcomes.report(cards) if request.param == "outcomes" else of_table.report(found)


def test_it_needs_no_network_and_runs_no_script(page):
    tree = lxml.html.fromstring(page)
    assert not tree.xpath("//script | //link | //img | //iframe | //@onclick")
    assert set(re.findall(r"https?://[^\"' <]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_every_picture_has_words_and_every_table_its_heads(page):
    tree = lxml.html.fromstring(page)
    assert tree.get("lang") == "en"
    assert len(tree.xpath("//h1")) == 1
    pictures = tree.xpath("//*[local-name()='svg']")
    assert pictures
    assert all(picture.get("aria-label") for picture in pictures)
    for sheet in tree.xpath("//table"):
        heads = sheet.xpath(".//th[@scope='col']")
        assert heads
        assert {len(row.xpath("./td")) for row in sheet.xpath("./tbody/tr")} <= {len(heads)}


def test_the_report_of_outcomes_says_what_the_card_says(cards):
    text = lxml.html.fromstring(of_outcomes.report(cards)).text_content()
    assert f"{cards[0]['evaluation']['model']['auc'][0]:.3f}" in text
    assert all(rule["title"] in text for rule in cards[0]["evaluation"]["rules"])
    assert cards[1]["why_a_rule"] in text
    assert all(use in text for use in GIVES.not_for)
    assert "under a year" in text


def test_gains_rise_from_nothing_to_everybody(cards):
    held = cards[0]["evaluation"]["model"]["gains"]
    assert held == sorted(held)
    assert held[-1] == 1
    assert held[1] == pytest.approx(cards[0]["evaluation"]["model"]["lift_at_10"] / 10, abs=0.002)


def test_the_report_of_a_table_names_what_was_left_out_and_what_contact_earns(found):
    text = lxml.html.fromstring(of_table.report(found)).text_content()
    assert "not used: is the amount" in text
    assert f"{found['profit']['model']['profit']:,.0f}" in text
    assert f"{found['model']['auc']:.3f}" in text
