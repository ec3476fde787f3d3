"""The daily API limit: calls of the last 24 hours, in hourly buckets, as `Sforce-Limit-Info` reports them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from localorg.errors import Forbidden
from localorg.server.state import State

DEFAULT_DAILY_LIMIT = 110_000  # Enterprise Edition with ten licences: 100,000 + 10 × 1,000
FLUSH_EVERY = 20


class Usage:
    def __init__(self, state: State, now: Callable[[], float] = time.time) -> None:
        self._state = state
        self._now = now
        self._lock = threading.Lock()
        self._hours = {row["hour"]: row["calls"] for row in state.rows("SELECT hour, calls FROM api_calls")}
        self._unsaved = 0
        self.limit: int = state.setting("daily_api_calls", DEFAULT_DAILY_LIMIT)

    @property
    def used(self) -> int:
        oldest = self._hour() - 23
        with self._lock:
            return sum(calls for hour, calls in self._hours.items() if hour >= oldest)

    @property
    def header(self) -> str:
        return f"api-usage={self.used}/{self.limit}"

    def count(self) -> None:
        """Count one call, or refuse it when the day is used up."""
        if self.used >= self.limit:
            raise Forbidden("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        hour = self._hour()
        with self._lock:
            self._hours[hour] = self._hours.get(hour, 0) + 1
            self._unsaved += 1
            due = self._unsaved >= FLUSH_EVERY
        if due:
            self.save()

    def set_limit(self, limit: int) -> None:
        self.limit = limit
        self._state.set("daily_api_calls", limit)

    def reset(self) -> None:
        with self._lock:
            self._hours.clear()
        self._state.run("DELETE FROM api_calls")

    def save(self) -> None:
        oldest = self._hour() - 23
        with self._lock:
            self._hours = {hour: calls for hour, calls in self._hours.items() if hour >= oldest}
            hours, self._unsaved = dict(self._hours), 0
        with self._state.transaction():
            self._state.run("DELETE FROM api_calls")
            for hour, calls in hours.items():
                self._state.run("INSERT INTO api_calls VALUES (?, ?)", hour, calls)

    def _hour(self) -> int:
        return int(self._now() // 3600)
