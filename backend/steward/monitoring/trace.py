"""What happened to one donor, in order: events, real-time answers, runs, refusals, and what the org holds now."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from steward.bootstrap import Steward
from steward.errors import InputError, StewardError
from steward.night import scored
from steward.salesforce import upserts
from steward.salesforce.pseudonyms import pseudonym
from steward.state.inbox import DEAD

_SHOWN = (
    "Answer_Source__c", "Known_Until__c", "Real_Time_Until__c", "Scored_At__c", "Expires_At__c", "Correlation_Id__c",
    "Segment__c", "Method__c", "Mode__c", "Model_Version__c", "Content_Hash__c",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    moment: dt.datetime
    what: str
    detail: str = ""


@dataclass(frozen=True)
class Story:
    donor_key: str
    steps: tuple[Step, ...]
    in_org: dict[str, Any] | None
    trouble: str = ""


def story_of(steward: Steward, donor: str) -> Story:
    """`donor`: a Contact's id or a pseudonym. With an id, the org is asked what it shows now."""
    is_id = re.fullmatch(r"003[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?", donor) is not None
    if not is_id and not re.fullmatch(r"[0-9a-f]{16}", donor):
        raise InputError("This is neither the id of a Contact nor a pseudonym.", "Copy it from the record or the log.")
    key = pseudonym(donor, steward.key) if is_id else donor
    steps = sorted(
        [*_events(steward, key), *_letters(steward, key), *_answers(steward, key)], key=lambda one: one.moment
    )
    held, trouble = None, ""
    if is_id:
        try:
            row = upserts.read_back(steward.live_gateway, [donor]).get(donor)
            held = None if row is None else {name: row.get(name) for name in _SHOWN}
        except StewardError as error:
            trouble = f"The org could not be asked: {error.what}"
    return Story(key, tuple(steps), held, trouble)


def _events(steward: Steward, key: str) -> list[Step]:
    steps = []
    for one in steward.inbox.events_of(key):
        trace = f"event {one.event_id}, trace {one.correlation_id}"
        steps.append(Step(one.received_at, f"Event received: {one.kind}", trace))
        if one.finished_at:
            steps.append(Step(one.finished_at, f"Event closed: {one.status}", trace))
    for row in (*steward.inbox.waiting(10_000), *steward.inbox.waiting(10_000, DEAD)):
        if row.donor_key == key:
            detail = f"failed {row.attempts} times, due {row.due_at:%H:%M:%S}"
            steps.append(Step(row.asked_at, "Waits to be scored" if row.status != DEAD else "Given up", detail))
    return steps


def _letters(steward: Steward, key: str) -> list[Step]:
    found = [one for status in ("open", "replayed", "discarded") for one in steward.state.dead_letters(status)]
    return [
        Step(one.updated_at, f"Dead letter {one.letter_id} ({one.kind}, {one.status})", f"{one.code}: {one.message}")
        for one in found
        if one.donor_key == key
    ]


def _answers(steward: Steward, key: str) -> list[Step]:
    steps = []
    written = steward.state.written([key]).get(key)
    if written:
        stands = f", stands until {written.real_time_until:%Y-%m-%d %H:%M}" if written.real_time_until else ""
        known = f"known until {written.known_until:%Y-%m-%d %H:%M:%S}" if written.known_until else ""
        steps.append(Step(written.scored_at, "Profile written", f"{known}{stands}, content {written.content_hash}"))
    runs = {run.run_id: run for run in steward.state.runs(scored.KEEP_RUNS) if run.stage != "started"}
    found = scored.find(steward.home / "runs", list(runs), key)
    if found:
        run = runs[found[0]]
        detail = f"{found[1].get('Segment__c')}, snapshot {run.snapshot_id}, {run.status}"
        steps.append(Step(run.started_at, f"Run {run.run_id} ({run.trigger}) scored this donor", detail))
    return steps
