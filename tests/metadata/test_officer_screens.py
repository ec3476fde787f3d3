"""What a gift officer works with: the questions are the service's own, and every screen speaks every language we ship."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from metadata_checks.source import Source
from steward.outcomes import OUTCOMES

LWC = ROOT / "force-app/main/default/lwc"
APEX = ROOT / "force-app/main/default/classes/profile/DonorOutcome.cls"
SCREENS = (
    "campaignForm", "display", "donorInsight", "givingAhead", "moreQuestions", "portfolio", "portfolioFilters",
    "portfolioTable", "questions", "reasonedFact", "reviewItem", "reviewQueue", "taskForm",
)  # fmt: skip


def test_the_screens_know_every_question_by_the_services_own_title() -> None:
    text = (LWC / "questions/questions.js").read_text()
    known = re.findall(r"key: '(\w+)', title: '([^']+)'", text)
    assert sorted(known) == sorted((one.field_prefix, one.title) for one in OUTCOMES)


def test_the_card_shows_as_an_order_what_has_no_likelihood() -> None:
    assert re.findall(r"ORDER_ONLY = '(\w+)'", APEX.read_text()) == [
        one.field_prefix for one in OUTCOMES if one.rank_only
    ]


@pytest.mark.parametrize("language", ["es", "fr"])
def test_every_screen_of_an_officer_speaks_the_language(package: Source, language: str) -> None:
    [file] = [one for one in package.of("translation") if one.name == language]
    translated = set(file.texts("customLabels/name"))
    for screen in SCREENS:
        wanted = set(re.findall(r"@salesforce/label/c\.(\w+)'", (LWC / screen / f"{screen}.js").read_text()))
        assert sorted(wanted - translated) == [], screen
