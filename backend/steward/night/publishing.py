"""From scored rows to proven ones: which rows changed, what the org took, what it refused, and what it holds afterwards."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Mapping
from typing import Any

from steward.bootstrap import Steward
from steward.errors import StateError
from steward.night import changing
from steward.night.changing import Changes
from steward.night.job_notes import notes
from steward.progress import Progress
from steward.runs import Published
from steward.salesforce import bulk, writeback
from steward.salesforce import reconcile as reconciliation
from steward.salesforce.snapshot import Snapshot
from steward.state.inbox import Incoming
from steward.state.store import Letter
from steward.state.tables import Run


def publish(steward: Steward, run_id: str, concluded: pathlib.Path, snapshot: Snapshot, tell: Progress) -> Published:
    """Idempotent: what the org already holds is not written again, whoever wrote it and however the last run ended."""
    _settle_old_jobs(steward, tell)
    run = steward.state.run(run_id)
    if run is None:
        raise StateError(f"Run {run_id} is not in the state database.", "Run `steward run`.")
    _report_run(steward, run, "Running")
    now = steward.now()
    known_until = snapshot.manifest.created_at
    with changing.changes(steward, concluded, now, known_until) as changes:
        tell.stage("Writing changed profiles", changes.writing)
        stamps = _stamps(steward, run_id, now, known_until)
        written = writeback.publish_profiles(
            steward.gateway, changes.tables(stamps), snapshot, notes=notes(steward, run_id), progress=tell.advance
        )
        dead = {one.donor_key for one in written.dead}
        overtaken = _overtaken(steward, run_id, changes, known_until, snapshot)
        for accepted in changes.hashes(without=dead | overtaken):
            steward.state.record_written(run_id, accepted, now, expiry(steward, now), known_until)
        refused_once = {letter.donor_key for letter in steward.state.dead_letters()}
        steward.state.settle(changes.writes(refused_once) - dead - overtaken, "replayed")
        payloads = {row["Donor_Id__c"]: row for row in changes.rows(stamps, dead)}
        letters = [
            Letter(one.donor_key, "profile", one.code, one.message, _payload(payloads[one.donor_key]))
            for one in written.dead
        ]
        steward.state.bury(run_id, letters)
        steward.state.advance(run_id, "written")
        return _prove(steward, run_id, changes, dead, overtaken, snapshot, tell)


def _stamps(steward: Steward, run_id: str, now: dt.datetime, known_until: dt.datetime) -> dict[str, Any]:
    """What every row of a run says of when and whence it is; not part of its hash."""
    return {
        "Scoring_Run__c": run_id, "Scored_At__c": now, "Expires_At__c": expiry(steward, now),
        "Answer_Source__c": "Nightly", "Known_Until__c": known_until,
    }  # fmt: skip


def _overtaken(
    steward: Steward, run_id: str, changes: Changes, known_until: dt.datetime, snapshot: Snapshot
) -> set[str]:
    """Donors who got a real-time answer while this run was writing an older one over it: they are scored again."""
    overtaken = changes.writes(steward.state.knowing_more(known_until))
    ids = snapshot.identity.ids("Contact", overtaken)
    moment = steward.now()
    steward.inbox.accept([
        Incoming(f"overtaken:{run_id}:{key}", key, ids[key], "overtaken", moment, run_id) for key in sorted(ids)
    ])  # fmt: skip
    return overtaken


def expiry(steward: Steward, now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(days=steward.settings.score_valid_days)


def _prove(
    steward: Steward, run_id: str, changes: Changes, dead: set[str], overtaken: set[str], snapshot: Snapshot,
    tell: Progress,
) -> Published:  # fmt: skip
    """Links Contacts to new profiles, re-reads every profile of the run, and closes the run here and in the org."""
    tell.stage("Proving what the org holds", None)
    linked = writeback.link_contacts(steward.gateway, notes=notes(steward, run_id))
    found = reconciliation.reconcile(
        steward.gateway,
        changes.expected(without=dead | overtaken),
        snapshot,
        notes=notes(steward, run_id),
    )
    steward.state.forget(found.wrong)
    run = steward.state.run(run_id)
    counts = dict((run.counts if run else None) or {}) | {
        "profiles_changed": changes.writing - len(dead),
        "profiles_renewed": changes.renewed,
        "profiles_unchanged": changes.unchanged,
        "profiles_kept": changes.kept,
        "profiles_failed": len(dead),
        "contacts_linked": linked.taken,
        "mismatches": len(found.wrong),
        "api_calls": steward.gateway.meter.calls,
        "megabytes_moved": steward.gateway.meter.megabytes,
    }
    problems = _problems(len(dead), len(found.wrong), len(linked.dead))
    status = "Completed with errors" if problems else "Completed"
    message = " ".join([*problems, (run.message if run else None) or ""]).strip()
    steward.state.advance(run_id, "proven", counts=counts)
    run = steward.state.run(run_id)
    if run is not None:
        _report_run(steward, run, status, message, proven=not found.wrong)
    steward.state.finish_run(run_id, status, message, counts=counts)
    return Published(counts, problems)


def _problems(refused: int, wrong: int, unlinked: int) -> tuple[str, ...]:
    said = []
    if refused:
        said.append(
            f"The org refused {refused} profiles: see `steward dead-letters`, mend the cause, then `steward replay --all`."
        )
    if wrong:
        said.append(f"{wrong} profiles in the org differ from what was written: `steward run` writes them again.")
    if unlinked:
        said.append(f"{unlinked} Contacts could not be linked to their profile: the next run tries again.")
    return tuple(said)


def _payload(row: Mapping[str, Any]) -> dict[str, Any]:
    """The refused row for a person to look at; no id of the org (references are pseudonyms)."""
    return {name: value for name, value in row.items() if value is not None}


def _report_run(steward: Steward, run: Run, status: str, message: str = "", proven: bool = False) -> None:
    """AI_Scoring_Run__c: what the admin sees in Salesforce."""
    counts = run.counts or {}
    writeback.save_run(
        steward.gateway,
        {
            "Run_Id__c": run.run_id,
            "Status__c": status,
            "Started_At__c": run.started_at,
            "Completed_At__c": None if status == "Running" else steward.now(),
            "As_Of__c": dt.date.fromisoformat(run.as_of),
            "Trigger__c": run.trigger,
            "Mode__c": run.mode,
            "Donors_Read__c": counts.get("donors_read"),
            "Profiles_Scored__c": counts.get("profiles_scored"),
            "Profiles_Changed__c": counts.get("profiles_changed"),
            "Profiles_Unchanged__c": counts.get("profiles_unchanged"),
            "Profiles_Failed__c": counts.get("profiles_failed"),
            "Profiles_Excluded__c": counts.get("profiles_excluded"),
            "Profiles_By_Rule__c": counts.get("profiles_by_rule"),
            "Model_Versions__c": "; ".join(sorted((run.model_versions or {}).values())),
            "Features_Version__c": run.features_version,
            "Snapshot_Id__c": run.snapshot_id,
            "Snapshot_Hash__c": run.snapshot_hash,
            "API_Calls__c": steward.gateway.meter.calls,
            "Reconciled__c": proven,
            "Mismatches__c": counts.get("mismatches"),
            "Message__c": message or None,
        },
    )


def close_interrupted(steward: Steward, run: Run, message: str) -> None:
    """Tells the state and the org that a killed run will not go on."""
    if run.stage != "started":
        _report_run(steward, run, "Failed", message)
    steward.state.finish_run(run.run_id, "Failed", message)


def _settle_old_jobs(steward: Steward, tell: Progress) -> None:
    """Waits for or aborts Bulk jobs of a killed run, so that an old upload cannot land on a newer one."""
    for job in steward.state.open_jobs():
        state = bulk.settle(steward.gateway, job.job_id, notes(steward, job.run_id))
        tell.say(f"A Bulk job of an interrupted run ({job.purpose}) ended as {state}.")
