"""Commands about one donor: the answer, the reasons, and where they come from."""

from __future__ import annotations

import json
from typing import Any

import click

from steward import scored
from steward.cli.app import json_option, main, out, print_json, steward
from steward.cli.runs import donor_key
from steward.errors import UnknownDonor


@main.command()
@click.argument("donor")
@click.option("--features", "with_features", is_flag=True, help="Also every feature's value.")
@json_option
@click.pass_context
def explain(ctx: click.Context, donor: str, with_features: bool, as_json: bool) -> None:
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
    if as_json:
        print_json(
            {"donor": key, "profile": row, "features": features, "trace": trace, "in_org": written and written.__dict__}
        )
        return
    _tell(row, trace)
    said = (
        f"written {written.scored_at:%Y-%m-%d %H:%M} UTC, valid until {written.expires_at:%Y-%m-%d}"
        if written
        else "not written yet"
    )
    out().print(f"In the org: {said}.")
    if with_features:
        for name, value in features.items():
            out().print(f"  {name}: {value}")


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
