"""SOSL: what is searched for, in which fields, and what of each object is wanted. `parse(text)` gives a `Find`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from localorg.errors import ApiError

SCOPES = ("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")
MAX_TEXT = 100_000
MAX_DEPTH = 30
_HEAD = re.compile(r"\s*FIND\s*\{((?:[^}\\]|\\.)*)\}", re.IGNORECASE | re.DOTALL)
_IN = re.compile(r"\s+IN\s+(\w+)\s+FIELDS\b", re.IGNORECASE)
_RETURNING = re.compile(r"\s+RETURNING\s+", re.IGNORECASE)
_TAIL = re.compile(
    r"\s+(?:LIMIT\s+(?P<limit>\d+)|UPDATE\s+(?:TRACKING|VIEWSTAT)(?:\s*,\s*(?:TRACKING|VIEWSTAT))?"
    r"|WITH\s+(?:HIGHLIGHT|SPELL_CORRECTION\s*=\s*(?:true|false)|METADATA\s*=\s*'\w+'|SNIPPET(?:\s*\(\w+\s*=\s*\d+\))?))",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"\s*(\w+)\s*")
_CLAUSES = re.compile(
    r"^(?P<fields>.*?)(?:\s+USING\s+ListView\s*=\s*\w+)?(?:\s*\bWHERE\b(?P<where>.+?))?"
    r"(?:\s*\bORDER\s+BY\b(?P<order>.+?))?(?:\s*\bLIMIT\s+(?P<limit>\d+))?(?:\s*\bOFFSET\s+(?P<offset>\d+))?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_WORDS = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\(|\)|(?:[^\s()"\\]|\\.)+)', re.DOTALL)
Matches = Callable[[str], bool]


@dataclass
class Wanted:
    """One object of RETURNING; clauses are SOQL."""

    name: str
    fields: list[str] = field(default_factory=lambda: ["Id"])
    where: str = ""
    order: str = ""
    limit: int | None = None
    offset: int = 0


@dataclass
class Find:
    term: str
    scope: str = "ALL"
    wanted: list[Wanted] | None = None  # None: wherever there may be something
    limit: int | None = None


def parse(text: str) -> Find:
    head = _HEAD.match(text)
    if head is None or len(text) > MAX_TEXT:
        raise malformed("No search term found. The search term must be enclosed in braces.")
    found, at = Find(head[1].strip()), head.end()
    if inside := _IN.match(text, at):
        found.scope, at = inside[1].upper(), inside.end()
        if found.scope not in SCOPES:
            raise malformed(f"unexpected token: '{inside[1]}'")
    if returning := _RETURNING.match(text, at):
        found.wanted, at = _objects(text, returning.end())
    while tail := _TAIL.match(text, at):
        at = tail.end()
        if tail["limit"]:
            found.limit = int(tail["limit"])
    if text[at:].strip():
        raise malformed(f"unexpected token: '{text[at : at + 40].strip()}'")
    return found


def malformed(message: str) -> ApiError:
    return ApiError("MALFORMED_SEARCH", message)


def _objects(text: str, at: int) -> tuple[list[Wanted], int]:
    wanted = []
    while True:
        name = _OBJECT.match(text, at)
        if name is None:
            raise malformed(f"unexpected token: '{text[at : at + 40].strip() or '<EOF>'}'")
        at = name.end(1)
        opened = name.end()
        if text[opened : opened + 1] == "(":
            at = _closing(text, opened)
            wanted.append(_wanted(name[1], text[opened + 1 : at - 1]))
        else:
            wanted.append(Wanted(name[1]))
        comma = re.compile(r"\s*,").match(text, at)
        if comma is None:
            return wanted, at
        at = comma.end()


def _closing(text: str, opened: int) -> int:
    """The place behind the bracket that closes the one at `opened`, outside quotes."""
    depth = 0
    for part in re.finditer(r"'(?:[^'\\]|\\.)*'|[()]", text[opened:]):
        depth += {"(": 1, ")": -1}.get(part.group(), 0)
        if depth == 0:
            return opened + part.end()
    raise malformed("unexpected token: '<EOF>'")


def _wanted(name: str, text: str) -> Wanted:
    parts = _CLAUSES.match(text)
    if parts is None:
        raise malformed(f"unexpected token: '{text[:40]}'")
    fields = [one.strip() for one in parts["fields"].split(",") if one.strip()]
    return Wanted(
        name,
        fields or ["Id"],
        (parts["where"] or "").strip(),
        (parts["order"] or "").strip(),
        int(parts["limit"]) if parts["limit"] else None,
        int(parts["offset"] or 0),
    )


def matcher(term: str) -> Matches:
    """Whether a text has the words: all of them, unless AND, OR, AND NOT and brackets say otherwise."""
    words = [one[1] for one in _WORDS.finditer(term)]
    at, matches = _either(words, 0, 0)
    if at < len(words):
        raise malformed(f"unexpected token: '{words[at]}'")
    return matches


def _either(words: list[str], at: int, depth: int) -> tuple[int, Matches]:
    at, first = _all(words, at, depth)
    parts = [first]
    while at < len(words) and words[at].upper() == "OR":
        at, more = _all(words, at + 1, depth)
        parts.append(more)
    return at, lambda text: any(part(text) for part in parts)


def _all(words: list[str], at: int, depth: int) -> tuple[int, Matches]:
    parts: list[Matches] = []
    while at < len(words) and words[at].upper() != "OR" and words[at] != ")":
        if words[at].upper() == "AND":
            at += 1
        refused = words[at : at + 1] and words[at].upper() == "NOT"
        at, part = _one(words, at + bool(refused), depth)
        parts.append((lambda text, part=part: not part(text)) if refused else part)  # type: ignore[misc]
    if not parts:
        raise malformed("unexpected token: '<EOF>'")
    return at, lambda text: all(part(text) for part in parts)


def _one(words: list[str], at: int, depth: int) -> tuple[int, Matches]:
    if at >= len(words) or depth > MAX_DEPTH:
        raise malformed("unexpected token: '<EOF>'")
    if words[at] != "(":
        found = re.compile(rf"(?<!\w){''.join(_pattern(words[at]))}(?!\w)", re.IGNORECASE)
        return at + 1, lambda text: found.search(text) is not None
    at, inner = _either(words, at + 1, depth + 1)
    if words[at : at + 1] != [")"]:
        raise malformed("unexpected token: '<EOF>'")
    return at + 1, inner


def _pattern(word: str) -> Iterator[str]:
    """A word or a phrase as a regular expression; `*` stands for the rest of a word, `?` for one character."""
    for escaped, letter in re.findall(r"\\(.)|(.)", word.strip('"'), re.DOTALL):
        if escaped:
            yield re.escape(escaped)
        else:
            yield {"*": r"\w*", "?": r"\w", " ": r"\s+"}.get(letter, re.escape(letter))
