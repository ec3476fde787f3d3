"""A nonprofit of the data set in a real local org, and a Steward that has learnt from it: built once, copied for each test."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pathlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from gateway_kit import INTEGRATION, connection, gateway, prepare
from localorg.server.certificates import client_certificate
from localorg.server.serve import LocalOrgServer
from localorg_live import ADMIN, API, Client, LiveOrg
from steward.cli import main
from steward.salesforce.client import Gateway
from steward.salesforce.pseudonyms import pseudonym
from steward.state.store import State

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from datasets import mapping
from datasets.generate import generate
from datasets.load import Load

CONTACTS, YEARS, SEED = 200, 3, 11
TRACES = ("Traceback (most recent call last)", 'File "')

# Every field a run writes, but the run and the dates.
PROFILE = (
    "Id, Donor_Id__c, Contact__c, Content_Hash__c, LastModifiedDate, SystemModstamp, Method__c, Excluded_Reason__c, "
    "Propensity_Score__c, Propensity_Band__c, Lapse_Risk_Score__c, Upgrade_Score__c, Major_Gift_Score__c, Segment__c, "
    "Renewal_Score__c, Second_Gift_Score__c, Mid_Level_Score__c, Reactivation_Score__c, Become_Recurring_Score__c, "
    "Recurring_Churn_Score__c, Recurring_Upgrade_Score__c, Volunteer_To_Donor_Score__c, First_Gift_Score__c, "
    "Matching_Gift_Score__c, Planned_Giving_Rank__c, Priority_Outcome__c, Recurring_Health__c, Reactivation_Value__c, "
    "Preferred_Channel__c, Trend__c, "
    "Effective_Segment__c, Next_Step__c, Suggested_Ask__c, Helps__c, Holds_Back__c, Reasons__c, Scoring_Run__r.Run_Id__c"
)


@dataclass(frozen=True)
class Said:
    """How one `steward` command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class World:
    """One org, one home of Steward, and an administrator."""

    org: LiveOrg
    home: pathlib.Path
    scratch: pathlib.Path

    @property
    def admin(self) -> Client:
        return self.org.as_user()

    @property
    def key(self) -> bytes:
        return (self.home / "pseudonym.key").read_bytes()

    def donor_key(self, contact: str) -> str:
        return pseudonym(contact, self.key)

    def settings(self, **more: str) -> dict[str, str]:
        """The environment of a `steward` command; what is given as "" is left to Steward's defaults."""
        own = {
            "STEWARD_HOME": str(self.home),
            "STEWARD_SF_LOGIN_URL": self.org.url,
            "STEWARD_SF_CA_BUNDLE": self.org.ca,
            "TMPDIR": str(self.scratch),
        } | more
        return {name: value for name, value in own.items() if value}

    def steward(self, *words: str, **settings: str) -> Said:
        """Runs a command in this process; whatever happens, no traceback may be shown."""
        return command(*words, **self.settings(**settings))

    def profiles(self) -> dict[str, dict[str, Any]]:
        """Every profile in the org by its Contact."""
        found = all_records(self.admin, f"SELECT {PROFILE} FROM AI_Donor_Profile__c")
        assert len({row["Contact__c"] for row in found}) == len(found), "a Contact has two profiles"
        return {row["Contact__c"]: row for row in found}

    def state(self) -> State:
        return State(f"sqlite:///{self.home / 'state.db'}", lambda: datetime.now(UTC))

    def fault(self, **rule: Any) -> None:
        answer = self.org.control().post("/localorg/faults", json=rule)
        assert answer.status_code == 200, answer.text

    def faults(self) -> list[dict[str, Any]]:
        return self.org.control().get("/localorg/faults").json()["rules"]

    def heal(self) -> None:
        self.org.control().send("DELETE", "/localorg/faults")

    def change(self, sobject: str, record: str, **fields: Any) -> None:
        answer = self.admin.send("PATCH", f"{API}/sobjects/{sobject}/{record}", json=fields)
        assert answer.status_code == 204, answer.text


def command(*words: str, **settings: str) -> Said:
    blank = {name: None for name in os.environ if name.startswith("STEWARD_")}
    done = CliRunner().invoke(main, list(words), env={**blank, **settings}, prog_name="steward")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    said = Said(done.exit_code, done.stdout, done.stderr)
    assert not any(trace in said.text for trace in TRACES), said.text
    return said


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting between two tries is shortened to a hundredth: the org answers at once, or a fault repeats."""
    monkeypatch.setitem(Gateway.__init__.__kwdefaults__, "sleep", lambda seconds: time.sleep(seconds / 100))


def fine(said: Said) -> Said:
    assert said.code == 0, said.text
    return said


def all_records(client: Client, soql: str) -> list[dict[str, Any]]:
    """Every page of a query."""
    reply = client.get(f"{API}/query", params={"q": soql}).json()
    records = list(reply["records"])
    while not reply["done"]:
        reply = client.get(reply["nextRecordsUrl"]).json()
        records += reply["records"]
    return records


@dataclass(frozen=True)
class Template:
    """Folders to copy: an org with data and a Steward that is trained; nothing is written to the org yet."""

    org: pathlib.Path
    home: pathlib.Path


def once(make: Callable[[pytest.TempPathFactory], Template]) -> Callable[[pytest.TempPathFactory], Template]:
    """Made once a session; the factory of temporary folders lives as long."""
    made: list[Template] = []

    @functools.wraps(make)
    def kept(factory: pytest.TempPathFactory) -> Template:
        if not made:
            made.append(make(factory))
        return made[0]

    return kept


@once
def learnt(factory: pytest.TempPathFactory) -> Template:
    """The template before the first run."""
    folder = factory.mktemp("job")
    made = Template(folder / "org", folder / "home")
    generate(folder / "data", as_of=today(), contacts=CONTACTS, years=YEARS, seed=SEED)
    with serving(made) as world:
        prepare(world.org)
        with gateway(connection(world.org, run_as=ADMIN)) as writer:
            Load(writer, folder / "data", lambda sobject, done: None).run(mapping.read())
        fine(world.steward("init"))
        with (world.home / "steward.env").open("a", encoding="utf-8") as env:
            env.write(login(world))
        fine(world.steward("extract"))
        fine(world.steward("train"))
    return made


@once
def published(factory: pytest.TempPathFactory) -> Template:
    """The template after a first run that went well."""
    folder = factory.mktemp("published")
    with copied(learnt(factory), folder) as world:
        fine(world.steward("run"))
    return Template(folder / "org", folder / "home")


def login(world: World) -> str:
    """Lines of steward.env that log in as the integration user."""
    key, certificate = client_certificate(INTEGRATION)
    (world.home / "integration.key").write_bytes(key)
    given = {"name": "Nightly", "run_as": INTEGRATION, "certificate": certificate.decode()}
    client = world.org.control().post("/localorg/client", json=given).json()
    return (
        f"STEWARD_SF_CLIENT_ID={client['client_id']}\nSTEWARD_SF_USERNAME={INTEGRATION}\n"
        f"STEWARD_SF_PRIVATE_KEY_FILE={world.home / 'integration.key'}\n"
    )


@contextlib.contextmanager
def serving(folders: Template) -> Iterator[World]:
    scratch = folders.org.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    with LocalOrgServer(folders.org) as server:
        yield World(LiveOrg(server, folders.org), folders.home, scratch)


@contextlib.contextmanager
def copied(template: Template, folder: pathlib.Path) -> Iterator[World]:
    """A world of its own, in the state of the template."""
    made = Template(folder / "org", folder / "home")
    shutil.copytree(template.org, made.org)
    shutil.copytree(template.home, made.home)
    with serving(made) as world:
        yield world


def today() -> date:
    return datetime.now(UTC).date()
