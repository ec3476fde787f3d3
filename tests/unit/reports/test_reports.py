"""The reports: one file that says what the figures say, escapes what it is given, and can be read without pictures."""

from __future__ import annotations

import pathlib
import re
import sys

import lxml.html
import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "models"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tables"))

from donor_base import examples
from donor_table import donors
from steward import models, outcomes
from steward.models import drift, profit
from steward.models.training import train
from steward.reports import outcomes as of_outcomes
from steward.reports import table as of_table
from steward.reports.outcomes import Judged
from steward.tables import evaluation, fairness
from steward.tables.prepare import Roles

GIVES = outcomes.get("give_90_days")


@pytest.fixture(scope="module")
def proven() -> models.Model:
    return train(GIVES, examples(), seed=1, threads=1)


@pytest.fixture(scope="module")
def cards(proven) -> list[dict]:
    return [proven.card, train(GIVES, examples(dates=[]), seed=1).card]


@pytest.fixture(scope="module")
def judged(proven, cards) -> list[Judged]:
    """A model with all that can be known of it, and a rule of which little is."""
    seen = proven.evidence
    label, order, chance = (seen[name].to_numpy(float) for name in ("label", "model_order", "model_probability"))
    earned = profit.judge({"by likelihood": order, "rule: <b>": seen["rule_order"].to_numpy(float)}, label * 40, cost=9)
    where = seen["unit_id"].str[-1].rename("town").replace({"0": "<i>Ulm</i>"})
    groups = tuple(fairness.groups("town", where, label, np.ones(len(label)), order, chance))
    since = drift.since_training(proven, examples(seed=5).current.assign(gift_count=40.0))
    return [Judged(proven.card, earned, since, groups), Judged(cards[1])]


@pytest.fixture(scope="module")
def found() -> dict:
    frame = donors(900).rename(columns={"gifts": "<script>alert(1)</script>"})
    return evaluation.evaluate(frame, Roles("gave", amount="amount"), cost=5, repeats=1)


@pytest.fixture(scope="module", params=["outcomes", "table"])
def page(request, judged, found) -> str:
    return of_outcomes.report(judged) if request.param == "outcomes" else of_table.report(found)


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


@pytest.fixture(scope="module")
def text(judged) -> str:
    return lxml.html.fromstring(of_outcomes.report(judged, "€")).text_content()


def test_it_begins_with_one_sentence_and_one_picture_for_whoever_reads_no_more(judged):
    tree = lxml.html.fromstring(of_outcomes.report(judged))
    first = tree.xpath("//section")[0]
    assert "Of 2 questions, 1 are answered by a model" in first.text_content()
    assert len(first.xpath(".//*[local-name()='svg']")) == 1
    words = [one.text_content() for one in tree.xpath("//section")[1].xpath("./*")]
    assert words.index("For the analyst") > words.index("Must not be used for")


def test_it_says_what_contact_earns_where_it_peaks_and_how_sure_that_is(judged, text):
    first, rule = judged[0].profit.orders
    assert f"€{first.best:,.0f} at {first.best_share:.0%} of the list" in text
    assert f"{rule.gap.value:+,.0f} ({rule.gap.low:+,.0f} to {rule.gap.high:+,.0f})" in text
    assert (
        f"Contacting all: {'−' if judged[0].profit.everyone < 0 else ''}€{abs(judged[0].profit.everyone):,.0f}" in text
    )


def test_it_tells_drift_since_training_in_words_of_the_donor(text):
    assert "gift count" in text
    assert "40 gifts" in text
    assert "Where the order moved much, train again" in text


def test_it_shows_the_groups_that_were_asked_for_as_they_are_called(judged, text):
    assert "town: <i>Ulm</i>" in text
    assert f"{judged[0].groups[0].share_of_top:.1%}" in text


def test_a_rule_without_evidence_is_not_said_to_be_honest(cards, proven):
    ruled = {**cards[0], "method": "rule", "rule": "Most recent gift first", "why_a_rule": "It did as well."}
    text = lxml.html.fromstring(of_outcomes.report([Judged(ruled)])).text_content()
    assert "not known on this machine" in text
    assert "Predicted and observed" not in text


def test_the_report_of_outcomes_says_what_the_card_says(cards, text):
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
