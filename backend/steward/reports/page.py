"""A report page from its parts: what is said, drawn and tabled; the template escapes every word."""

from __future__ import annotations

import importlib.resources
from dataclasses import dataclass, field

import jinja2
import markupsafe


@dataclass(frozen=True)
class Figure:
    title: str
    svg: markupsafe.Markup
    words: str


@dataclass(frozen=True)
class Row:
    cells: tuple[str, ...]
    used: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table; `words_in` are the columns of words, set to the left."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    words: str = ""
    words_in: tuple[int, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What whoever reads only this should know: a sentence, a picture, a table."""

    sentence: str
    figure: Figure | None
    table: Sheet


@dataclass(frozen=True)
class Section:
    """First what everybody reads, then the tables for the analyst."""

    key: str
    title: str
    lead: str
    verdict: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Sheet, ...] = ()
    lists: tuple[dict[str, object], ...] = field(default=())


def figure(title: str, svg: str, words: str) -> Figure:
    """`svg` comes from charts.py, which escapes what it is given."""
    return Figure(title, markupsafe.Markup(svg), words)  # noqa: S704


def render(title: str, subtitle: str, sections: list[Section], summary: Summary | None = None) -> str:
    source = importlib.resources.files("steward.reports").joinpath("page.html").read_text(encoding="utf-8")
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)
    return template.render(title=title, subtitle=subtitle, sections=sections, summary=summary)
