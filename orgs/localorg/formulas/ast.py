"""The tree of a formula. A path is `("Account", "Name")`; operators and functions carry the spelling of the platform."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Literal:
    value: str | float | bool | None


@dataclass(frozen=True)
class Path:
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Unary:
    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call:
    function: str  # upper case
    arguments: tuple[Node, ...]


Node = Literal | Path | Unary | Binary | Call


class FormulaError(Exception):
    """A formula the platform would not save, in its words."""
