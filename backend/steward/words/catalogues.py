"""The catalogues of other languages, read from this folder."""

from __future__ import annotations

import functools
import importlib.resources
import io
from collections.abc import Mapping
from typing import Protocol

from babel.messages.pofile import read_po

from steward.words.language import Language

LANGUAGES = ("en", "es", "es_MX", "es_US", "fr", "fr_CA")


def language(locale: str, symbol: str = "$") -> Language:
    """One of LANGUAGES; a region speaks its language's catalogue with its own numbers."""
    return Language(locale, symbol, _sentences(locale.partition("_")[0]))


class Spoken(Protocol):
    """The settings that say how to speak."""

    @property
    def language(self) -> str: ...

    @property
    def currency_symbol(self) -> str: ...


def spoken(settings: Spoken) -> Language:
    return language(settings.language, settings.currency_symbol)


@functools.cache
def _sentences(code: str) -> Mapping[str, tuple[str, ...]]:
    if code == "en":
        return {}
    text = importlib.resources.files("steward.words").joinpath(f"{code}.po").read_bytes()
    found: dict[str, tuple[str, ...]] = {}
    for message in read_po(io.BytesIO(text), locale=code):
        english = message.id if isinstance(message.id, str) else message.id[0]
        said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if english and not message.fuzzy:
            found[english] = said
    return found
