"""What the platform works out before a row is saved: full names, a gift's stage, fiscal period, a task's account."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from localorg.batch import UNSET, Batch
from localorg.store import quote


@dataclass(frozen=True)
class Moment:
    """What a derivation may look at beside the batch."""

    connection: sqlite3.Connection
    now: str
    creating: bool
    fiscal_start: int = 1
    sent: Mapping[str, Sequence[bool]] = field(default_factory=dict)  # needed column → rows the client gave it for
    before: Mapping[str, Sequence[Any]] = field(default_factory=dict)  # needed column → what an update found there


@dataclass(frozen=True)
class Rule:
    """`needs` are read from the stored row when an update gives only some of them."""

    needs: tuple[str, ...]
    apply: Callable[[Batch, Moment], None]

    def concerns(self, given: Collection[str]) -> bool:
        return any(name in given for name in self.needs)


def rule_for(sobject: str) -> Rule | None:
    return _RULES.get(sobject)


def _set(batch: Batch, name: str, values: Sequence[Any]) -> None:
    if batch.sobject.get(name):
        batch.columns[name] = list(values)


def _given(batch: Batch, name: str) -> list[Any]:
    values = batch.columns.get(name)
    if values is None:
        return [None] * batch.size
    return [None if value is UNSET else value for value in values]


# Names


def _user(batch: Batch, moment: Moment) -> None:
    """A new user is active unless told otherwise, and has a nickname that nobody else has."""
    _person_name(batch, moment)
    if moment.creating:
        made = [f"User{identity}" for identity in batch.ids]
        for name, defaults in (("IsActive", [1] * batch.size), ("CommunityNickname", made)):
            sent = moment.sent.get(name, [False] * batch.size)
            pairs = zip(batch.column(name), sent, defaults, strict=True)
            batch.columns[name] = [value if given else default for value, given, default in pairs]


def _person_name(batch: Batch, moment: Moment) -> None:
    parts = [_given(batch, name) for name in ("FirstName", "MiddleName", "LastName", "Suffix")]
    _set(batch, "Name", [" ".join(filter(None, row)) or None for row in zip(*parts, strict=True)])


# Opportunity


def _opportunity(batch: Batch, moment: Moment) -> None:
    stages = _stages(moment.connection)
    unknown = (None, 0.0, 0, 0, "Pipeline", "Pipeline")
    names = _given(batch, "StageName")
    rows = [stages.get(name.lower(), unknown) if name else unknown for name in names]
    batch.columns["StageName"] = [row[0] or name for row, name in zip(rows, names, strict=True)]
    _set(batch, "IsClosed", [row[2] for row in rows])
    _set(batch, "IsWon", [row[3] for row in rows])
    _set(batch, "ForecastCategory", [row[4] for row in rows])
    changed = _stage_changes(batch, moment)
    _fill(batch, "ForecastCategoryName", [row[5] for row in rows], changed, moment)
    _fill(batch, "Probability", [row[1] for row in rows], changed, moment)
    if not moment.creating:
        times = moment.before.get("LastStageChangeDate", [None] * batch.size)
        _set(
            batch, "LastStageChangeDate", [moment.now if new else old for new, old in zip(changed, times, strict=True)]
        )
    amounts, chances = _given(batch, "Amount"), _given(batch, "Probability")
    expected = [
        None if amount is None else round(amount * (chance or 0) / 100, 2)
        for amount, chance in zip(amounts, chances, strict=True)
    ]
    _set(batch, "ExpectedRevenue", expected)
    _fiscal(batch, moment)


def _stage_changes(batch: Batch, moment: Moment) -> list[bool]:
    if moment.creating:
        return [True] * batch.size
    return [old != new for old, new in zip(moment.before["StageName"], batch.columns["StageName"], strict=True)]


def _fill(batch: Batch, name: str, values: list[Any], changed: list[bool], moment: Moment) -> None:
    """Take the stage's value where the client gave none of its own and the stage is new."""
    sent = moment.sent.get(name, [False] * batch.size)
    rows = zip(_given(batch, name), values, sent, changed, strict=True)
    batch.columns[name] = [value if new and not given else own for own, value, given, new in rows]


def _stages(connection: sqlite3.Connection) -> dict[str, tuple[Any, ...]]:
    rows = connection.execute(
        "SELECT ApiName, DefaultProbability, IsClosed, IsWon, ForecastCategory, ForecastCategoryName"
        " FROM OpportunityStage WHERE IsActive = 1"
    )
    return {row[0].lower(): row for row in rows}


def _fiscal(batch: Batch, moment: Moment) -> None:
    periods = [_fiscal_period(day, moment.fiscal_start) for day in _given(batch, "CloseDate")]
    _set(batch, "FiscalYear", [period[0] for period in periods])
    _set(batch, "FiscalQuarter", [period[1] for period in periods])
    _set(batch, "Fiscal", [f"{year} {quarter}" if year else None for year, quarter in periods])


@lru_cache(maxsize=1 << 15)
def _fiscal_period(day: str | None, start: int) -> tuple[int | None, int | None]:
    if day is None:
        return None, None
    year, month = int(day[:4]), int(day[5:7])
    shifted = month - start
    if start > 1 and shifted >= 0:
        year += 1  # a fiscal year is named by the year it ends in
    return year, (shifted % 12) // 3 + 1


# Activities


def _task(batch: Batch, moment: Moment) -> None:
    closed = {
        name.lower() for (name,) in moment.connection.execute("SELECT ApiName FROM TaskStatus WHERE IsClosed = 1")
    }
    done = [bool(name) and name.lower() in closed for name in _given(batch, "Status")]
    _set(batch, "IsClosed", [int(value) for value in done])
    _set(batch, "IsHighPriority", [int(value == "High") for value in _given(batch, "Priority")])
    before = _given(batch, "CompletedDateTime")
    _set(
        batch,
        "CompletedDateTime",
        [(old or moment.now) if value else None for old, value in zip(before, done, strict=True)],
    )
    _activity(batch, moment)


def _activity(batch: Batch, moment: Moment) -> None:
    who, what = _given(batch, "WhoId"), _given(batch, "WhatId")
    _set(batch, "WhoCount", [int(value is not None) for value in who])
    _set(batch, "WhatCount", [int(value is not None) for value in what])
    accounts = _account_of(moment.connection, "Contact", who) | _account_of(moment.connection, "Opportunity", what)
    accounts |= {value: value for value in what if value and value.startswith("001")}
    _set(batch, "AccountId", [accounts.get(b) or accounts.get(a) for a, b in zip(who, what, strict=True)])


def _account_of(connection: sqlite3.Connection, table: str, keys: list[Any]) -> dict[Any, Any]:
    wanted = [key for key in set(keys) if key]
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    return dict(connection.execute(f"SELECT Id, AccountId FROM {quote(table)} WHERE Id IN ({marks})", wanted))


def _event(batch: Batch, moment: Moment) -> None:
    starts, ends = _given(batch, "StartDateTime"), _given(batch, "EndDateTime")
    starts = [a or b for a, b in zip(starts, _given(batch, "ActivityDateTime"), strict=True)]
    minutes = _given(batch, "DurationInMinutes")
    spans = [_span(*row) for row in zip(starts, ends, minutes, strict=True)]
    _set(batch, "StartDateTime", starts)
    _set(batch, "ActivityDateTime", starts)
    _set(batch, "EndDateTime", [span[0] for span in spans])
    _set(batch, "DurationInMinutes", [span[1] for span in spans])
    days = _given(batch, "ActivityDate")
    _set(batch, "ActivityDate", [start[:10] if start else day for start, day in zip(starts, days, strict=True)])
    _set(batch, "EndDate", [end[:10] if end else None for end, _ in spans])
    _activity(batch, moment)


def _span(start: str | None, end: str | None, minutes: int | None) -> tuple[str | None, int | None]:
    if start and end:
        return end, int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() // 60)
    if start and minutes is not None:
        finish = datetime.fromisoformat(start) + timedelta(minutes=minutes)
        return finish.strftime("%Y-%m-%dT%H:%M:%S.000Z"), minutes
    return end, minutes


# Campaigns


def _campaign_member(batch: Batch, moment: Moment) -> None:
    campaigns = [value for value in set(_given(batch, "CampaignId")) if value]
    marks = ", ".join("?" * len(campaigns))
    rows = moment.connection.execute(
        f"SELECT CampaignId, Label FROM CampaignMemberStatus WHERE HasResponded = 1 AND CampaignId IN ({marks})",
        campaigns,
    )
    responses = {(campaign, label.lower()) for campaign, label in rows}
    pairs = zip(_given(batch, "CampaignId"), _given(batch, "Status"), strict=True)
    responded = [(campaign, (status or "").lower()) in responses for campaign, status in pairs]
    _set(batch, "HasResponded", [int(value) for value in responded])
    before = _given(batch, "FirstRespondedDate")
    _set(
        batch,
        "FirstRespondedDate",
        [old or (moment.now[:10] if value else None) for old, value in zip(before, responded, strict=True)],
    )


# Files


def _file(batch: Batch, moment: Moment) -> None:
    """Extension, type and size of the file; its name where it is given no title; a new version is the latest."""
    given = [_given(batch, name) for name in ("PathOnClient", "VersionData", "Title")]
    paths = [PurePosixPath(str(path or "").replace("\\", "/")) for path in given[0]]
    extensions = [path.suffix.removeprefix(".").lower()[:40] or None for path in paths]
    _set(batch, "FileExtension", extensions)
    _set(batch, "FileType", [(extension or "unknown").upper()[:20] for extension in extensions])
    _set(batch, "ContentSize", [len(data or "") * 3 // 4 - (data or "")[-2:].count("=") for data in given[1]])
    _set(batch, "Title", [title or path.stem or None for title, path in zip(given[2], paths, strict=True)])
    if moment.creating:
        _set(batch, "IsLatest", [1] * batch.size)


_PERSON = Rule(("FirstName", "MiddleName", "LastName", "Suffix"), _person_name)
_ACTIVITY = ("WhoId", "WhatId")
_RULES = {
    "Contact": _PERSON,
    "Lead": _PERSON,
    "Individual": Rule(("FirstName", "LastName"), _person_name),
    "User": Rule(("FirstName", "LastName"), _user),
    "Opportunity": Rule(
        ("StageName", "Amount", "Probability", "CloseDate", "ForecastCategoryName", "LastStageChangeDate"), _opportunity
    ),
    "Task": Rule(("Status", "Priority", "CompletedDateTime", *_ACTIVITY), _task),
    "Event": Rule(
        ("StartDateTime", "EndDateTime", "ActivityDateTime", "DurationInMinutes", "ActivityDate", *_ACTIVITY), _event
    ),
    "ContentVersion": Rule(("PathOnClient", "VersionData", "Title"), _file),
    "CampaignMember": Rule(("CampaignId", "Status", "FirstRespondedDate"), _campaign_member),
}
