"""How long work tells where it is: stages with counts, shown as bars by the command line and silent elsewhere."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def stage(self, name: str, total: int | None = None) -> None:
        """A new stage begins; `total` units of work, if known."""

    def advance(self, done: int) -> None:
        """The present stage has done this many units in all."""

    def say(self, text: str) -> None:
        """One finding worth a line."""


class Silent:
    """No one is watching."""

    def stage(self, name: str, total: int | None = None) -> None:
        pass

    def advance(self, done: int) -> None:
        pass

    def say(self, text: str) -> None:
        pass
