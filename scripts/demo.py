"""`make demo`: the main job, end to end, on the embedded local org. It shows each command it runs, so that you can run it too."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import time

import requests
import rich.console

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(sys.executable).parent
DEMO = ROOT / ".demo"
ORG, DATA, HOME = DEMO / "org", DEMO / "data", DEMO / "steward"
console = rich.console.Console(highlight=False, soft_wrap=True)

TOP_TEN = """SELECT Contact__r.Name, Segment__c, Propensity_Score__c, Propensity_Band__c, Propensity_Rank__c, Suggested_Ask__c, Helps__c,
Holds_Back__c, Contact__c FROM AI_Donor_Profile__c WHERE Household_Lead__c = true AND Propensity_Score__c != null
ORDER BY Propensity_Score__c DESC, Donor_Id__c LIMIT 10"""
WORTH_MEETING = """SELECT Contact__r.Name, Segment__c, Contact__c FROM AI_Donor_Profile__c WHERE Household_Lead__c = true
AND Segment__c IN ('Major gift prospect', 'At risk of lapsing') AND Helps__c != null AND Holds_Back__c != null
ORDER BY Major_Gift_Score__c DESC NULLS LAST, Donor_Id__c LIMIT 1"""
OFFICER = "officer@steward.example"
NPM_PACKAGES = ("lwc", "lightning-base-components", "@salesforce-ux/design-system", "@apexdevtools/apex-parser")


def main() -> None:
    options = arguments()
    began = time.monotonic()
    start_afresh()
    making = None if options.gifts else start_making_data(options)
    get_packages()
    step("An org on this machine, with NPSP's schema; our package deployed", "localorg quickstart force-app")
    run("localorg", "quickstart", "force-app", "--folder", ORG, "--port", options.port, "--tls-port", options.tls_port)
    run("localorg", "deploy", "metadata/config/volunteers", "--folder", ORG)
    run("localorg", "assign", "integration@steward.example", "AI_Donor_Integration_Volunteers", "--folder", ORG)
    admin = login_of_admin()
    if making:
        load_data(making, options.contacts, admin)
    step("Steward's home, and the check-up", "steward init; steward doctor")
    run("steward", "init")
    with (HOME / "steward.env").open("a") as env:
        env.write((ORG / "steward.env").read_text())
    run("steward", "doctor")
    if options.gifts:
        import_gifts(options.gifts, admin)
    step("Read the org: only the fields of the data contract, ids as pseudonyms", "steward extract")
    run("steward", "extract")
    step("Learn from the past, judge on later time, publish model or rule", "steward train")
    run("steward", "train", "--as-of", options.as_of)
    step("The night: read what changed, score, write the changed rows, prove them", "steward run")
    run("steward", "run", "--nightly", "--as-of", options.as_of)
    step("The same night again, with nothing new: not one profile is written", "steward run")
    run("steward", "run", "--nightly", "--as-of", options.as_of)
    show_top_ten(admin)
    step("The pages of the package, for a gift officer in a browser", "localorg lightning build")
    password = let_officer_in()
    console.print(f"\nDone in {time.monotonic() - began:.0f} seconds.")
    say_where_to_look(admin, password)


def get_packages() -> None:
    """What the org needs from npm to run Apex and to show pages; without development's own."""
    if all((ROOT / "node_modules" / name).exists() for name in NPM_PACKAGES):
        return
    step("What runs Apex and renders Lightning pages, from npm", "python scripts/npm.py ci --omit=dev")
    run(sys.executable, "scripts/npm.py", "ci", "--omit=dev", "--loglevel=error")


def let_officer_in() -> str:
    password = secrets.token_urlsafe(6)
    words = ("user", "create", OFFICER, "--folder", ORG, "--profile", "Standard User")
    run("localorg", *words, env={"LOCALORG_PASSWORD": password})
    run("localorg", "assign", OFFICER, "AI_Donor_Act", "--folder", ORG)
    run("localorg", "lightning", "build", "--folder", ORG)
    return password


def say_where_to_look(admin: Admin, password: str) -> None:
    url = json.loads((ORG / "server.json").read_text())["url"]
    donor = (admin.query(WORTH_MEETING) or admin.query(TOP_TEN))[0]
    console.print(f"Meet [bold]{donor['Contact__r']['Name']}[/] ({donor['Segment__c']}), as a gift officer does:")  # type: ignore[index]
    console.print(f"  [bold]{url}/lightning/r/Contact/{donor['Contact__c']}/view[/]")
    console.print(f"  log in as {OFFICER}, password {password}")
    console.print(
        f"The org listens there and on {admin.url} until `.venv/bin/localorg stop --folder .demo/org`, or `make clean`"
        " which removes it. To look further:"
    )
    console.print(
        "  export STEWARD_HOME=.demo/steward\n  .venv/bin/steward status\n  .venv/bin/steward explain <Contact id>"
    )


def start_making_data(options: argparse.Namespace) -> subprocess.Popen[bytes]:
    """In the background, while the org starts."""
    words = ("generate", DATA, "--as-of", options.as_of, "--contacts", options.contacts)
    return subprocess.Popen([sys.executable, "-m", "datasets", *map(str, words)], cwd=ROOT)


def load_data(making: subprocess.Popen[bytes], contacts: int, admin: Admin) -> None:
    step(
        f"A nonprofit of {contacts:,} people and ten years of giving",
        f"python -m datasets generate … --contacts {contacts}",
    )
    if making.wait():
        sys.exit("The data could not be made; see above.")
    step("Loaded by the org's own Bulk API", "python -m datasets load …")
    run(sys.executable, "-m", "datasets", "load", DATA, env=admin.as_loader())


def import_gifts(file: pathlib.Path, admin: Admin) -> None:
    step(
        "A gift history from a file, as households, contacts, campaigns and gifts",
        f"steward import-gifts {file.name} --source demo",
    )
    login = DEMO / "admin.env"
    login.write_text("".join(f"{name}={value}\n" for name, value in admin.as_steward().items()))
    login.chmod(0o600)
    run("steward", "import-gifts", file, "--source", "demo", "--login", login, "--rejected", DEMO / "rejected.csv")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=5000, help="size of the made-up nonprofit")
    parser.add_argument("--gifts", type=pathlib.Path, help="a gift history (CSV) to use instead of made-up data")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date.today(), help="today, in the data")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--tls-port", type=int, default=8443)
    return parser.parse_args()


def start_afresh() -> None:
    if ORG.exists():
        subprocess.run([BIN / "localorg", "stop", "--folder", ORG], capture_output=True, check=False)
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()


def step(what: str, command: str) -> None:
    console.rule(f"[bold]{what}[/]", align="left")
    console.print(f"[dim]$ {command}[/]")


def run(program: str, *words: object, env: dict[str, str] | None = None) -> None:
    path = program if program == sys.executable else str(BIN / program)
    environment = {**os.environ, "STEWARD_HOME": str(HOME), **(env or {})}
    began = time.monotonic()
    if subprocess.run([path, *map(str, words)], cwd=ROOT, env=environment, check=False).returncode:
        sys.exit(f"\nThe demo stopped at: {program} {' '.join(map(str, words))}")
    console.print(f"[dim]{time.monotonic() - began:.1f} s[/]")


class Admin:
    """The org's administrator, by a client of its own: loads the data, and reads it back as an officer would see it."""

    def __init__(self, url: str, ca: str, client: dict[str, str]) -> None:
        self.url, self._ca, self._client = url, ca, client

    def as_loader(self) -> dict[str, str]:
        return {
            "DATASETS_LOAD_AUTH": "client_credentials",
            "DATASETS_LOAD_LOGIN_URL": self.url,
            "DATASETS_LOAD_CA_BUNDLE": self._ca,
            "DATASETS_LOAD_CLIENT_ID": self._client["client_id"],
            "DATASETS_LOAD_CLIENT_SECRET": self._client["client_secret"],
        }

    def as_steward(self) -> dict[str, str]:
        return {
            "STEWARD_SF_AUTH": "client_credentials",
            "STEWARD_SF_LOGIN_URL": self.url,
            "STEWARD_SF_CA_BUNDLE": self._ca,
            "STEWARD_SF_CLIENT_ID": self._client["client_id"],
            "STEWARD_SF_CLIENT_SECRET": self._client["client_secret"],
        }

    def create(self, sobject: str, record: dict[str, object]) -> str:
        url = f"{self.url}/services/data/v67.0/sobjects/{sobject}"
        reply = requests.post(url, json=record, headers=self._signed_in(), verify=self._ca, timeout=60)
        reply.raise_for_status()
        return str(reply.json()["id"])

    def _signed_in(self) -> dict[str, str]:
        form = {"grant_type": "client_credentials", **{k: self._client[k] for k in ("client_id", "client_secret")}}
        token = requests.post(f"{self.url}/services/oauth2/token", data=form, verify=self._ca, timeout=30).json()
        return {"Authorization": f"Bearer {token['access_token']}"}

    def query(self, soql: str) -> list[dict[str, object]]:
        reply = requests.get(
            f"{self.url}/services/data/v67.0/query",
            params={"q": soql},
            headers=self._signed_in(),
            verify=self._ca,
            timeout=60,
        )
        reply.raise_for_status()
        records: list[dict[str, object]] = reply.json()["records"]
        return records


def login_of_admin() -> Admin:
    env = dict(line.split("=", 1) for line in (ORG / "steward.env").read_text().splitlines() if "=" in line)
    made = subprocess.run(
        [BIN / "localorg", "client", "create", "Data loader", "--folder", ORG, "--run-as", "admin@steward.example"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Admin(env["STEWARD_SF_LOGIN_URL"], env["STEWARD_SF_CA_BUNDLE"], json.loads(made.stdout))


def show_top_ten(admin: Admin) -> None:
    console.rule("[bold]The ten likeliest givers, as the org holds them[/]", align="left")
    for place, record in enumerate(admin.query(TOP_TEN), start=1):
        name = record["Contact__r"]["Name"]  # type: ignore[index]
        likely = (
            f"{record['Propensity_Score__c']:g} in 100 give within 90 days (top {record['Propensity_Rank__c']:g} %)"
        )
        ask = f" · ask {record['Suggested_Ask__c']:,.0f}" if record["Suggested_Ask__c"] else ""
        console.print(
            f"{place:2}. [bold]{name}[/] · {record['Segment__c']} · {likely}{ask} · [dim]{record['Contact__c']}[/]"
        )
        for sign, side in (("+", "Helps__c"), ("−", "Holds_Back__c")):
            for reason in str(record[side] or "").split("; ")[:2]:
                if reason:
                    console.print(f"     {sign} {reason}")


if __name__ == "__main__":
    main()
