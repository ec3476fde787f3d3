"""What a run is asked to do, and what it reports: plain values shared by the pipeline and its callers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

WORDS = {
    "donors_read": "Giving units read",
    "rollups_differ": "Giving units that differ from NPSP's roll-ups",
    "profiles_scored": "Profiles with scores",
    "profiles_by_rule": "  of which by rule",
    "profiles_without_scores": "Profiles with nothing to score from",
    "profiles_excluded": "Profiles excluded",
    "outcomes_left_out": "Outcomes left out, never recorded in this org",
    "profiles_changed": "Profiles written",
    "profiles_renewed": "  of which renewed before expiry",
    "profiles_unchanged": "Profiles unchanged",
    "profiles_kept": "Profiles with a newer real-time answer",
    "profiles_failed": "Profiles refused",
    "contacts_linked": "Contacts linked to their profile",
    "mismatches": "Mismatches on re-reading",
    "api_calls": "API calls used",
    "megabytes_moved": "Megabytes moved",
}


@dataclass(frozen=True)
class Published:
    """How the write-back ended. `problems` are sentences for a person; empty means that all is well."""

    counts: dict[str, int]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """Which donors (Contact pseudonyms; None: all), as of which date (None: today), and who asked."""

    donors: tuple[str, ...] | None = None
    as_of: dt.date | None = None
    trigger: str = "Manual"


@dataclass(frozen=True)
class Report:
    """What a run did, for the console, the state and AI_Scoring_Run__c alike."""

    run_id: str
    as_of: dt.date
    snapshot: str
    counts: dict[str, int]
    models: dict[str, str]
    published: Published | None = None
