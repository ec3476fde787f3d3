"""The sentences of a profile, within the limits of their fields."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence

from steward.explain import Reasons
from steward.outcomes import Outcome
from steward.words import ENGLISH, Language

TEXT = 255
REASONS = 16_384
NO_REASONS = Reasons()
_FORMED = 50_000  # texts of a kind that are kept at hand: many donors share a sentence


def insight(title: str, score: float | None, band: str, why: Reasons, language: Language = ENGLISH) -> str:
    """One sentence that a fundraiser can say: the likelihood in words, then the strongest reason on each side."""
    said = _likelihood(title, score, band, language)
    if why.helps:
        said += f"; {why.helps[0]}"
    if why.holds_back:
        said += f"; {_but(why.holds_back[0], language) if why.helps else why.holds_back[0]}"
    return fit(f"{said}.")


@functools.lru_cache(_FORMED)
def _likelihood(title: str, score: float | None, band: str, language: Language) -> str:
    said = language.say("{title}: {band}", title=language.say(title), band=language.say(band.lower()))
    return said if score is None else f"{said} ({_in_100(score, language)})"


@functools.lru_cache(_FORMED)
def _but(reason: str, language: Language) -> str:
    return language.say("but {reason}", reason=reason)


def _in_100(score: float, language: Language) -> str:
    """A likelihood is never quite sure."""
    if score >= 99.5:
        return language.say("more than 99 in 100")
    if score < 0.5:
        return language.say("fewer than 1 in 100")
    return language.say("about {number} in 100", number=round(score))


def entries(
    outcome: Outcome, method: str, version: str, reasons: Iterable[Reasons], confidence: Iterable[str]
) -> list[str]:
    """One outcome's part of the card's JSON, donor by donor."""
    title, by, model = (_quoted(text) for text in (outcome.title, method, version))
    head = f'{_quoted(outcome.field_prefix)}:{{"title":{title},"helps":['
    tail = f'],"method":{by},"model":{model},"confidence":'
    return [
        f'{head}{",".join(map(_quoted, why.helps))}],"holds_back":[{",".join(map(_quoted, why.holds_back))}{tail}{_quoted(sure)}}}'
        for why, sure in zip(reasons, confidence, strict=True)
    ]


@functools.lru_cache(_FORMED)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def card(entries: Sequence[str]) -> str | None:
    """The card's JSON; whole outcomes are left out from the end where the field would overflow."""
    for last in range(len(entries), 0, -1):
        text = "{" + ",".join(entries[:last]) + "}"
        if len(text) <= REASONS:
            return text
    return None


def joined(reasons: Sequence[str]) -> str | None:
    """As many whole reasons as fit a Text(255), strongest first."""
    text = ""
    for reason in reasons:
        longer = f"{text}; {reason}" if text else reason
        if len(longer) > TEXT:
            break
        text = longer
    return text or None


def fit(text: str) -> str:
    return text if len(text) <= TEXT else text[: TEXT - 1].rstrip() + "…"
