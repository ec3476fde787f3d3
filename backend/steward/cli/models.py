"""Commands about models: train, look at the evidence, choose which one speaks."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click
import rich.console
import rich.markdown

from steward import pipeline, value
from steward.cli.app import Bars, json_option, main, out, print_json, print_table, steward
from steward.errors import StateError
from steward.models import artefact, report
from steward.value import report as value_report

KEYS = list(pipeline.ALL)


@main.command()
@click.option("--outcome", "keys", multiple=True, type=click.Choice(KEYS), help="Only this outcome; may be repeated.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Train as if today were this date.")
@click.option(
    "--promote/--no-promote", default=True, help="Let the new models speak at once (default), or only store them."
)
@json_option
@click.pass_context
def train(ctx: click.Context, keys: tuple[str, ...], as_of: dt.datetime | None, promote: bool, as_json: bool) -> None:
    """Train every outcome on the newest snapshot, test it on later time, and publish model or rule: whichever is better."""
    app = steward(ctx)
    date = pipeline.date_of(app, as_of)
    with Bars(as_json) as bars, app.alone():
        trained = pipeline.train(app, keys or pipeline.ALL, date, promote, bars)
    show([model.card for model in trained.models], trained.value.card if trained.value else None, as_json)


def show(cards: list[dict[str, Any]], worth: dict[str, Any] | None, as_json: bool) -> None:
    if as_json:
        print_json([*cards, *([{"outcome": value.KEY, "questions": worth}] if worth else [])])
        return
    if cards:
        out().print(report.table(cards))
    if worth:
        out().print(value_report.table(worth))


@main.group()
def models() -> None:
    """Stored model versions: list, show, try out, promote, roll back."""


@models.command("list")
@json_option
@click.pass_context
def list_models(ctx: click.Context, as_json: bool) -> None:
    """Every stored version; the champion of each outcome is the one that speaks."""
    entries = steward(ctx).registry.versions()
    if as_json:
        print_json([entry.__dict__ for entry in entries])
        return
    rows = [(e.outcome, e.version, e.as_of, e.method, "champion" if e.champion else "") for e in entries]
    print_table("Models", dict.fromkeys(("Outcome", "Version", "Trained as of", "Method", ""), "left"), rows)


@models.command("show")
@click.argument("model")
@json_option
@click.pass_context
def show_model(ctx: click.Context, model: str, as_json: bool) -> None:
    """The card of MODEL, a stored version or an outcome (its champion): origin, evidence, limits, in words."""
    registry = steward(ctx).registry
    version = registry.champion_version(model) if model in KEYS else model
    if version is None:
        raise StateError(f"Outcome {model} has no model yet.", "Run `steward train`.")
    files = registry.files(version)
    of_value = artefact.CARD not in files
    card = value.from_files(files, version).card if of_value else json.loads(files[artefact.MODEL])["card"]
    if as_json:
        print_json({"version": version, "card": card})
        return
    out().print(f"{version}\n", style="dim")
    if of_value:
        out().print(value_report.table(card))
    else:
        rich.console.Console(highlight=False).print(rich.markdown.Markdown(files[artefact.CARD].decode()))


@models.command()
@click.argument("version")
@click.pass_context
def promote(ctx: click.Context, version: str) -> None:
    """Make a stored VERSION the champion of its outcome."""
    steward(ctx).registry.promote(version)
    out().print(f"{version} speaks from the next run on.")


@models.command()
@click.argument("outcome", type=click.Choice(KEYS))
@click.pass_context
def rollback(ctx: click.Context, outcome: str) -> None:
    """Bring back the champion that OUTCOME had before the present one."""
    out().print(f"{steward(ctx).registry.rollback(outcome)} speaks from the next run on.")


@models.command()
@click.argument("version")
@json_option
@click.pass_context
def shadow(ctx: click.Context, version: str, as_json: bool) -> None:
    """Score the last run's donors with a stored VERSION beside the champion; nothing is written to the org."""
    from steward.evidence import shadow
    from steward.night import scored

    app = steward(ctx)
    challenger = app.registry.load(version)
    champion = app.registry.champion(challenger.outcome)
    runs = [old.run_id for old in app.state.runs(scored.KEEP_RUNS) if old.scope is None and old.snapshot_id]
    if not runs:
        raise StateError("No run has scored all donors yet.", "Run `steward score` first.")
    features = scored.load(app.home / "runs", runs[0]).features
    found = shadow.compare(champion, challenger, features, app.settings.threads)
    if as_json:
        print_json(found)
        return
    agreement = found["rank_correlation"]
    rows = [
        ("donors scored by both", f"{found['donors']:,}"),
        ("rank correlation", "none" if agreement is None else f"{agreement:.3f}"),
        ("same band", f"{found['same_band']:.1%}"),
        (f"champion's best {shadow.TOP} % kept", f"{found['top_kept']:.1%}"),
        ("drift of probabilities (PSI)", f"{found['drift']:.3f}"),
        *((f"{who} {found[who]}", _told(found[f"verdict_{who}"])) for who in ("champion", "challenger")),
    ]
    print_table("In the champion's shadow", {"": "left", "value": "right"}, rows)


def _told(verdict: dict[str, Any]) -> str:
    if verdict["auc"] is None:
        return f"{verdict['method']}, not judged"
    return f"{verdict['method']}, AUC {verdict['auc'][0]:.3f} at {verdict['tested_at']}"
