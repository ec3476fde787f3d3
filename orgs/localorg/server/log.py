"""The request log: one JSON line a call, with the route's pattern in place of ids, values and queries."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

RECENT = 2000
ROTATE_BYTES = 20 * 1024 * 1024


class RequestLog:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._recent: deque[dict[str, Any]] = deque(maxlen=RECENT)
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def add(self, method: str, route: str, status: int, started: float, user_id: str) -> None:
        entry = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "method": method,
            "route": route,
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 1),
            "user": user_id,
        }
        with self._lock:
            if self._file.closed:
                return
            self._recent.append(entry)
            self._file.write(json.dumps(entry) + "\n")
            if self._file.tell() > ROTATE_BYTES:
                self._rotate()

    def recent(self, count: int = 100) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._recent)[-count:]

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _rotate(self) -> None:
        self._file.close()
        self._path.replace(self._path.with_suffix(".old.jsonl"))
        self._file = self._path.open("a", encoding="utf-8", buffering=1)
