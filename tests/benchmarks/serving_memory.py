"""What a process of the service needs to look up answers of a large nonprofit: memory and time, by a made-up night of any size."""

from __future__ import annotations

import json
import multiprocessing
import pathlib
import random
import tempfile
import time

import duckdb
from serving_kit import told
from steward.live import serving_answers
from steward.night import scored
from steward.outcomes import OUTCOMES
from steward.salesforce.contract import PROFILE

LOOK_UPS = 20_000
_KEY = "printf('%016x', hash({number}))"
_SAID = ("gave {n} gifts in the last 24 months; half of similar donors gave 3", "last gave {n} days ago, typical is 210",
         "gives ${n} on average, more than similar donors")  # fmt: skip


def measured(donors: int) -> None:
    """Prints how long the file of answers takes to make, how large it is, and what a process that uses it needs."""
    with tempfile.TemporaryDirectory(prefix="steward-answers-") as name:
        folder = pathlib.Path(name)
        _made_up(folder / "night", donors)
        path = serving_answers.place(folder / "serving", folder / "night")
        context = multiprocessing.get_context("spawn")
        for work in (_make, _use):
            child = context.Process(target=work, args=(path, folder / "night", donors))
            child.start()
            child.join()
            assert child.exitcode == 0, work.__name__


def _made_up(folder: pathlib.Path, donors: int) -> None:
    """A run's folder as a night leaves it: every profile with scores, bands, ranks and the reasons of four outcomes."""
    (folder / scored.PROFILES).mkdir(parents=True)
    columns = [
        "unit_id AS unit_id",
        "contact_id AS contact_id",
        "'Loyal donor' AS Segment__c",
        "50.0::DOUBLE AS Suggested_Ask__c",
    ]
    columns += [
        "'Thank them for the last gift, and tell what it did.' AS Next_Step__c",
        "NULL::VARCHAR AS Excluded_Reason__c",
    ]
    for outcome in OUTCOMES:
        prefix = outcome.field_prefix
        columns += [f"(n % 100 + 0.5)::DOUBLE AS {prefix}_Score__c"] if PROFILE.named(f"{prefix}_Score__c") else []
        columns += [f"'Medium' AS {prefix}_Band__c", f"(n % 100 + 1)::BIGINT AS {prefix}_Rank__c"]
    columns.append("replace($reasons, '{n}', n::VARCHAR) AS Reasons__c")
    person, unit = _KEY.format(number="range"), _KEY.format(number="range // 2 + 1e12::BIGINT")
    people = f"SELECT range AS n, {person} AS contact_id, {unit} AS unit_id FROM range({donors})"
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(folder)}) as db:
        db.execute("SET enable_progress_bar = false")
        db.execute(
            f"COPY (SELECT {', '.join(columns)} FROM ({people})) TO '{scored.part(folder, 0)}' "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)",
            {"reasons": _reasons()},
        )
        db.execute(
            f"COPY (SELECT DISTINCT unit_id, 3.0::DOUBLE AS months_since_last_gift FROM read_parquet('{scored.part(folder, 0)}')) "
            f"TO '{folder / scored.FEATURES}' (FORMAT parquet)"
        )


def _reasons() -> str:
    return json.dumps({
        outcome.field_prefix: {
            "title": outcome.title, "helps": _SAID, "holds_back": _SAID[:2], "method": "Model",
            "model": f"{outcome.key}-1-0123456789", "confidence": "High",
        }
        for outcome in OUTCOMES[:4]
    })  # fmt: skip


def _make(path: pathlib.Path, concluded: pathlib.Path, donors: int) -> None:
    before, began, spent = _held("VmHWM"), time.perf_counter(), time.process_time()
    serving_answers.prepared(path, concluded).close()
    print(
        f"answers of {donors:,} donors: file made in {time.perf_counter() - began:.0f} s "
        f"({time.process_time() - spent:.0f} cpu-s), {path.stat().st_size / 1e6:,.0f} MB on disk, "
        f"{_held('VmHWM') - before:.0f} MB more memory at most while it is made",
        flush=True,
    )


def _use(path: pathlib.Path, concluded: pathlib.Path, donors: int) -> None:
    with duckdb.connect() as db:
        keys = [row[0] for row in db.execute(f"SELECT {_KEY.format(number='range')} FROM range({donors})").fetchall()]
    chance = random.Random(1)
    asked = [chance.choice(keys) for _ in range(LOOK_UPS)]
    fifties = [chance.sample(keys, 50) for _ in range(LOOK_UPS // 50)]
    del keys
    before = _held("RssAnon")
    with serving_answers.prepared(path, concluded) as answers:
        ones = _timed(answers, [[key] for key in asked])
        many = _timed(answers, fifties)
        held = _held("RssAnon") - before
    told(f"looking up one donor of {donors:,}", ones)
    told(f"looking up fifty donors of {donors:,}", many)
    print(f"a process holds {held:.1f} MB more after {LOOK_UPS + 50 * len(fifties):,} answers", flush=True)


def _timed(answers: serving_answers.Answers, asked: list[list[str]]) -> list[float]:
    spent = []
    for keys in asked:
        began = time.perf_counter()
        found = answers.of(keys)
        spent.append(time.perf_counter() - began)
        assert len(found) == len(keys)
    return spent


def _held(what: str) -> float:
    """MB of this process's memory, as /proc calls it: RssAnon its own, VmHWM the most there ever was."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1e3
    raise AssertionError(what)
