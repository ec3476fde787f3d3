"""Other languages: no sentence without its translation, no value lost on the way, numbers as the country writes them."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import functools
import pathlib
import string
from collections.abc import Iterator
from decimal import Decimal

import pytest
from steward import outcomes, profile_texts
from steward.config import CHOICES
from steward.decide import asks, policy
from steward.decide.channels import Preference
from steward.decide.policy import Policy
from steward.decide.sustainers import Growth, Standing, health
from steward.donors.channels import CHANNELS
from steward.explain import Reasons
from steward.features import CATALOGUE
from steward.features.phrases import phrase
from steward.words import ENGLISH, Language, catalogues
from steward.words.language import PLURALS

AS_OF = dt.date(2024, 6, 1)
STEWARD = pathlib.Path(__file__).resolve().parents[3] / "backend" / "steward"
NOT_COUNTED = {"money", "money change", "share", "times", "months ago", "duration", "yes"}
KNOWN = {feature.name: feature for feature in CATALOGUE}
WHOSE = ("typical", "similar donors")


@functools.cache
def said_in_the_code() -> frozenset[tuple[str, str]]:
    return frozenset(_calls())


def _calls() -> Iterator[tuple[str, str]]:
    """(method, English) of every constant handed to `say` or `count`, and of the branches of a conditional one."""
    for path in sorted(STEWARD.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            where = {"say": 0, "count": 1}.get(node.func.attr)
            if (
                where is None
                or len(node.args) <= where
                or ast.unparse(node.func.value) not in ("language", "self._language")
            ):
                continue
            for part in ast.walk(node.args[where]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield node.func.attr, part.value


def sentences() -> set[str]:
    """All that may be said: what stands in calls, and what stands in tables."""
    found = {text for how, text in said_in_the_code() if how == "say"}
    found |= {text for one in CATALOGUE for text in (one.high, one.low, one.none)}
    found |= set(policy.NEXT_STEPS.values()) | {one.title for one in outcomes.OUTCOMES} | set(WHOSE)
    found |= {band.lower() for band in outcomes.BANDS} | {channel.lower() for channel in CHANNELS}
    return found


def nouns() -> set[str]:
    found = {text for how, text in said_in_the_code() if how == "count"}
    return found | {one.unit for one in CATALOGUE} - NOT_COUNTED


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture(params=["es", "fr"])
def foreign(request) -> Language:
    return catalogues.language(request.param)


def test_the_code_says_something():
    assert {"say", "count"} <= {how for how, _ in said_in_the_code()}
    assert len(sentences()) > 220


def test_every_sentence_has_its_translation_with_the_same_values(foreign):
    missing = sorted(text for text in sentences() if not any(foreign.catalogue.get(text, ())))
    assert missing == []
    assert [text for text in sentences() if places(text) != places(foreign.catalogue[text][0])] == []


def test_every_noun_has_both_its_forms(foreign):
    assert sorted(noun for noun in nouns() if len(foreign.catalogue.get(noun, ())) != 2) == []
    assert all(all(foreign.catalogue[noun]) for noun in nouns())


def test_nothing_is_translated_that_nobody_says(foreign):
    assert sorted(set(foreign.catalogue) - sentences() - nouns()) == []


def test_every_language_that_can_be_set_is_there():
    assert CHOICES["language"] == catalogues.LANGUAGES
    assert all(catalogues.language(locale).locale == locale for locale in catalogues.LANGUAGES)


@pytest.mark.parametrize(
    ("locale", "amount", "said"),
    [
        ("en", 1250, "$1,250"), ("en", Decimal("1250.5"), "$1,250.50"), ("es", 12500, "12.500\xa0$"),
        ("es_MX", 1250.5, "$1,250.50"), ("fr", 1250.5, "1\xa0250,50\xa0$"), ("fr", 50, "50\xa0$"),
    ],
)  # fmt: skip
def test_money_is_written_as_the_country_writes_it(locale, amount, said):
    assert catalogues.language(locale).money(amount) == said


@pytest.mark.parametrize(
    ("locale", "value", "said"),
    [
        ("en", 1, "1 gift"), ("en", 2.5, "2.5 gifts"), ("es", 1, "1 donación"), ("es", 1.5, "1,5 donaciones"),
        ("es", 0, "0 donaciones"), ("fr", 0, "0 don"), ("fr", 1.5, "1,5 don"), ("fr", 2, "2 dons"),
    ],
)  # fmt: skip
def test_plurals_follow_the_language(locale, value, said):
    assert catalogues.language(locale).count(value, "gift") == said


def test_a_reason_is_one_sentence_of_the_language():
    asked = KNOWN["gifts_12m"], 4, 1
    assert phrase(*asked) == "gave 4 gifts in the last 12 months (typical: 1 gift)"
    spanish = catalogues.language("es")
    assert phrase(*asked, spanish, "similar donors") == (
        "aportó 4 donaciones en los últimos 12 meses (donantes parecidos: 1 donación)"
    )
    french = catalogues.language("fr", "€")
    assert phrase(KNOWN["last_gift"], 50.0, 20.0, french) == "le dernier don était de 50\xa0€ (d'habitude : 20\xa0€)"
    assert phrase(KNOWN["months_since_last_gift"], 27, 3, french) == (
        "a donné pour la dernière fois il y a 2 ans et 3 mois (d'habitude : il y a 3 mois)"
    )


def test_no_reason_mixes_languages(foreign):
    every = " ".join(form for forms in foreign.catalogue.values() for form in forms)
    english = [word for word in {PLURALS.get(noun, f"{noun}s") for noun in nouns()} if word not in every]
    assert len(english) > 5
    for feature in CATALOGUE:
        for value in (0, None, 0.004, 0.5, 1, 2, 7.25, 30):
            said = phrase(feature, value, 3, foreign)
            assert said != phrase(feature, value, 3)
            assert "{" not in said
            assert not [word for word in english if f" {word} " in f" {said} "]


def test_english_is_the_default_and_needs_no_catalogue():
    assert Language() == ENGLISH
    assert ENGLISH.catalogue == {}


def test_what_a_profile_says_is_said_in_one_language(foreign):
    why = Reasons(
        helps=(phrase(KNOWN["gifts_12m"], 4, 1, foreign),), holds_back=(phrase(KNOWN["last_gift"], 5, 9, foreign),)
    )
    ask = asks.suggest(60.0, 60.0, True, Policy(), foreign)
    standing = Standing(1, 1, 2, AS_OF + dt.timedelta(days=3), False, False)
    well = dataclasses.replace(standing, paused=0, missed=0, card_expires_on=None)
    grows = Growth("Low", 50, 30)
    said = [
        profile_texts.insight("Gives in 90 days", 34.0, "Very high", why, foreign),
        ask.reason,
        Preference("Mail", 3, 4).told(foreign),
        health(standing, "High", grows, Policy(), AS_OF, foreign).reason,
        health(well, "Low", grows, Policy(), AS_OF, foreign).reason,
    ]
    english = {"the", "gift", "gifts", "last", "months", "of", "is", "was", "for", "in", "very", "this", "days", "mail"}
    for text in said:
        assert not english & set(text.lower().replace(";", " ").replace(".", " ").split()), text
    begins = {
        "es": "Dona en 90 días: muy alta (unos 34 de cada 100); aportó 4",
        "fr": "Donne sous 90 jours : très élevée (environ 34 sur 100); a versé 4",
    }
    assert said[0].startswith(begins[foreign.locale])
