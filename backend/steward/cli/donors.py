"""Commands about one donor: the answer, the reasons, and where they come from."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import click

from steward.cli.app import json_option, main, out, print_json, steward
from steward.cli.runs import donor_key
from steward.errors import UnknownDonor
from steward.night import scored

if TYPE_CHECKING:
    from steward.bootstrap import Steward
    from steward.whatif import WhatIf

MOST_CHANGES = 4  # told beside the first; all are in --json


@main.command()
@click.argument("donor")
@click.option("--features", "with_features", is_flag=True, help="Also every feature's value.")
@click.option("--what-if", "what_if", is_flag=True, help="Also what a gift, a conversation or an answer would change.")
@json_option
@click.pass_context
def explain(ctx: click.Context, donor: str, with_features: bool, what_if: bool, as_json: bool) -> None:
    """Why does DONOR (a Contact id) have these scores? Reasons, models, snapshot and run of the last answer."""
    app = steward(ctx)
    app.require_home()
    key = donor_key(app, donor)
    runs = {run.run_id: run for run in app.state.runs(scored.KEEP_RUNS) if run.stage != "started"}
    found = scored.find(app.home / "runs", list(runs), key)
    if found is None:
        raise UnknownDonor(f"No run on this machine has scored {donor}.", "Check the id, or run `steward run`.")
    run_id, row, features = found
    run = runs[run_id]
    trace = {
        "run": run_id, "as_of": run.as_of, "status": run.status, "snapshot": run.snapshot_id,
        "snapshot_hash": run.snapshot_hash, "features": run.features_version, "models": run.model_versions,
    }  # fmt: skip
    written = app.state.written([key]).get(key)
    changes = _what_if(app, row, dt.date.fromisoformat(run.as_of)) if what_if else None
    if as_json:
        told = {
            "donor": key,
            "profile": row,
            "features": features,
            "trace": trace,
            "in_org": written and written.__dict__,
        }
        print_json(told | ({"what_if": changes and dataclasses.asdict(changes)} if what_if else {}))
        return
    _tell(row, trace)
    if what_if:
        _tell_changes(changes)
    said = (
        f"written {written.scored_at:%Y-%m-%d %H:%M} UTC, valid until {written.expires_at:%Y-%m-%d}"
        if written
        else "not written yet"
    )
    out().print(f"In the org: {said}.")
    if with_features:
        for name, value in features.items():
            out().print(f"  {name}: {value}")


def _what_if(app: Steward, row: dict[str, Any], as_of: dt.date) -> WhatIf | None:
    """On the newest snapshot, by today's champions; None for who is not scored."""
    from steward import donors, pipeline, whatif
    from steward.night import intake
    from steward.words import Language

    if row["Excluded_Reason__c"]:
        return None
    ledger = donors.build_ledger(app.tables(intake.newest(app).tables()))
    champions, plain = pipeline.speaking(app), Language(symbol=app.settings.currency_symbol)
    return whatif.what_would_change(
        ledger, row["unit_id"], champions, as_of, row["Suggested_Ask__c"], app.policy, plain
    )


def _tell_changes(found: WhatIf | None) -> None:
    if found is None:
        return
    console = out()
    console.print(f"\n[bold]What would change it[/]: {found.sentence}")
    for one in [one for one in found.effects if one.sentence != found.sentence][:MOST_CHANGES]:
        console.print(f"  {one.sentence}")
    console.print(
        "  As with donors whose records look like that; it does not say that the deed is the cause.", style="dim"
    )


def _tell(row: dict[str, Any], trace: dict[str, Any]) -> None:
    console = out()
    console.print(f"[bold]{row['Segment__c']}[/] · {row['Basis__c'].lower()} · {row['Method__c'].lower()}")
    if row["Excluded_Reason__c"]:
        console.print(f"Not scored: {row['Excluded_Reason__c']}.")
    if row["Next_Step__c"]:
        console.print(f"Next step: {row['Next_Step__c']}")
    if row["Suggested_Ask__c"]:
        low, ask, high = row["Suggested_Ask_Low__c"], row["Suggested_Ask__c"], row["Suggested_Ask_High__c"]
        console.print(f"Ask: {ask:,.0f} (from {low:,.0f} to {high:,.0f}). {row['Ask_Reason__c']}")
    reasons = json.loads(row["Reasons__c"] or "{}")
    for prefix, told in reasons.items():
        if told:
            score, band, rank = (row[f"{prefix}_{part}__c"] for part in ("Score", "Band", "Rank"))
            console.print(
                f"\n[bold]{told['title']}[/]: {band}, {score:g} in 100, top {rank} % (confidence {told['confidence'].lower()})"
            )
            for sign, side in (("+", "helps"), ("−", "holds_back")):
                for text in told[side]:
                    console.print(f"  {sign} {text}")
            console.print(f"  {told['method'].lower()} {told['model']}", style="dim")
    console.print(
        f"\nRun {trace['run']} as of {trace['as_of']}, snapshot {trace['snapshot']} ({str(trace['snapshot_hash'])[:12]})",
        style="dim",
    )
