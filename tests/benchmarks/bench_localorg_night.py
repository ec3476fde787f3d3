"""What a night costs in API calls: `python tests/benchmarks/bench_localorg_night.py --donors 100000`.

A nonprofit in a real local org, a first night, then an ordinary one after a share of the donors gave again. The org
counts the calls, and its count is set beside the forecast of `steward doctor`. Calls do not depend on who gives what, nor
on what the models learnt from: households of one, gifts by chance, and models of a small nonprofit of that kind.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import rich.console
import rich.table

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "orgs"), str(ROOT / "backend"), str(ROOT / "tests" / "e2e")]

from gateway_kit import connection, prepare  # noqa: E402
from job_world import Template, World, fine, login, serving, today  # noqa: E402
from localorg.batch import SaveResult  # noqa: E402
from localorg_live import ADMIN  # noqa: E402
from steward.salesforce.client import Gateway  # noqa: E402

from datasets import mapping  # noqa: E402
from datasets.generate import generate  # noqa: E402
from datasets.load import Load  # noqa: E402

CHANGED, SMALL = 0.02, 1_500
ID = re.compile(r"/[0-9A-Za-z]{18}(?=/|$)")
FORECAST = re.compile(r"first night takes about (\d+) API calls, an ordinary one (\d+)")
HOME = ("Name", "npe01__SYSTEM_AccountType__c", "npe01__SYSTEMIsIndividual__c")
GIFT = ("Name", "AccountId", "npsp__Primary_Contact__c", "Amount", "CloseDate", "StageName")
ROLE = ("OpportunityId", "ContactId", "Role", "IsPrimary")
PAYMENT = ("npe01__Opportunity__c", "npe01__Payment_Amount__c", "npe01__Payment_Date__c", "npe01__Paid__c")


def fill(world: World, folder: pathlib.Path, donors: int, years: int) -> None:
    """A nonprofit of the data set, loaded as an administrator would, and a Steward that has learnt from it."""
    travel(world, by="-3d")
    generate(folder, as_of=yesterday(), contacts=donors, years=years, seed=11)
    prepare(world.org)
    with Gateway(connection(world.org, run_as=ADMIN)) as writer:
        Load(writer, folder, lambda sobject, done: None).run(mapping.read())
    settle(world, donors)


def fill_plainly(world: World, donors: int, years: int) -> None:
    """Households of one and two gifts a year, each paid and with its donor's role, straight into the org."""
    travel(world, by="-3d")
    prepare(world.org)
    chance = random.Random(11)
    homes = made(world, "Account", HOME, ((f"Household {n}", "Household Account", "true") for n in range(donors)))
    people = made(world, "Contact", ("LastName", "AccountId"), ((f"Donor {n}", home) for n, home in enumerate(homes)))
    given = [
        (home, contact, f"{chance.randrange(500, 50_000) / 100:.2f}", past(chance, years))
        for home, contact in zip(homes, people, strict=True)
        for _ in range(chance.randrange(1, 4 * years))
    ]
    rows = ((f"Gift {n}", home, one, sum_, day, "Closed Won") for n, (home, one, sum_, day) in enumerate(given))
    gifts = made(world, "Opportunity", GIFT, rows)
    pairs = list(zip(gifts, given, strict=True))
    made(world, "OpportunityContactRole", ROLE, ((gift, one[1], "Donor", "true") for gift, one in pairs))
    made(world, "npe01__OppPayment__c", PAYMENT, ((gift, one[2], one[3], "true") for gift, one in pairs))
    settle(world, donors)


def made(world: World, sobject: str, columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> list[str]:
    """The ids of rows that the org takes, all of them."""
    saved = world.org.server.runtime.org.administrator().bulk("insert", sobject, columns, rows)
    return [id_of(one) for one in saved]


def id_of(saved: SaveResult) -> str:
    if saved.id is None:
        raise SystemExit(f"the org refused a row: {saved.errors[0]}")
    return saved.id


def past(chance: random.Random, years: int) -> str:
    return (yesterday() - dt.timedelta(days=chance.randrange(2, 365 * years))).isoformat()


def settle(world: World, donors: int) -> None:
    """A Steward that can log in; its models are kept beside the nonprofit's own folder."""
    travel(world, by="2d")  # a day of changes before the last read is long, the load must lie behind it
    give_again(world, 1 / donors)
    fine(world.steward("init"))
    with (world.home / "steward.env").open("a", encoding="utf-8") as env:
        env.write(login(world) + f"STEWARD_ARTEFACTS_URL={world.home.parent.parent / 'models'}\n")


def learn(folder: pathlib.Path, fill: Callable[[World], None]) -> None:
    """Models from a small nonprofit, for the large one beside it."""
    (folder / "small").mkdir()
    with serving(Template(folder / "small" / "org", folder / "small" / "home")) as world:
        fill(world)
        fine(world.steward("extract"))
        fine(world.steward("train", "--as-of", yesterday().isoformat()))


def travel(world: World, **given: Any) -> None:
    answer = world.org.control().post("/localorg/clock", json=given)
    assert answer.status_code == 200, answer.text


def yesterday() -> dt.date:
    return today() - dt.timedelta(days=1)


def give_again(world: World, share: float) -> int:
    """One new gift from this share of the donors who have a household."""
    session = world.org.server.runtime.org.administrator()
    found = session.query("SELECT Id, AccountId FROM Contact WHERE AccountId != null ORDER BY Id").records
    donors = [(one["Id"], one["AccountId"]) for one in found or ()][:: round(1 / share)]
    day = yesterday().isoformat()
    rows = ((f"Gift {n}", home, one, "75.00", day, "Closed Won") for n, (one, home) in enumerate(donors))
    return sum(saved.success for saved in session.bulk("insert", "Opportunity", GIFT, rows))


def night(
    world: World, as_of: dt.date, *, first: bool = False
) -> tuple[dict[str, Any], collections.Counter[str], float]:
    """One `steward run`: its report, the calls that the org answered by route, and its seconds.

    Before the `first` one, Steward reads everything.
    """
    log = world.org.folder / "requests.jsonl"
    start, began = log.stat().st_size, time.perf_counter()
    if first:
        fine(world.steward("extract"))
    report = fine(world.steward("run", "--nightly", "--as-of", as_of.isoformat(), "--json")).json()
    took = time.perf_counter() - began
    with log.open("rb") as file:
        file.seek(start)
        entries = [json.loads(line) for line in file]
    routes = collections.Counter(f"{one['method']} {one['route']}" for one in entries if "/data/v" in one["route"])
    return report, routes, took


def tell(what: str) -> None:
    print(f"{dt.datetime.now(dt.UTC):%H:%M:%S} {what}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--donors", type=int, default=20_000)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--changed", type=float, default=CHANGED)
    given = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("STEWARD_")]:
        del os.environ[name]
    console = rich.console.Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="night-") as name:
        folder = pathlib.Path(name)
        learn(folder, lambda small: fill_plainly(small, min(SMALL, given.donors), given.years))
        (folder / "large").mkdir()
        with serving(Template(folder / "large" / "org", folder / "large" / "home")) as world:
            tell("models learnt")
            fill_plainly(world, given.donors, given.years)
            tell(f"{given.donors:,} donors loaded")
            forecast = FORECAST.search(" ".join(world.steward("doctor").text.split()))
            nights = [("first", night(world, yesterday(), first=True))]
            tell("first night over")
            travel(world, now=True)
            gave = give_again(world, given.changed)
            nights.append((f"ordinary, {gave:,} new gifts", night(world, today())))
    told = [int(one) for one in forecast.groups()] if forecast else [0, 0]
    table = rich.table.Table("Night", "API calls", "forecast by doctor", "profiles written", "seconds", box=None)
    for (label, (report, routes, took)), expected in zip(nights, told, strict=True):
        changed = report["counts"]["profiles_changed"]
        table.add_row(label, str(routes.total()), str(expected), f"{changed:,}", f"{took:.0f}")
    console.print(f"{given.donors:,} donors, {given.years} years")
    console.print(table)
    for route, count in nights[-1][1][1].most_common():
        console.print(f"  {count:>4}  {route}")


if __name__ == "__main__":
    main()
