"""What the benchmarks of a night share: a home with trained models, snapshots from generated pages, measured processes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import sys
from collections.abc import Iterator, Mapping

import duckdb
import pyarrow as pa

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT / "tests" / "benchmarks")]

from steward.compiling import loaded_for_good  # noqa: E402

with loaded_for_good():  # as `steward run` does
    import steward.pipeline  # noqa: F401

import generator  # noqa: E402
from steward import bootstrap, models, outcomes, pipeline  # noqa: E402
from steward.bootstrap import Steward  # noqa: E402
from steward.config import Settings  # noqa: E402
from steward.models import artefact, boosters, treetables  # noqa: E402
from steward.models.base_rates import base_rates, log_odds  # noqa: E402
from steward.models.calibration import Calibrator  # noqa: E402
from steward.models.model import Boosted, Model  # noqa: E402
from steward.progress import Silent  # noqa: E402
from steward.salesforce import contract, csv_files, loading, rendering, snapshot, working  # noqa: E402
from steward.salesforce import extract as extraction  # noqa: E402
from steward.salesforce.access import Access  # noqa: E402
from steward.salesforce.namespaces import Names  # noqa: E402
from steward.salesforce.pseudonyms import key_check  # noqa: E402
from steward.salesforce.read_table import Pages  # noqa: E402
from steward.salesforce.snapshot import Snapshot  # noqa: E402
from steward.salesforce.terms import Table  # noqa: E402

TREES, DEPTH = 300, 5
# Eight questions asked of most donors get trees of full size; the others are answered as their training decides.
BOOSTED = ("give_90_days", "give_12_months", "lapse_12_months", "upgrade", "major_gift", "second_gift", "mid_level",
           "reactivation")  # fmt: skip


class Folder:
    """Generated pages in place of the org: what the extraction asks of its reader."""

    def __init__(self, folder: pathlib.Path, *, changes: bool = False) -> None:
        self._folder, self._changes = folder, changes

    def counts(self) -> dict[str, int]:
        return {}

    def full(self, table: Table, expected: int | None) -> Pages:
        return self._pages(table)

    def changes(self, since: dt.datetime) -> dict[str, Pages]:
        return {table.name: self._pages(table) for table in contract.TABLES}

    def _pages(self, table: Table) -> Pages:
        found = generator.pages(self._folder, table.name)
        rows = generator.counts(self._folder).get(table.name, 0)
        return _Kept(table.name, found, generator.columns(table, changes=self._changes), rows)


class _Kept(Pages):
    """Pages that the next measurement reads again."""

    def remove(self) -> None:
        pass


class _Unset:
    """An org in which nobody saved NPSP's settings: all that is asked of a gateway here."""

    names = Names()

    def fields(self, sobject: str) -> Mapping[str, object]:
        return {}

    def query(self, soql: str) -> Iterator[Mapping[str, object]]:
        return iter(())


def home(folder: pathlib.Path, memory: str = "1GB") -> Steward:
    settings = Settings(home=folder, threads=2, memory_limit=memory)
    bootstrap.make_home(settings)
    return Steward(settings)


def read(steward: Steward, pages: pathlib.Path, now: dt.datetime, base: Snapshot | None = None) -> Snapshot:
    """The gateway's own extraction, from the first page to the published snapshot, without the network."""
    folder = steward.home / "snapshots"
    folder.mkdir(exist_ok=True)
    nothing = {table.name: () for table in contract.TABLES}
    known = {table.name: frozenset[str]() for table in contract.TABLES}
    basis = working.Basis("generated", key_check(steward.key), "generated")
    work = working.open_folder(folder / ".working", basis, base, now, now)
    limits = steward.settings.memory_limit, steward.settings.threads
    with loading.engine(work.folder, steward.key, *limits) as db:
        reader = Folder(pages, changes=base is not None)
        access = Access(nothing, known, ())
        extraction.Extraction(_Unset(), db, reader, work, access, lambda table, rows: None).run()  # type: ignore[arg-type]
    work.clear_notes()
    return snapshot.publish(work.folder, folder, extraction._manifest(work, now, ()))


def teach(steward: Steward, made: Snapshot, as_of: dt.date, trees: int = TREES, depth: int = DEPTH) -> None:
    """Champions for every question, trained on this snapshot; eight of them with trees of full size."""
    from steward import training  # what learns is not for the nights that are measured

    ledger = steward.ledger(steward.tables(made.tables()))
    learnt = training.train(ledger, pipeline.ALL, as_of, steward.settings, Silent())
    for model in learnt.models:
        full = _full_size(model, ledger, as_of, steward.settings, trees, depth) if model.outcome in BOOSTED else model
        steward.registry.save(full)
        steward.registry.promote(full.version)
    assert learnt.value is not None
    steward.registry.save(learnt.value)
    steward.registry.promote(learnt.value.version)


def _full_size(model: Model, ledger, as_of: dt.date, settings: Settings, trees: int, depth: int) -> Model:  # type: ignore[no-untyped-def]
    """The same question with as many and as deep trees as the target names, grown on the same examples."""
    from steward.models import boosting
    from steward.models.backtest import input_names

    outcome = outcomes.configured(model.outcome, settings)
    first = ledger.gifts.aggregate(first=ledger.gifts.gift_date.min()).to_pyarrow()["first"][0].as_py()
    dates = models.cutoffs(outcome, first, as_of)
    known = {date: models.known_at(ledger, date, past=date < as_of) for date in [*dates, as_of]}
    examples = models.examples(outcome, ledger, dates, as_of, known)
    names, rates = input_names(examples.rows), base_rates(examples.rows, outcome.prior_rate)
    grown = boosting.grow(
        examples.rows, names, boosting.Settings(depth, trees), rates, seed=settings.seed, threads=settings.threads
    )
    calibrator = model.boosted.calibrator if model.boosted else Calibrator()
    boosted = Boosted(names, boosters.kept(grown), treetables.build(grown), calibrator, log_odds(rates.expected(as_of)))
    return artefact.sealed(dataclasses.replace(model, boosted=boosted, version=""))


def upload_parts(rows: Iterator[pa.Table], base: Snapshot, folder: pathlib.Path) -> int:
    """The rows as files for the Bulk API, as the gateway makes them; returns their bytes."""
    folder.mkdir(exist_ok=True)
    writers = {
        new: csv_files.PartWriter(rendering.header(new=new), folder, "new" if new else "known") for new in (True, False)
    }
    with duckdb.connect(config={"memory_limit": "512MB", "temp_directory": str(folder)}) as db:
        made = rendering.Rendering(db, base)
        parts = [part for one in made.lines(rows) for part in writers[one.new].extend(one.text)]
    parts += [part for writer in writers.values() if (part := writer.finish())]
    return sum(part.path.stat().st_size for part in parts)
