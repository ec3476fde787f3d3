"""Would the tests notice? Small faults put into production classes, one at a time; each should make some test fail."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from localorg.apex import testing
from localorg.apex.sources import Source

if TYPE_CHECKING:
    from localorg.engine import Org

Lines = dict[str, set[int]]
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'")
_OPERATORS = {
    "==": "!=", "!=": "==", "<=": ">", ">=": "<", " < ": " >= ", " > ": " <= ", "&&": "||", "||": "&&", " + ": " - ",
    " - ": " + ", "++": "--",
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.'])\d+(?![\w.'])(?!\]\.isEmpty\(\))")  # whether there is one, a LIMIT of 2 says as well
_FIELD = re.compile(r"\b\w+__c\b")
_BOOLEAN = re.compile(r"\b(true|false)\b")
_LOOP = re.compile(r"^(\s*)for \(.+ : .+\) \{\s*$")
_CALL = re.compile(r"^\s*[\w.]+\([^;]*\);\s*$|^\s*(insert|update|delete|upsert)\b.*;\s*$")
_RETURN = re.compile(r"^(\s*)return (?!null\b)[^;]+;\s*$")


@dataclass(frozen=True)
class Mutation:
    """`line` of a class or trigger, as it would read; `kind` names the fault."""

    name: str
    line: int
    kind: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line} ({self.kind}) {self.before.strip()}  ->  {self.after.strip()}"


@dataclass(frozen=True)
class Verdict:
    mutation: Mutation
    noticed_by: str | None  # the first test that failed

    @property
    def survived(self) -> bool:
        return self.noticed_by is None


def mutations(source: Source, reached: set[int]) -> Iterator[Mutation]:
    """Every fault this module knows of, on the lines that tests reach."""
    lines = source.body.splitlines()
    fields = sorted(set(_FIELD.findall(source.body)))
    for number, text in enumerate(lines, 1):
        if number not in reached:
            continue
        code = _STRING.sub(lambda found: "\0" * len(found.group()), text).partition("//")[0]
        for kind, changed in _changes(code, text, fields):
            yield Mutation(source.name, number, kind, text, changed)
        if _LOOP.match(text) and (end := _end_of_block(lines, number)):
            yield Mutation(
                source.name, end, "only the first record", lines[end - 1], f"break; {lines[end - 1].strip()}"
            )


def _changes(code: str, text: str, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    def at(found: re.Match[str], new: str) -> str:
        return text[: found.start()] + new + text[found.end() :]

    for old, new in _OPERATORS.items():
        if (place := code.find(old)) >= 0:
            yield "operator", text[:place] + new + text[place + len(old) :]
    if found := _NUMBER.search(code):
        yield "number", at(found, str(int(found.group()) + 1))
    if found := _BOOLEAN.search(code):
        yield "boolean", at(found, "false" if found.group() == "true" else "true")
    if (found := _FIELD.search(code)) and len(fields) > 1:
        yield "field", at(found, fields[(fields.index(found.group()) + 1) % len(fields)])
    if _CALL.match(code):
        yield "call left out", ""
    if (found := _RETURN.match(code)) and "return true" not in code and "return false" not in code:
        yield "nothing returned", f"{found.group(1)}return null;"


def _end_of_block(lines: Sequence[str], start: int) -> int | None:
    depth = 0
    for number in range(start, len(lines) + 1):
        code = _STRING.sub("", lines[number - 1])
        depth += code.count("{") - code.count("}")
        if depth == 0:
            return number
    return None


def applied(source: Source, mutation: Mutation) -> Source:
    lines = source.body.splitlines()
    lines[mutation.line - 1] = mutation.after
    return replace(source, body="\n".join(lines))


class Laboratory:
    """One org, its code, and which test class reaches which lines."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.sources = list(org.apex.sources)
        self.reached: dict[str, Lines] = {}
        for found in org.apex.request("tests", names=None):
            report = testing.run(org, {found["class"]: None}, checked=False)
            if not report.passed:
                failed = next(result for result in report.results if not result.passed)
                raise ValueError(f"{failed.class_name}.{failed.method} fails as it is: {failed.message}")
            self.reached[found["class"]] = {one["name"]: set(one["covered"]) for one in report.coverage}
        self.tests = frozenset(self.reached)

    def mutations(self, count: int | None = None, seed: int = 0) -> list[Mutation]:
        """All faults, or a sample that is the same for the same seed; a class's share is its share of the lines."""
        lines: Lines = {}
        for found in self.reached.values():
            for name, covered in found.items():
                lines.setdefault(name, set()).update(covered)
        production = [source for source in self.sources if source.name in lines and source.name not in self.tests]
        every = [mutation for source in production for mutation in mutations(source, lines[source.name])]
        if count is None or count >= len(every):
            return every
        return sorted(random.Random(seed).sample(every, count), key=str)  # noqa: S311  a sample, no secret

    def try_all(self, chosen: Sequence[Mutation], tell: Callable[[Verdict], None] | None = None) -> list[Verdict]:
        verdicts = []
        try:
            for mutation in chosen:
                verdicts.append(self._try(mutation))
                if tell:
                    tell(verdicts[-1])
        finally:
            self.org.apex.use(self.sources)
        return verdicts

    def _try(self, mutation: Mutation) -> Verdict:
        changed = [applied(one, mutation) if one.name == mutation.name else one for one in self.sources]
        self.org.apex.use(changed)
        names = [name for name, lines in self.reached.items() if self._reaches(lines, mutation)]
        for name in sorted(names):
            report = testing.run(self.org, {name: None}, checked=False, stop=True)
            failed = next((result for result in report.results if not result.passed), None)
            if failed:
                return Verdict(mutation, f"{failed.class_name}.{failed.method}")
        return Verdict(mutation, None)

    def _reaches(self, lines: Lines, mutation: Mutation) -> bool:
        """A loop's end has no line of its own: any test of the class may notice."""
        covered = lines.get(mutation.name, set())
        return mutation.line in covered or (mutation.kind == "only the first record" and bool(covered))
