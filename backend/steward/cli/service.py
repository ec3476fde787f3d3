"""Commands of the service: serve, work, and who may call."""

from __future__ import annotations

import os
import pathlib
import sys
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from steward import config
from steward.bootstrap import Steward
from steward.cli.app import json_option, main, out, print_json, print_table, steward

if TYPE_CHECKING:
    from steward.state.clients import Clients


@main.command()
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
@click.pass_context
def serve(ctx: click.Context, workers: int) -> None:
    """Serve events and scores by HTTP on STEWARD_LISTEN, behind a reverse proxy that does TLS. HUP reloads, TERM ends."""
    app = steward(ctx)
    app.require_home()
    app.state  # noqa: B018  brings the database up to date before any process needs it
    app.close()
    config.share_metrics(app.settings.home)
    words = ["-m", "gunicorn", "--config", "python:steward.web.gunicorn_conf", "--workers", str(workers)]
    os.execv(sys.executable, [sys.executable, *words, "steward.web.wsgi:app"])  # noqa: S606


@main.command()
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that work.")
@click.pass_context
def worker(ctx: click.Context, workers: int) -> None:
    """Work off events: read the donors' units, score them, write their profiles. TERM ends it after the present round."""
    app = steward(ctx)
    app.require_home()
    app.state  # noqa: B018  brings the database up to date before any process forks
    app.close()
    config.share_metrics(app.settings.home)
    from steward.jobs.tasks import Tasks, consumer
    from steward.monitoring import logs

    logs.configure()
    settings = app.settings
    consumer(Tasks(lambda: Steward(settings)), workers).run()


@main.command()
@json_option
@click.pass_context
def jobs(ctx: click.Context, as_json: bool) -> None:
    """Who waits to be scored after an event, since when, and who has been given up (`steward replay` tries again)."""
    app = steward(ctx)
    app.require_home()
    depth = app.inbox.depth()
    waiting, dead = app.inbox.waiting(20), app.inbox.waiting(20, "dead")
    if as_json:
        oldest = depth.oldest.isoformat() if depth.oldest else None
        print_json({"waiting": depth.waiting, "in_work": depth.leased, "given_up": depth.dead, "oldest": oldest})
        return
    out().print(f"{depth.waiting} donors wait, {depth.leased} of them in work; {depth.dead} given up.")
    rows = [
        (one.donor_key, one.status, f"{one.asked_at:%Y-%m-%d %H:%M:%S}", one.attempts, one.correlation_id)
        for one in (*waiting, *dead)
    ]
    if rows:
        columns = {"Donor": "left", "State": "left", "Since (UTC)": "left", "Failed": "right", "Trace": "left"}
        print_table("The longest waits", columns, rows)


@main.group()
def clients() -> None:
    """Who may call the service: create, list, change secrets, sign bodies, renew the key of all tokens."""


@clients.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="score, events or ops; may be repeated.")
@click.option("--signed", is_flag=True, help="Every body of this client must be signed.")
@json_option
@click.pass_context
def create(ctx: click.Context, name: str, scopes: tuple[str, ...], signed: bool, as_json: bool) -> None:
    """Make a client; its secret is shown once."""
    client_id, secret = _clients(steward(ctx)).create(name, scopes or ("score", "events"), signed_bodies=signed)
    made = {"client_id": client_id, "client_secret": secret}
    if signed:
        made["signing_secret"] = _signing_secret(steward(ctx), client_id)
    if as_json:
        print_json(made)
        return
    for what, value in made.items():
        out().print(f"{what}: [bold]{escape(value)}[/]")
    out().print("The secret is not kept here and cannot be shown again.")


@clients.command("list")
@json_option
@click.pass_context
def listed(ctx: click.Context, as_json: bool) -> None:
    """All clients, without secrets."""
    found = _clients(steward(ctx)).all()
    rows = [
        (one.client_id, one.name, one.scopes, "yes" if one.enabled else "no", len(one.secret_hashes)) for one in found
    ]
    if as_json:
        print_json([dict(zip(("client_id", "name", "scopes", "enabled", "secrets"), row, strict=True)) for row in rows])
    else:
        columns = {"Client": "left", "Name": "left", "Scopes": "left", "Enabled": "left", "Secrets": "right"}
        print_table("Clients", columns, rows)


@clients.command("rotate")
@click.argument("client_id")
@click.option("--finish", is_flag=True, help="End the old secret: only the newest works from now on.")
@click.pass_context
def rotate(ctx: click.Context, client_id: str, finish: bool) -> None:
    """A second secret for CLIENT_ID; the old one works until `--finish`."""
    if finish:
        _clients(steward(ctx)).finish_rotation(client_id)
        out().print("Only the newest secret works now.")
    else:
        out().print(f"client_secret: [bold]{escape(_clients(steward(ctx)).rotate(client_id))}[/]")


@clients.command("disable")
@click.argument("client_id")
@click.option("--enable", is_flag=True, help="Let it call again.")
@click.pass_context
def disable(ctx: click.Context, client_id: str, enable: bool) -> None:
    """No new tokens for CLIENT_ID; those it has end within minutes."""
    _clients(steward(ctx)).enable(client_id, enable)
    out().print("Enabled." if enable else "Disabled.")


@clients.command("rotate-key")
@click.pass_context
def rotate_key(ctx: click.Context) -> None:
    """A new key signs all tokens from now on; tokens of the one before stay valid until they expire."""
    steward(ctx).require_home()
    from steward.web.tokens import FILE, Keys

    out().print(f"Key {Keys(steward(ctx).home / FILE).rotate()} signs from now on.")


def _clients(app: Steward) -> Clients:
    from steward.state.clients import Clients

    return Clients(app.state.engine, app.now)


def _signing_secret(app: Steward, client_id: str) -> str:
    from steward.web.tokens import FILE, Keys

    keys = Keys(pathlib.Path(app.home) / FILE)
    keys.ensure()
    return keys.derived(f"body {client_id}")[0].hex()
