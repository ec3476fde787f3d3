"""Household names and greetings, as NPSP's default formats make them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from localorg.automation.settings import Settings

Member = dict[str, Any]
_INNER = re.compile(r"\{!((?:[^{}]|\{![^{}]*\})*\{![^{}]*\}(?:[^{}]|\{![^{}]*\})*)\}")
_FIELD = re.compile(r"\{!\s*(\w+)\s*\}")


@dataclass(frozen=True)
class Formats:
    name: str = "{!LastName} Household"
    formal: str = "{!{!Salutation} {!FirstName}} {!LastName}"
    informal: str = "{!{!FirstName}}"
    connector: str = "and"
    overrun: str = "Friends"
    overrun_after: int = 9

    @classmethod
    def of(cls, settings: Settings) -> Formats:
        return cls(
            settings.text("npsp__Household_Name_Format__c", cls.name),
            settings.text("npsp__Formal_Greeting_Format__c", cls.formal),
            settings.text("npsp__Informal_Greeting_Format__c", cls.informal),
            settings.text("npsp__Name_Connector__c", cls.connector),
            settings.text("npsp__Name_Overrun__c", cls.overrun),
            settings.number("npsp__Contact_Overrun_Count__c", cls.overrun_after),
        )


def household_name(formats: Formats, members: Sequence[Member]) -> str:
    return composed(formats, formats.name, _included(members, "npsp__Exclude_from_Household_Name__c"))


def formal_greeting(formats: Formats, members: Sequence[Member]) -> str:
    excluded = "npsp__Exclude_from_Household_Formal_Greeting__c"
    return composed(formats, formats.formal, _included(members, excluded))


def informal_greeting(formats: Formats, members: Sequence[Member]) -> str:
    excluded = "npsp__Exclude_from_Household_Informal_Greeting__c"
    return composed(formats, formats.informal, _included(members, excluded))


def composed(formats: Formats, pattern: str, members: Sequence[Member]) -> str:
    """`{!{!A} {!B}} {!C}`: what stands in the inner braces comes once a person, the rest once a shared value.

    `Mr. Sam and Mrs. Lee Hill` for one last name, `Mr. Sam Hill and Ms. Ana Diaz` for two.
    """
    shown = list(members[: formats.overrun_after])
    whole, inner, once, words = _read(pattern)
    parts: list[str] = []
    for group in _groups(shown, once):
        text = whole
        if inner:
            people = [_filled(inner, member) for member in group]
            text = whole.replace(f"{{!{inner}}}", _joined([one for one in people if one], formats.connector))
        if part := _filled(text, group[0]):
            parts.append(part)
    if len(members) > len(shown):
        parts.append(formats.overrun)
    return " ".join((_joined(parts, formats.connector) + words).split())


class _Format(NamedTuple):
    text: str  # without the words behind its last field
    inner: str  # what comes once a person
    once: tuple[str, ...]  # the fields outside of it
    words: str  # `… Household` is said once, at the end


@lru_cache(maxsize=64)
def _read(pattern: str) -> _Format:
    inner = _INNER.search(pattern)
    outer = _INNER.sub("", pattern)
    fields = list(_FIELD.finditer(outer))
    behind = outer[fields[-1].end() :] if fields else ""
    words = behind if pattern.endswith(behind) else ""
    once = tuple(found.group(1) for found in fields)
    return _Format(pattern.removesuffix(words), inner.group(1) if inner else "", once, words)


def _included(members: Sequence[Member], flag: str) -> list[Member]:
    """Everyone who is not left out; nobody is left when all are."""
    return [member for member in members if not member.get(flag) and not member.get("npsp__Deceased__c")]


def _groups(members: Sequence[Member], fields: Sequence[str]) -> list[list[Member]]:
    """People who share the fields outside the inner braces, in the order of their first."""
    found: dict[tuple[Any, ...], list[Member]] = {}
    for member in members:
        found.setdefault(tuple(member.get(name) for name in fields), []).append(member)
    return list(found.values())


def _filled(text: str, member: Member) -> str:
    return " ".join(_FIELD.sub(lambda found: str(member.get(found.group(1)) or ""), text).split())


def _joined(parts: Sequence[str], connector: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {connector} {parts[-1]}"
