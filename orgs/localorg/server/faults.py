"""What goes wrong on a nonprofit's Monday, on demand: rules that make the org answer badly, seeded to repeat.

A rule says what happens (`kind`), to which calls (`methods`, `path` as a regular expression), to which share of them,
after how many and how often. Row and job kinds work inside Bulk jobs and collections instead of on calls.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from localorg.errors import ApiError, Forbidden, Unauthorized
from localorg.server.http import Call, HangUpError, Reply

MAX_DELAY_SECONDS = 600.0
EDGE_PAGE = (
    "<!DOCTYPE html><html><head><title>Service Unavailable</title></head>"
    "<body><h1>We are down for maintenance.</h1><p>Sorry for the inconvenience. Try again.</p></body></html>"
)
CALL_KINDS = {
    "unavailable": "503 with an HTML page from the edge",
    "bad_gateway": "502 with an HTML page from the edge",
    "too_many_requests": "429 with Retry-After",
    "not_acceptable": "406 with an empty body",
    "enhance_your_calm": "420 with an empty body",
    "server_error": "500 UNKNOWN_EXCEPTION",
    "request_limit": "403 REQUEST_LIMIT_EXCEEDED: the day's calls are used up",
    "session_expired": "the session ends; 401 INVALID_SESSION_ID",
    "locator_invalid": "400 INVALID_QUERY_LOCATOR",
    "slow": "the reply is held back for `seconds`",
    "disconnect": "the connection closes in the middle of the request",
    "disconnect_after": "the request is carried out, then the connection closes without a reply",
    "truncated": "the reply breaks off in the middle",
}
ROW_KINDS = {"row_lock": "UNABLE_TO_LOCK_ROW for a share of rows"}
JOB_KINDS = {
    "job_failed": "a Bulk job ends as Failed before its first row",
    "job_broken": "a Bulk job that writes ends as Failed after a batch was saved",
}
KINDS = CALL_KINDS | ROW_KINDS | JOB_KINDS
# Where a kind strikes in a mix, and how much rarer than the others.
MIXED_PATHS = {"locator_invalid": r"/query/[^/]+-\d+$|/jobs/query/[^/]+/results", "disconnect": r"/batches$|/composite"}
MIXED_WEIGHTS = {"session_expired": 0.5, "request_limit": 0.1, "job_failed": 2.0, "job_broken": 2.0, "row_lock": 2.0}
MIXED_DELAY_SECONDS = 0.2


@dataclass
class Rule:
    kind: str
    methods: tuple[str, ...] = ()
    path: str = ".*"
    share: float = 1.0
    after: int = 0
    times: int | None = None
    seconds: float = 1.0
    seed: int = 0
    id: int = 0
    seen: int = 0
    fired: int = 0
    _random: random.Random = field(default_factory=random.Random, repr=False)

    @classmethod
    def of(cls, given: dict[str, Any]) -> Rule:
        """A rule from the control endpoint's JSON; unknown keys and kinds are refused by name."""
        settable = {"kind", "methods", "path", "share", "after", "times", "seconds", "seed"}
        unknown = sorted(set(given) - settable)
        if unknown:
            raise ApiError("INVALID_RULE", f"Unknown key {unknown[0]!r}; a rule has {', '.join(sorted(settable))}")
        if given.get("kind") not in KINDS:
            raise ApiError("INVALID_RULE", f"Unknown kind {given.get('kind')!r}; known are {', '.join(KINDS)}")
        rule = cls(**{**given, "methods": tuple(given.get("methods", ()))})
        if not 0 <= rule.share <= 1 or not 0 <= rule.seconds <= MAX_DELAY_SECONDS:
            raise ApiError("INVALID_RULE", f"share lies between 0 and 1, seconds between 0 and {MAX_DELAY_SECONDS:.0f}")
        try:
            re.compile(rule.path)
        except re.error as problem:
            raise ApiError("INVALID_RULE", f"path is not a regular expression: {problem}") from problem
        rule._random.seed(rule.seed)
        return rule

    def matches(self, method: str, path: str) -> bool:
        return (not self.methods or method in self.methods) and re.search(self.path, path) is not None

    def strikes(self) -> bool:
        """Count one occasion and say whether the rule acts on it."""
        if self.times is not None and self.fired >= self.times:
            return False
        self.seen += 1
        if self.seen <= self.after or self._random.random() >= self.share:
            return False
        self.fired += 1
        return True

    def shown(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}


def mix(seed: int, share: float) -> list[dict[str, Any]]:
    """Rules of every kind, each striking about this share of what it can strike; a seed always gives the same ones."""
    chance = random.Random(seed)  # noqa: S311 chance that repeats
    return [
        {
            "kind": kind,
            "path": MIXED_PATHS.get(kind, ".*"),
            "share": min(1.0, share * MIXED_WEIGHTS.get(kind, 1.0) * chance.uniform(0.5, 1.5)),
            "after": chance.randrange(12),
            "seconds": MIXED_DELAY_SECONDS,
            "seed": chance.randrange(2**31),
        }
        for kind in KINDS
    ]


class Faults:
    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._next = 1

    def add(self, rule: Rule) -> Rule:
        with self._lock:
            rule.id, self._next = self._next, self._next + 1
            self._rules.append(rule)
        return rule

    def clear(self, rule_id: int | None = None) -> int:
        with self._lock:
            kept = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]
            removed = len(self._rules) - len(kept)
            self._rules = kept
        return removed

    def shown(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.shown() for rule in self._rules]

    def before(self, call: Call) -> Reply | None:
        """What happens to a call before it is carried out: a reply instead of it, an error, a delay, a hang-up."""
        for rule in self._striking(CALL_KINDS.keys() - {"truncated", "disconnect_after"}, call.method, call.path):
            reply = _strike(rule, call)
            if reply is not None:
                return reply
        return None

    def after(self, call: Call) -> str | None:
        """How the reply to a call that was carried out is lost: `truncated`, `disconnect_after`, or not at all."""
        return next((r.kind for r in self._striking({"truncated", "disconnect_after"}, call.method, call.path)), None)

    @property
    def may_lock_rows(self) -> bool:
        return any(rule.kind in ROW_KINDS for rule in self._rules)

    def locks_row(self, method: str, path: str) -> bool:
        """Whether one row of a write cannot get its lock this time."""
        return bool(self._rules) and next(self._striking(ROW_KINDS.keys(), method, path), None) is not None

    def fails_job(self, path: str) -> bool:
        return next(self._striking({"job_failed"}, "POST", path), None) is not None

    def breaks_job(self, path: str) -> bool:
        return next(self._striking({"job_broken"}, "POST", path), None) is not None

    def _striking(self, kinds: set[str] | Any, method: str, path: str) -> Iterator[Rule]:
        with self._lock:
            return iter([r for r in self._rules if r.kind in kinds and r.matches(method, path) and r.strikes()])


def _strike(rule: Rule, call: Call) -> Reply | None:
    match rule.kind:
        case "unavailable":
            return Reply(EDGE_PAGE, 503, {"Retry-After": "1"}, "text/html; charset=UTF-8")
        case "bad_gateway":
            return Reply(EDGE_PAGE.replace("Service Unavailable", "Bad Gateway"), 502, {}, "text/html; charset=UTF-8")
        case "too_many_requests":
            return Reply("", 429, {"Retry-After": "1"}, "text/html; charset=UTF-8")
        case "not_acceptable":
            return Reply.nothing(406)
        case "enhance_your_calm":
            return Reply.nothing(420)
        case "server_error":
            raise ApiError("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId", status=500)
        case "request_limit":
            raise Forbidden("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        case "locator_invalid":
            raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
        case "session_expired":
            call.runtime.accounts.close_session(call.token)
            raise Unauthorized("INVALID_SESSION_ID", "Session expired or invalid")
        case "disconnect":
            call.stream.read(1024)
            raise HangUpError(104, "Connection reset by peer")
        case _:
            time.sleep(rule.seconds)
            return None


def lock_error(record_id: str | None) -> ApiError:
    return ApiError(
        "UNABLE_TO_LOCK_ROW",
        f"unable to obtain exclusive access to this record or 1 records: {record_id or '001000000000000AAA'}",
    )
