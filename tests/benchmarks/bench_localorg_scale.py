"""The local org at size, over HTTP, beside bare SQLite and CSV: `python tests/benchmarks/bench_localorg_scale.py`.

Contacts and gifts go in by Bulk API 2.0 ingest and come out by Bulk query, from a server in a process of its own.
Bare means: the same CSV read, the same stored rows inserted into the same tables with the same indexes, the results
written as CSV; and for reading, the same SELECT written as CSV. Ratios count, not seconds; a large nonprofit is
`--contacts 1000000 --gifts 10000000`.
"""

from __future__ import annotations

import argparse
import csv
import pathlib
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import requests
import rich.console
import rich.table

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "orgs")]

from localorg.process import control, start_detached, stop_server  # noqa: E402
from localorg.soql.plan import Plan  # noqa: E402
from localorg.store import quote  # noqa: E402

API = "/services/data/v67.0"
ADMIN = {"username": "admin@steward.example", "password": "orchard-7"}
ROWS_A_FILE = 250_000  # below 100 MB, the platform's limit for one upload
BATCH = 5_000
COLUMNS = {
    "Account": ("Name", "npe01__SYSTEM_AccountType__c"),
    "Contact": ("LastName", "Email", "AccountId"),
    "Opportunity": ("Name", "AccountId", "npsp__Primary_Contact__c", "Amount", "CloseDate", "StageName", "Type"),
}
QUERY = "SELECT Id, AccountId, npsp__Primary_Contact__c, Amount, CloseDate, StageName, IsWon FROM Opportunity"


@dataclass
class Spent:
    """Seconds by the wall clock, and of the processors of all who did the work."""

    wall: float = 0.0
    cpu: float = 0.0


@dataclass
class Line:
    what: str
    rows: int
    org: Spent
    bare: Spent


@dataclass
class Served:
    """The org in a process of its own, and a logged-in client of it."""

    folder: pathlib.Path
    http: requests.Session = field(default_factory=requests.Session)

    def __enter__(self) -> Served:
        found = start_detached(self.folder, 0, 0)
        self.url, self.pid = found["url"], found["pid"]
        control(self.folder, "user", ADMIN)
        app = control(self.folder, "client", {"name": "bench", "run_as": ADMIN["username"]})
        form = {"grant_type": "password", "client_id": app["client_id"], "client_secret": app["client_secret"], **ADMIN}
        self.http.trust_env = False
        token = self.http.post(f"{self.url}/services/oauth2/token", data=form, timeout=30).json()["access_token"]
        self.http.headers.update({"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})  # bare: no gzip
        return self

    def __exit__(self, *_: object) -> None:
        stop_server(self.folder)
        self.http.close()

    def send(self, method: str, path: str, **given: Any) -> requests.Response:
        answer = self.http.request(method, f"{self.url}{API}/{path}", timeout=3600, **given)
        answer.raise_for_status()
        return answer

    def finished(self, path: str) -> dict[str, Any]:
        while (job := self.send("GET", path).json())["state"] in ("UploadComplete", "InProgress"):
            time.sleep(0.2)
        if job["state"] != "JobComplete" or job.get("numberRecordsFailed"):
            raise SystemExit(f"{path} did not end well: {job}")
        return dict(job)

    def save(self, path: str, target: pathlib.Path) -> requests.Response:
        with self.send("GET", path, stream=True) as answer, target.open("wb") as file:
            for part in answer.iter_content(1 << 20):
                file.write(part)
            return answer

    def measured(self, work: Callable[[], None]) -> Spent:
        began, own, its = time.perf_counter(), time.process_time(), self.processor()
        work()
        return Spent(time.perf_counter() - began, time.process_time() - own + self.processor() - its)

    def processor(self) -> float:
        parts = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / 100

    def peak(self) -> int:
        """The server's largest resident memory in MiB."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024


def rows_of(sobject: str, count: int, known: dict[str, list[str]]) -> Iterator[Sequence[str]]:
    chance = random.Random(7)
    for number in range(count):
        if sobject == "Account":
            yield f"Household {number}", "Household Account"
        elif sobject == "Contact":
            yield f"Donor {number}", f"donor{number}@example.org", known["Account"][number % len(known["Account"])]
        else:
            place = chance.randrange(len(known["Contact"]))
            home = known["Account"][place % len(known["Account"])]
            day = f"20{chance.randrange(10, 25)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
            stage = chance.choice(("Closed Won", "Posted", "Prospecting"))
            amount = f"{chance.randrange(500, 100_000) / 100:.2f}"
            yield (
                f"Gift {number}",
                home,
                known["Contact"][place],
                amount,
                day,
                stage,
                chance.choice(("New Funding", "")),
            )


def files(folder: pathlib.Path, sobject: str, rows: Iterator[Sequence[str]]) -> list[pathlib.Path]:
    made = []
    while chunk := list(islice(rows, ROWS_A_FILE)):
        made.append(folder / f"{sobject}-{len(made):03d}.csv")
        with made[-1].open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS[sobject])
            writer.writerows(chunk)
    return made


def load(org: Served, sobject: str, path: pathlib.Path) -> None:
    """One upload: create, put, close, wait, fetch what was saved."""
    spec = {"object": sobject, "operation": "insert", "contentType": "CSV"}
    job = f"jobs/ingest/{org.send('POST', 'jobs/ingest', json=spec).json()['id']}"
    with path.open("rb") as file:
        org.send("PUT", f"{job}/batches", data=file, headers={"Content-Type": "text/csv"})
    org.send("PATCH", job, json={"state": "UploadComplete"})
    org.finished(job)
    org.save(f"{job}/successfulResults", path.with_suffix(".saved"))
    org.send("DELETE", job)


class Bare:
    """SQLite and the csv module alone, on a copy of the org's tables and indexes."""

    def __init__(self, org: pathlib.Path, path: pathlib.Path) -> None:
        self._org = sqlite3.connect(f"file:{org}?mode=ro", uri=True)
        self._bare = sqlite3.connect(path, isolation_level=None)
        self._bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;")
        names = ", ".join(f"'{name}'" for name in COLUMNS)
        sql = f"SELECT sql FROM sqlite_master WHERE tbl_name IN ({names}) AND sql IS NOT NULL"
        for (statement,) in self._org.execute(sql).fetchall():
            self._bare.execute(statement)
        self._taken = dict.fromkeys(COLUMNS, 0)
        self._before = {name: self._count(name) for name in COLUMNS}
        self._filled: dict[str, list[str]] = {}

    def _count(self, sobject: str) -> int:
        return int(self._org.execute(f"SELECT coalesce(max(rowid), 0) FROM {quote(sobject)}").fetchone()[0])

    def load(self, sobject: str, path: pathlib.Path) -> Spent:
        """Reads the CSV, inserts the rows as the org stored them and writes the results; fetching them is not counted."""
        spent = Spent()
        with (
            path.open(newline="", encoding="utf-8") as given,
            path.with_suffix(".bare").open("w", newline="", encoding="utf-8") as results,
        ):
            reader, writer = csv.reader(given), csv.writer(results, lineterminator="\n", quoting=csv.QUOTE_ALL)
            next(reader)
            while stored := self._stored(sobject):
                names = self._filled[sobject]
                began, own = time.perf_counter(), time.process_time()
                self._bare.execute("BEGIN")
                marks, into = ",".join("?" * len(names)), ",".join(map(quote, names))
                self._bare.executemany(f"INSERT INTO {quote(sobject)} ({into}) VALUES ({marks})", stored)
                self._bare.execute("COMMIT")
                writer.writerows((row[0], "true", *cells) for row, cells in zip(stored, reader, strict=False))
                spent = Spent(spent.wall + time.perf_counter() - began, spent.cpu + time.process_time() - own)
        return spent

    def _stored(self, sobject: str) -> list[tuple[object, ...]]:
        """The next rows the org stored, in the columns that hold anything."""
        start = self._before[sobject] + self._taken[sobject]
        rows = self._rows(sobject, self._filled.get(sobject, ["*"]), start)
        if rows and sobject not in self._filled:
            every = [name for (name,) in self._org.execute("SELECT name FROM pragma_table_info(?)", (sobject,))]
            held = [any(column) for column in zip(*rows, strict=True)]
            self._filled[sobject] = [name for name, anything in zip(every, held, strict=True) if anything]
            rows = self._rows(sobject, self._filled[sobject], start)
        self._taken[sobject] += len(rows)
        return rows

    def _rows(self, sobject: str, names: list[str], start: int) -> list[tuple[object, ...]]:
        wanted = ",".join(name if name == "*" else quote(name) for name in names)
        sql = f"SELECT {wanted} FROM {quote(sobject)} WHERE rowid > ? ORDER BY rowid LIMIT {BATCH}"
        return self._org.execute(sql, (start,)).fetchall()

    def query(self, sql: str, values: dict[str, object], target: pathlib.Path) -> Spent:
        began, own = time.perf_counter(), time.process_time()
        with target.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            writer.writerows(self._org.execute(sql, values))
        return Spent(time.perf_counter() - began, time.process_time() - own)


def loaded(org: Served, bare: Bare, sobject: str, made: list[pathlib.Path], count: int) -> tuple[Line, list[str]]:
    """One object in, by the org and bare, and the ids that the org gave."""
    line, ids = Line(f"load {sobject}", count, Spent(), Spent()), []
    for path in made:
        spent = org.measured(lambda path=path: load(org, sobject, path))  # type: ignore[misc]
        own = bare.load(sobject, path)
        line.org = Spent(line.org.wall + spent.wall, line.org.cpu + spent.cpu)
        line.bare = Spent(line.bare.wall + own.wall, line.bare.cpu + own.cpu)
        with path.with_suffix(".saved").open(newline="", encoding="utf-8") as file:
            ids += [row[0] for row in islice(csv.reader(file), 1, None)] if sobject != "Opportunity" else []
        for suffix in (".csv", ".saved", ".bare"):
            path.with_suffix(suffix).unlink()
        print(f"{path.stem}: {line.org.cpu / line.bare.cpu:.2f} times bare so far, {org.peak()} MiB", flush=True)
    return line, ids


def queried(org: Served, bare: Bare, plan: Plan, folder: pathlib.Path, count: int) -> Line:
    """Every gift out, by the org and bare."""

    def work() -> None:
        spec = {"operation": "query", "query": QUERY}
        job = f"jobs/query/{org.send('POST', 'jobs/query', json=spec).json()['id']}"
        org.finished(job)
        locator, rows = "", 0
        while locator != "null":
            more = f"&locator={locator}" if locator else ""
            answer = org.save(f"{job}/results?maxRecords=1000000{more}", folder / "page.csv")
            locator, rows = answer.headers["Sforce-Locator"], rows + int(answer.headers["Sforce-NumberOfRecords"])
        org.send("DELETE", job)
        if rows != count:
            raise SystemExit(f"{rows} of {count} gifts came out")

    return Line(
        "query Opportunity", count, org.measured(work), bare.query(plan.flat.sql, plan.flat.values, folder / "bare.csv")
    )


def plan_of(folder: pathlib.Path) -> Plan:
    from localorg.engine import Org

    org = Org.open(folder)
    plan = org.administrator().query(QUERY, bulk=True).plan
    org.close()
    return plan


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=50_000)
    parser.add_argument("--gifts", type=int, default=500_000)
    parser.add_argument(
        "--npsp", action="store_true", help="set NPSP's handlers off, as `localorg npsp --bulk on` does"
    )
    given = parser.parse_args()
    counts = {"Account": max(given.contacts // 2, 1), "Contact": given.contacts, "Opportunity": given.gifts}
    lines, known = [], {}
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = pathlib.Path(name)
        plan = plan_of(folder / "org")
        with Served(folder / "org") as org:
            control(folder / "org", "npsp", {"bulk": given.npsp})
            bare = Bare(folder / "org" / "org.db", folder / "bare.db")
            for sobject, count in counts.items():
                made = files(folder, sobject, rows_of(sobject, count, known))
                line, known[sobject] = loaded(org, bare, sobject, made, count)
                lines.append(line)
            lines.append(queried(org, bare, plan, folder, given.gifts))
            peak = org.peak()
    show(lines, peak)


def show(lines: list[Line], peak: int) -> None:
    table = rich.table.Table("", "rows", "org s", "bare s", "ratio", "org CPU s", "bare CPU s", "CPU ratio", box=None)
    for one in lines:
        table.add_row(
            one.what, f"{one.rows:,}", f"{one.org.wall:.1f}", f"{one.bare.wall:.1f}", f"{one.org.wall / one.bare.wall:.2f}",
            f"{one.org.cpu:.1f}", f"{one.bare.cpu:.1f}", f"{one.org.cpu / one.bare.cpu:.2f}",
        )  # fmt: skip
    console = rich.console.Console(highlight=False)
    console.print(table)
    console.print(f"peak memory of the server: {peak} MiB")


if __name__ == "__main__":
    main()
