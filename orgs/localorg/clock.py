"""The org's own time: real time, or real time moved by an offset that the org remembers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """UTC. `travel_to` moves it; it keeps ticking from there."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def travel_to(self, moment: datetime) -> None:
        self.offset = moment - datetime.now(UTC)

    def stamp(self) -> str:
        """Now as the platform stores it: whole seconds."""
        return stamp(self.now())


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
