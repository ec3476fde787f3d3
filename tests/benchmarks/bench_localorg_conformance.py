"""How true the local org is to Salesforce, as one table: `python tests/benchmarks/bench_localorg_conformance.py`.

SOQL with the verdicts of Salesforce's own parser, queries on NPSP's objects, replies recorded from real orgs, and the time to
parse. What is not beside the repository is said to be absent, never counted.
"""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

import rich.console
import rich.table

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
sys.path[:0] = [str(ROOT / "orgs"), str(ROOT / "tests" / "e2e")]

from localorg import soql  # noqa: E402
from localorg.context import Context, User  # noqa: E402
from localorg.errors import QueryError  # noqa: E402
from localorg.server.serve import LocalOrgServer  # noqa: E402
from localorg_live import LiveOrg  # noqa: E402
from recorded_kit import Player  # noqa: E402
from test_localorg_recorded import CASSETTES, RECORDED, comparable, descriptions, sessions  # noqa: E402

TYPICAL = (
    "SELECT Id, Name, Amount, CloseDate, Account.Name FROM Opportunity WHERE IsWon = true AND CloseDate = LAST_N_DAYS:30 "
    "AND StageName IN ('Posted', 'Pledged') ORDER BY Amount DESC NULLS LAST LIMIT 10"
)
Row = tuple[str, str, str]


def accepted(text: str) -> bool:
    try:
        soql.parse(text)
    except QueryError:
        return False
    return True


def verdicts() -> Iterator[Row]:
    path = SHARED / "corpora" / "soql.jsonl"
    if not path.exists():
        yield "SOQL, sample with verdicts", "absent", ""
        return
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for valid, what, target in ((True, "valid accepted", "99 %"), (False, "invalid refused", "97 %")):
        chosen = [accepted(case["soql"]) is valid for case in cases if case["valid"] is valid]
        yield f"SOQL, {what}", shares(sum(chosen), len(chosen)), target


def npsp_queries() -> Iterator[Row]:
    """Queries on NPSP's objects compile against the schema a new org has."""
    path = SHARED / "facts" / "soql_core.json"
    if not path.exists():
        yield "queries on NPSP's objects", "absent", ""
        return
    from localorg.schema import load

    user = User("005000000000001AAA", "u", "U", "u@example.org", "00e", "P", "America/New_York", "en_US")
    context = Context(load(), user, dt.datetime.now(dt.UTC), lambda sobject, field: True)
    queries = json.loads(path.read_text(encoding="utf-8")).values()
    done = 0
    for text in queries:
        try:
            soql.compile(soql.parse(text.replace(":since", "2026-01-01T00:00:00Z")), context)
            done += 1
        except QueryError as refused:
            print(refused.message)
    yield "queries on NPSP's objects compiled", shares(done, len(queries)), "99 %"


def parsing() -> Iterator[Row]:
    times = []
    for _ in range(2000):
        began = time.perf_counter()
        soql.parse(TYPICAL)
        times.append(time.perf_counter() - began)
    yield "parse a typical query, median", f"{statistics.median(times) * 1000:.3f} ms", "1 ms"


def recorded() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        folder = pathlib.Path(name)
        with LocalOrgServer(folder) as server:
            org = LiveOrg(server, folder)
            schema = {one.name.lower() for one in server.runtime.org.schema}
            if RECORDED.exists():
                player, lines = Player(org, org.as_user()), RECORDED.read_text(encoding="utf-8").splitlines()
                found = [one for line in lines if (one := comparable(json.loads(line), schema))]
                found = [one for one in found if not player.foreign(one)]
                yield (
                    "recorded exchanges, sample",
                    shares(sum(not player.play(one) for one in found), len(found)),
                    "97 %",
                )
            if CASSETTES.exists():
                compared, differing = sessions(org)
                yield "recorded sessions (CumulusCI's)", shares(compared - len(differing), compared), "97 %"
                compared, differing = descriptions(org)
                yield "attributes of described fields", shares(compared - len(differing), compared), "99 %"


def shares(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / whole:.1%})"


def main() -> None:
    table = rich.table.Table("measure", "result", "target", box=None)
    for rows in (verdicts(), npsp_queries(), parsing(), recorded()):
        for row in rows:
            table.add_row(*row)
    rich.console.Console(highlight=False, width=120).print(table)


if __name__ == "__main__":
    main()
