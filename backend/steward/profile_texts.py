"""The sentences of a profile, within the limits of their fields."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steward.explain import Reasons, Told
from steward.outcomes import Outcome
from steward.shared import NOTHING, Places, Shared
from steward.words import ENGLISH, Language

TEXT = 255
REASONS = 16_384
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


@dataclass(frozen=True)
class Entries:
    """One outcome's part of the card's JSON, donor by donor: the `places` of the `pieces` it is put together of."""

    pieces: Sequence[str]
    places: Places  # (donors, pieces of an entry)


def entries(outcome: Outcome, method: str, version: str, told: Told, confidence: Shared) -> Entries:
    """Each sentence is quoted once."""
    title, by, model = (_quoted(text) for text in (outcome.title, method, version))
    begin = f'{_quoted(outcome.field_prefix)}:{{"title":{title},"helps":['
    ends = [f'],"method":{by},"model":{model},"confidence":{_quoted(sure)}}}' for sure in confidence.values]
    fixed, sentences = [begin, '],"holds_back":[', *ends], [_quoted(sentence) for sentence in told.sentences]
    pieces = [*fixed, *sentences, *(f",{sentence}" for sentence in sentences)]
    first, further = len(fixed), len(fixed) + len(sentences)
    start = np.zeros((len(confidence), 1), np.intp)
    helps, holds_back = (
        [_moved(side[:, :1], first), _moved(side[:, 1:], further)] for side in (told.helps, told.holds_back)
    )
    return Entries(pieces, np.hstack([start, *helps, start + 1, *holds_back, confidence.place[:, None] + 2]))


_quoted = json.JSONEncoder(ensure_ascii=False).encode


def _moved(places: Places, by: int) -> Places:
    return np.where(places < 0, NOTHING, places + by)


def cards(units: int, said: Sequence[tuple[Entries, Places, Places]]) -> pa.StringArray:
    """The JSON of each unit's card, null where nothing is told. `said`: entries, whose they are, and as which of theirs;
    whole entries are left out from the end where the field would overflow."""
    most = max((turn.max(initial=NOTHING) for _, _, turn in said), default=NOTHING) + 1
    width = max((entries.places.shape[1] for entries, _, _ in said), default=0)
    pieces, places = ["{", ",", "}"], np.full((units, most, 1 + width), NOTHING)
    for entries, unit, turn in said:
        places[unit, turn, 0] = turn > 0
        places[unit, turn, 1 : 1 + entries.places.shape[1]] = _moved(entries.places, len(pieces))
        pieces += entries.pieces
    lengths = np.array([*map(len, pieces), 0])
    places[lengths[places].sum(axis=2).cumsum(axis=1) >= REASONS] = NOTHING  # one more for the last brace
    told = (places != NOTHING).any(axis=(1, 2))
    closed = np.hstack([places.reshape(units, most * (1 + width)), np.where(told, 2, NOTHING)[:, None]])
    here = closed != NOTHING
    ends = np.append(0, here.sum(axis=1).cumsum())
    texts = pa.array(pieces, pa.string()).take(pa.array(closed[here]))
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), texts, mask=pa.array(~told)), "")


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
