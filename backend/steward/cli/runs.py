"""Commands of every day: read the org, score, publish, and see how it went."""

from __future__ import annotations

import dataclasses
import datetime as dt

import click
from rich.markup import escape

from steward.bootstrap import Steward
from steward.cli.app import Bars, json_option, main, out, print_json, print_table, steward
from steward.compiling import loaded_for_good
from steward.errors import InputError, StateError
from steward.runs import WORDS, Report, Request
from steward.salesforce import pseudonyms
from steward.state.tables import Run

DATE = click.DateTime(["%Y-%m-%d"])
ENGINE = click.option(
    "--engine",
    metavar="NAME",
    help="Where to compute: duckdb (this machine, the default), spark (the same, to try it out), or a cluster's "
    "spark://host:port that shares the home folder. The answers are the same; see docs/cluster.md.",
)


@main.command()
@click.option("--full", is_flag=True, help="Read everything again instead of what changed.")
@json_option
@click.pass_context
def extract(ctx: click.Context, full: bool, as_json: bool) -> None:
    """Read the org into a snapshot: only the fields of the data contract, ids as pseudonyms."""
    from steward.night import intake

    app = steward(ctx)
    with Bars(as_json) as bars, app.alone():
        made = intake.extract(app, full=full, progress=bars)
    rows = {name: facts.rows for name, facts in made.manifest.tables.items()}
    if as_json:
        print_json({"snapshot": made.id, "hash": made.hash, "rows": rows, "api_calls": app.gateway.meter.calls})
        return
    print_table(
        "Snapshot " + made.id, {"Table": "left", "Rows": "right"}, [(n, f"{r:,}") for n, r in rows.items() if r]
    )
    out().print(f"{app.gateway.meter.calls} API calls.")


@main.command()
@click.option("--donor", "contacts", multiple=True, help="Only this donor's unit (Contact id); may be repeated.")
@click.option("--as-of", type=DATE, help="Score as of this date instead of today.")
@ENGINE
@json_option
@click.pass_context
def score(
    ctx: click.Context, contacts: tuple[str, ...], as_of: dt.datetime | None, engine: str | None, as_json: bool
) -> None:
    """Score the newest snapshot without writing to the org; `steward publish` writes what this concluded."""
    from steward import pipeline
    from steward.night import intake

    app = _on(steward(ctx), engine)
    with Bars(as_json) as bars, app.alone():
        request = _request(app, contacts, as_of, "Manual")
        report = pipeline.score(app, intake.newest(app), request, bars)
    _show(report, as_json)


@main.command()
@json_option
@click.pass_context
def publish(ctx: click.Context, as_json: bool) -> None:
    """Write the last scored run's changed rows to the org, then re-read and prove them."""
    from steward import pipeline

    app = steward(ctx)
    with Bars(as_json) as bars, app.alone():
        report = pipeline.publish(app, pipeline.last_scored(app), bars)
    _show(report, as_json)
    _exit(ctx, report)


@main.command()
@click.option("--donor", "contacts", multiple=True, help="Only this donor's unit (Contact id); may be repeated.")
@click.option("--as-of", type=DATE, help="Score as of this date instead of today.")
@click.option("--nightly", is_flag=True, help="Record the run as the nightly one.")
@ENGINE
@json_option
@click.pass_context
def run(
    ctx: click.Context,
    contacts: tuple[str, ...],
    as_of: dt.datetime | None,
    nightly: bool,
    engine: str | None,
    as_json: bool,
) -> None:
    """Everything: read what changed, score, write the changed rows, prove them. Run it again after any failure."""
    with loaded_for_good():
        from steward import pipeline

    app = _on(steward(ctx), engine)
    with Bars(as_json) as bars:
        report = pipeline.run(app, _request(app, contacts, as_of, "Nightly" if nightly else "Manual"), bars)
    _show(report, as_json)
    _exit(ctx, report)


@main.command()
@json_option
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Did last night go well? The latest runs, what is waiting, and which models speak."""
    app = steward(ctx)
    app.require_home()
    runs = app.state.runs(5)
    letters = len(app.state.dead_letters())
    champions = next((run.model_versions for run in runs if run.model_versions), {})
    if as_json:
        listed = [{c.name: getattr(r, c.name) for c in r.__table__.columns} for r in runs]
        print_json({"runs": listed, "open_dead_letters": letters, "champions": champions})
        return
    if not runs:
        out().print("No run yet. Next: `steward run`.")
    for one in runs:
        out().print(_run_line(one))
    for old in app.state.interrupted_runs():
        out().print(f"[yellow]![/] Run {old.run_id} was interrupted after “{old.stage}”. `steward run` takes it up.")
    out().print(f"Dead letters waiting: {letters}." + (" See `steward dead-letters`." if letters else ""))
    for outcome, version in champions.items():
        out().print(f"{outcome}: {version}")
    if left_out := next((run.counts.get("outcomes_left_out", 0) for run in runs if run.counts), 0):
        out().print(f"Outcomes left out, because this org has never recorded one: {left_out}. See `steward evaluate`.")


def _run_line(one: Run) -> str:
    """`2026-03-01 02:10  Nightly as of 2026-03-01  Completed: 4,833 scored, 96 written, 0 refused, 0 mismatches`."""
    mark = {"Completed": "[green]✓[/]", "Failed": "[red]✗[/]", "Running": "[yellow]…[/]"}.get(
        one.status, "[yellow]![/]"
    )
    counts = one.counts or {}
    told = (
        ("profiles_scored", "scored"),
        ("profiles_changed", "written"),
        ("profiles_failed", "refused"),
        ("mismatches", "mismatches"),
    )
    numbers = ", ".join(f"{counts[name]:,} {word}" for name, word in told if name in counts)
    when = f"{one.started_at:%Y-%m-%d %H:%M} UTC"
    return f"{mark} {when}  {one.trigger} as of {one.as_of}  {one.status}" + (f": {numbers}" if numbers else "")


@main.command()
@json_option
@click.pass_context
def rollups(ctx: click.Context, as_json: bool) -> None:
    """Our totals a giving unit beside NPSP's roll-ups, with the likely reason where they differ. Changes nothing."""
    from steward.night import intake
    from steward.night.rollups import compare, differing

    app = steward(ctx)
    snapshot = intake.newest(app)
    tables = app.tables(snapshot.tables())
    found = compare(differing(tables, app.ledger(tables)), tables)
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    out().print(f"{found.agreeing:,} giving units agree with NPSP's roll-ups; {found.differing:,} differ.")
    ids = snapshot.identity.ids("Account", [one.unit_id for one in found.examples])
    for reason, count in found.reasons.items():
        out().print(f"\n[bold]{count:,}[/] × {escape(reason)}, for example:")
        for one in (one for one in found.examples if one.reason == reason):
            ours, theirs = f"{one.total_given:,.2f} in {one.gift_count}", f"{one.npsp_total:,.2f} in {one.npsp_gifts}"
            out().print(f"  {ids.get(one.unit_id, one.unit_id)}: Steward {ours} gifts, NPSP {theirs}")


@main.command("dead-letters")
@click.option("--all", "show_all", is_flag=True, help="Also those replayed or discarded.")
@json_option
@click.pass_context
def dead_letters(ctx: click.Context, show_all: bool, as_json: bool) -> None:
    """Rows the org refused for good: which donor, why, how often tried. Donors appear as pseudonyms."""
    state = steward(ctx).state
    letters = [
        letter
        for kind in (("open", "replayed", "discarded") if show_all else ("open",))
        for letter in state.dead_letters(kind)
    ]
    if as_json:
        print_json([{c.name: getattr(x, c.name) for c in x.__table__.columns} for x in letters])
        return
    if not letters:
        out().print("No dead letters.")
        return
    for letter in letters:
        tries = "once" if letter.attempts == 1 else f"{letter.attempts} times"
        out().print(
            f"[bold]{letter.letter_id}[/]  donor {letter.donor_key}, {letter.kind}, tried {tries}, {letter.status}"
        )
        out().print(f"   {escape(letter.code)}: {escape(letter.message)}")


@main.command()
@click.argument("letters", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All that are open.")
@click.option("--discard", is_flag=True, help="Close them without trying again.")
@json_option
@click.pass_context
def replay(ctx: click.Context, letters: tuple[int, ...], everything: bool, discard: bool, as_json: bool) -> None:
    """Try dead LETTERS again (by number) with today's data, after the cause was mended."""
    app = steward(ctx)
    if not letters and not everything:
        raise InputError("Which dead letters?", "Name their numbers, or give --all.")
    chosen = app.state.dead_letters() if everything else [app.state.letter(number) for number in letters]
    still_open = [letter for letter in chosen if letter.status == "open"]
    donors = tuple(sorted({letter.donor_key for letter in still_open if letter.kind != "event"}))
    waiting = tuple(sorted({letter.donor_key for letter in still_open if letter.kind == "event"}))
    if discard:
        app.inbox.discard(waiting)
        closed = app.state.settle(donors + waiting, "discarded")
        _say({"discarded": closed}, f"Discarded {closed}.", as_json)
        return
    again = app.inbox.replay(waiting)  # the next round of a worker closes their letters
    if not donors:
        said = f"{again} donors wait for a worker again." if waiting else "Nothing to replay."
        _say({"discarded": 0, "waiting_again": again}, said, as_json)
        return
    from steward import pipeline

    app.state.forget(donors)
    with Bars(as_json) as bars:
        report = pipeline.run(app, Request(donors=donors), bars)
    _show(report, as_json)
    _exit(ctx, report)


def _on(app: Steward, engine: str | None) -> Steward:
    if engine is not None:
        app.settings = dataclasses.replace(app.settings, engine=engine)
    return app


def _say(facts: dict[str, int], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        out().print(sentence)


def _request(app: Steward, contacts: tuple[str, ...], as_of: dt.datetime | None, trigger: str) -> Request:
    date = as_of.date() if as_of else None
    if date and date > app.today():
        raise InputError(f"--as-of {date} lies in the future.", "Give today or an earlier date.")
    keys = tuple(donor_key(app, contact) for contact in contacts) if contacts else None
    return Request(donors=keys, as_of=date, trigger=trigger)


def donor_key(app: Steward, contact: str) -> str:
    """The pseudonym of a donor given as Contact id (15 or 18 characters) or as pseudonym."""
    if len(contact) in (15, 18) and contact.isalnum():
        return pseudonyms.pseudonym(contact, app.key)
    if len(contact) == 16 and all(digit in "0123456789abcdef" for digit in contact):
        return contact
    raise InputError(f"{contact!r} is not a Contact id.", "Give the 15 or 18 characters from the record's address.")


def _show(report: Report, as_json: bool) -> None:
    if as_json:
        print_json(dataclasses.asdict(report))
        return
    counts = [(WORDS.get(name, name), f"{number:,}") for name, number in report.counts.items()]
    print_table(f"Run {report.run_id} as of {report.as_of}", {"": "left", "Number": "right"}, counts)


def _exit(ctx: click.Context, report: Report) -> None:
    """4 where something is left to do, so that cron and CI notice."""
    published = report.published
    if published is None:
        raise StateError("The run was not published.", "Run `steward publish`.")
    for line in published.problems:
        out().print(f"[yellow]![/] {line}")
    if published.problems:
        ctx.exit(4)
