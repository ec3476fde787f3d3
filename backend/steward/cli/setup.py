"""Commands of the first day: a home for Steward, what is set, and whether the org lets it work."""

from __future__ import annotations

import dataclasses

import click
from rich.markup import escape

from steward import config
from steward.bootstrap import POLICY_FILE, make_home
from steward.cli.app import json_option, main, out, print_json, print_table, steward
from steward.decide.policy import Policy
from steward.salesforce import doctor as examination

LEVELS = list(examination.Level)

ENV_TEMPLATE = """# Steward's settings; the environment wins over this file. All of them: `steward settings`.
# STEWARD_SF_LOGIN_URL=https://yourdomain.my.salesforce.com
# STEWARD_SF_AUTH=jwt
# STEWARD_SF_CLIENT_ID=
# STEWARD_SF_USERNAME=steward.integration@yourdomain.org
# STEWARD_SF_PRIVATE_KEY_FILE=
"""


@main.command()
@click.pass_context
def init(ctx: click.Context) -> None:
    """Make Steward's home: folder, pseudonym key, settings and policy files, state database. Safe to repeat."""
    settings = config.load()
    made = make_home(settings)
    for name, text in ((config.ENV_FILE, ENV_TEMPLATE), (POLICY_FILE, policy_template())):
        path = settings.home / name
        if not path.exists():
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
            made.append(path)
    steward(ctx).state  # noqa: B018  opens the database, which brings its tables up to date
    console = out()
    for path in made:
        console.print(f"[green]+[/] {path}")
    console.print(
        f"Steward's home is [bold]{settings.home}[/]. Keep a copy of {settings.key_file()} in a safe place: without it,"
    )
    console.print("every donor gets a new pseudonym. Next: set the org in steward.env, then `steward doctor`.")


@main.command("settings")
@json_option
def show_settings(as_json: bool) -> None:
    """Every setting: its variable, its present value (secrets hidden) and what it is for."""
    rows = config.as_rows(config.load())
    if as_json:
        print_json([{"variable": name, "value": value, "what": what} for name, value, what in rows])
    else:
        print_table("Settings", {"Variable": "left", "Value": "left", "What it is for": "left"}, list(rows))


@main.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """May Steward work in this org? Connection, versions, permissions field by field, limits, and what a night will cost."""
    app = steward(ctx)
    findings = examination.examine(app.gateway, app.now())
    worst = max((LEVELS.index(finding.level) for finding in findings), default=0)
    if as_json:
        print_json([dataclasses.asdict(finding) | {"level": finding.level.value} for finding in findings])
    else:
        marks = {"fine": "[green]✓[/]", "warning": "[yellow]![/]", "problem": "[bold red]✗[/]"}
        for finding in findings:
            out().print(f"{marks[finding.level.value]} {escape(finding.what)}")
            if finding.todo:
                out().print(f"    {escape(finding.todo)}")
    if LEVELS[worst] is examination.Level.PROBLEM:
        ctx.exit(3)


def policy_template() -> str:
    """`policy.toml` with every threshold at its default, commented out."""
    lines = [
        "# Thresholds behind segments, asks and next steps. Uncomment what you change; `steward run` reads it each time."
    ]
    policy = Policy()
    for field in dataclasses.fields(policy):
        value = getattr(policy, field.name)
        if field.name != "next_steps":
            shown = f'"{value}"' if isinstance(value, str) else str(list(value) if isinstance(value, tuple) else value)
            lines.append(f"# {field.name} = {shown}")
    lines += ["", "# [next_steps]"]
    lines += [f'# "{segment}" = "{text}"' for segment, text in policy.next_steps.items()]
    return "\n".join(lines) + "\n"
