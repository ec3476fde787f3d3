"""`localorg`: make an org, start it, deploy to it, and hand its address to a client."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from localorg import cumulusci
from localorg.apex.command import mutate, test
from localorg.lightning.command import lightning
from localorg.process import NotPossibleError, control, running, start_detached, stop_server
from localorg.server.certificates import client_certificate, ensure_certificates, write_secret
from localorg.server.runtime import Runtime
from localorg.server.serve import LocalOrgServer

DEFAULT_FOLDER = ".localorg"
PERMISSION_SET = "AI_Donor_Integration"
INTEGRATION = "integration@steward.example"
console = Console(highlight=False, soft_wrap=True)


class Verbs(click.Group):
    """Says what went wrong and what to do, without a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except NotPossibleError as problem:
            raise click.ClickException(str(problem)) from problem


def in_folder(function: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--folder", type=click.Path(path_type=Path, file_okay=False), default=DEFAULT_FOLDER, show_default=True,
        envvar="LOCALORG_FOLDER", help="Where the org lives.",
    )(function)  # fmt: skip


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A Salesforce-compatible org on this machine, with NPSP's schema."""


@main.command()
@in_folder
def init(folder: Path) -> None:
    """Create the org's folder: database, certificates, admin token."""
    runtime = Runtime(folder)
    org_id = runtime.org.id
    runtime.close()
    ensure_certificates(folder)
    console.print(f"Org [bold]{org_id}[/] in {folder}. Next: [bold]localorg start --detach[/]")


@main.command()
@in_folder
@click.option("--port", default=8080, show_default=True, help="HTTP port; 0 takes a free one.")
@click.option("--tls-port", default=8443, show_default=True, help="TLS port; 0 takes a free one.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; loopback unless you say so."
)
@click.option("--detach", is_flag=True, help="Run in the background; returns when the org answers.")
def start(folder: Path, port: int, tls_port: int, host: str, detach: bool) -> None:
    """Serve the org until it is stopped."""
    if running(folder):
        raise click.ClickException(f"This org is running already. See: localorg status --folder {folder}")
    if detach:
        shown(start_detached(folder, port, tls_port, host))
        return
    try:
        server = LocalOrgServer(folder, port, tls_port, host)
    except OSError as problem:
        raise click.ClickException(
            f"Cannot listen on {host}:{port} and {host}:{tls_port} ({problem}). Choose --port and --tls-port."
        ) from problem
    shown(server.described())
    server.run()


@main.command()
@in_folder
def stop(folder: Path) -> None:
    """Stop a running org; its data stays."""
    console.print("Stopped." if stop_server(folder) else "No org is running here.")


@main.command()
@in_folder
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(folder: Path, as_json: bool) -> None:
    """Where the org listens, what it holds, who may log in."""
    found = running(folder)
    state = control(folder, "status", {})
    if as_json:
        click.echo(json.dumps({"server": found, **state}))
        return
    if found:
        shown(found)
    else:
        console.print("Not running. Start it with: [bold]localorg start --detach[/]")
    calls = state["api_calls"]
    console.print(
        f"Org {state['organization_id']}, its time {state['now']}, API calls {calls['used']}/{calls['limit']}"
    )
    table = Table("Object", "Records", box=None, pad_edge=False)
    for name, count in state["records"].items():
        table.add_row(name, f"{count:,}")
    console.print(table)


@main.command()
@in_folder
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
def deploy(folder: Path, source: Path) -> None:
    """Deploy a folder of source-format metadata, such as force-app."""
    console.print(deployed(control(folder, "deploy", {"folder": str(source.resolve())}), source))


@main.command()
@in_folder
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def seed(folder: Path, source: Path) -> None:
    """Write the records of a JSON file: objects in order, `"@"` names a record, `"@name"` stands for its id."""
    try:
        records = json.loads(source.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise click.ClickException(f"{source} is no JSON: {problem}") from problem
    made = control(folder, "seed", {"records": records})["made"]
    console.print("Made " + ", ".join(f"{count:,} {sobject}" for sobject, count in made.items()) + ".")


@main.group()
def faults() -> None:
    """What goes wrong in this org, on purpose."""


@faults.command("mix")
@in_folder
@click.option("--seed", "chance", default=0, show_default=True, help="The same seed makes the same faults.")
@click.option("--share", default=0.02, show_default=True, help="Of what each kind can strike.")
def mix_faults(folder: Path, chance: int, share: float) -> None:
    """Faults of every kind, by chance."""
    made = control(folder, "faults", {"mix": {"seed": chance, "share": share}})["added"]
    console.print(f"{len(made)} rules. See them with [bold]localorg faults list[/], end them with clear.")


@faults.command("list")
@in_folder
def list_faults(folder: Path) -> None:
    """The rules, and how often each has struck."""
    table = Table("Kind", "Path", "Share", "Struck", box=None, pad_edge=False)
    for rule in control(folder, "status", {})["faults"]:
        table.add_row(rule["kind"], rule["path"], f"{rule['share']:.1%}", f"{rule['fired']:,}")
    console.print(table if table.row_count else "No faults. Add some with: [bold]localorg faults mix[/]")


@faults.command("clear")
@in_folder
def clear_faults(folder: Path) -> None:
    """End all faults."""
    console.print(f"{control(folder, 'heal', {})['removed']} rules removed.")


@main.command()
@in_folder
@click.argument("username")
@click.argument("permission_set")
def assign(folder: Path, username: str, permission_set: str) -> None:
    """Assign a permission set to a user."""
    control(folder, "assign", {"username": username, "permission_set": permission_set})
    console.print(f"{username} has {permission_set}.")


@main.command("cci-env")
@in_folder
@click.option("--alias", default="local", show_default=True, help="What CumulusCI calls the org.")
@click.option("--user", "username", default="admin@steward.example", show_default=True, help="Whom CumulusCI acts as.")
def cci_env(folder: Path, alias: str, username: str) -> None:
    """Let CumulusCI use the running org: eval "$(localorg cci-env)", then cci flow run dev_org --org local."""
    found = running(folder)
    if found is None:
        raise click.ClickException(f"No org is running here. Start it with: localorg start --detach --folder {folder}")
    session = control(folder, "session", {"username": username})
    click.echo(cumulusci.function(cumulusci.environment(folder, alias, found, session)))


@main.group()
def user() -> None:
    """Users of the org."""


@user.command("create")
@in_folder
@click.argument("username")
@click.option("--profile", help="Default: Minimum Access - API Only Integrations.")
@click.option("--password", envvar="LOCALORG_PASSWORD", help="For the username-password and SOAP logins.")
def create_user(folder: Path, username: str, profile: str | None, password: str | None) -> None:
    """Create a user, or give one a new password."""
    found = control(folder, "user", {"username": username, "profile": profile, "password": password})
    console.print(f"{'Created' if found['created'] else 'Updated'} {username} ({found['user_id']}).")


@main.group()
def client() -> None:
    """External client apps."""


@client.command("create")
@in_folder
@click.argument("name")
@click.option("--run-as", required=True, help="Username its flows run as.")
@click.option(
    "--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM, for JWT bearer."
)
def create_client(folder: Path, name: str, run_as: str, certificate: Path | None) -> None:
    """Register an external client app; prints its key and its secret once."""
    pem = certificate.read_text() if certificate else None
    found = control(folder, "client", {"name": name, "run_as": run_as, "certificate": pem})
    click.echo(json.dumps(found, indent=2))


@main.command()
@in_folder
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(folder: Path, yes: bool) -> None:
    """Remove all records; schema, users and clients stay."""
    if not yes:
        click.confirm(f"Remove every record of the org in {folder}?", abort=True)
    control(folder, "reset", {})
    console.print("The org is empty.")


@main.command()
@in_folder
@click.option("--to", "moment", help="A moment, such as 2027-01-31T09:00:00Z.")
@click.option("--by", "duration", help="A duration, such as 30d or -2h.")
@click.option("--now", is_flag=True, help="Back to real time.")
def clock(folder: Path, moment: str | None, duration: str | None, now: bool) -> None:
    """Travel in the org's time."""
    if [bool(moment), bool(duration), now].count(True) != 1:
        raise click.ClickException("Say one of --to, --by and --now.")
    given = {"to": moment} if moment else {"by": duration} if duration else {"now": True}
    console.print(f"It is {control(folder, 'clock', given)['now']} in the org.")


@main.command()
@in_folder
@click.option("--handlers", type=click.Choice(["on", "off"]), help="Households, contact roles, payments, installments.")
@click.option("--bulk", type=click.Choice(["on", "off"]), help="Whether loads by Bulk API set them off too.")
@click.option("--nightly", type=click.Choice(["on", "off"]), help="The nightly batch, by the org's clock.")
@click.option("--run", is_flag=True, help="Run the nightly batch now.")
def npsp(folder: Path, handlers: str | None, bulk: str | None, nightly: str | None, run: bool) -> None:
    """What NPSP does of its own accord: switch it, or work out its roll-ups."""
    switches = {"handlers": handlers, "bulk": bulk, "nightly": nightly}
    found = control(folder, "npsp", {name: value == "on" for name, value in switches.items() if value} | {"run": run})
    if run:
        told = ", ".join(f"{count:,} {name}" for name, count in found["changed"].items())
        console.print(f"Roll-ups worked out: {told} records changed.")
    state = {name: "on" if found[name] else "off" for name in ("bulk", "nightly")}
    console.print(
        f"NPSP's handlers are {found['handlers']}, in Bulk loads {state['bulk']}; its night is {state['nightly']}."
    )


@main.command()
@in_folder
@click.option("--count", default=50, show_default=True)
def logs(folder: Path, count: int) -> None:
    """The last requests the running org answered."""
    if running(folder) is None:
        raise click.ClickException(f"No org is running here. What it answered before is in {folder / 'requests.jsonl'}")
    table = Table("At", "Method", "Route", "Status", "ms", box=None, pad_edge=False)
    for entry in control(folder, "logs", {"count": count})["requests"]:
        colour = "red" if entry["status"] >= 500 else "yellow" if entry["status"] >= 400 else "green"
        status_text = f"[{colour}]{entry['status']}[/]"
        table.add_row(entry["at"], entry["method"], entry["route"], status_text, f"{entry['ms']:.1f}")
    console.print(table)


@main.command()
@in_folder
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path), default="force-app")
@click.option("--port", default=8080, show_default=True)
@click.option("--tls-port", default=8443, show_default=True)
@click.option("--auth", type=click.Choice(["jwt", "client_credentials"]), default="jwt", show_default=True)
def quickstart(folder: Path, source: Path, port: int, tls_port: int, auth: str) -> None:
    """Everything at once: a running org with SOURCE deployed, its integration user and an env file for Steward."""
    found = running(folder) or start_detached(folder, port, tls_port)
    made = control(folder, "deploy", {"folder": str(source.resolve())})
    control(folder, "assign", {"username": INTEGRATION, "permission_set": PERMISSION_SET})
    env = write_env(folder, found, auth)
    shown(found)
    console.print(f"{deployed(made, source)} {INTEGRATION} has {PERMISSION_SET}.")
    console.print(f"Next: [bold]set -a; . {env}; set +a; steward doctor[/]")


@main.command("credential")
@in_folder
@click.argument("name")
@click.option("--url", help="Where the named credential leads. Default: what was deployed.")
@click.option("--token-url", help="Where its OAuth tokens come from. Default: what was deployed.")
@click.option("--client-id", help="The client of the client credentials grant.")
@click.option("--client-secret", envvar="LOCALORG_CLIENT_SECRET", help="Its secret.")
@click.option(
    "--ca", type=click.Path(exists=True, dir_okay=False), help="The bundle its certificate is checked against."
)
@click.option("--host", help="A host beyond this machine that Apex may call.")
def credential(folder: Path, name: str, **entered: str | None) -> None:
    """Enter what Setup holds for a named credential, so that the org's Apex can call out with it."""
    given = {option: value for option, value in entered.items() if value}
    found = control(folder, "credential", {"name": name, **given})
    console.print(
        f"{found['name']} leads to {found['url']}; its secret is {'set' if found['client_secret'] else 'not set'}."
    )


main.add_command(test)
main.add_command(mutate)
main.add_command(lightning)


def write_env(folder: Path, found: dict[str, Any], auth: str) -> Path:
    """Register a client for the integration user and write what Steward needs to log in as it."""
    key, certificate = client_certificate(INTEGRATION)
    key_file = folder.resolve() / "integration.key"
    write_secret(key_file, key)
    made = control(folder, "client", {"name": "Steward", "run_as": INTEGRATION, "certificate": certificate.decode()})
    lines = {
        "STEWARD_SF_LOGIN_URL": found["tls_url"],
        "STEWARD_SF_AUTH": auth,
        "STEWARD_SF_CLIENT_ID": made["client_id"],
        "STEWARD_SF_USERNAME": INTEGRATION,
        "STEWARD_SF_CA_BUNDLE": found["ca_bundle"],
    }
    if auth == "jwt":
        lines["STEWARD_SF_PRIVATE_KEY_FILE"] = str(key_file)
    else:
        lines["STEWARD_SF_CLIENT_SECRET"] = made["client_secret"]
    env = folder / "steward.env"
    write_secret(env, "".join(f"{name}={value}\n" for name, value in lines.items()).encode())
    return env


def deployed(made: dict[str, list[str]], source: Path) -> str:
    ignored = f" ({len(made['not_emulated'])} of kinds this org has no use for)" if made["not_emulated"] else ""
    return f"Deployed {source}: {len(made['created'])} components created, {len(made['changed'])} changed{ignored}."


def shown(found: dict[str, Any]) -> None:
    console.print(f"Listening on [bold]{found['tls_url']}[/] and {found['url']}  (CA: {found['ca_bundle']})")


if __name__ == "__main__":
    main()
