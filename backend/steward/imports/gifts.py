"""`import-gifts`: read, plan, and upload what the org does not hold yet; every row is accounted for."""

from __future__ import annotations

import csv
import os
import pathlib
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from itertools import tee
from typing import Any

from steward.errors import InputError
from steward.imports import records
from steward.imports.columns import Columns
from steward.imports.plan import Gift, Options, Planned, Rejected, Row, plan_import
from steward.imports.reading import MALFORMED, GiftFile
from steward.imports.records import KEY, STAGES, Stage
from steward.imports.spool import Spool
from steward.imports.uploader import Fields, Progress, Refused, Uploader
from steward.words.language import Language

_REASONS_SHOWN = 3
_ADDED = ["row", "reason"]  # columns in front of a rejected row
_REJECTED_NAME = re.compile(r"(?P<of>.+)\.rejected(?:-(?P<round>\d+))?\.csv(?:\.gz)?", re.IGNORECASE)


@dataclass
class Sent:
    """One stage's upload: rows sent, rows refused, and the org's reasons: how often, and one of each in its words."""

    sent: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)


@dataclass
class Summary:
    rows: int = 0
    gifts: int = 0
    donors: int = 0
    campaigns: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)  # of rejected rows
    anonymous_skipped: int = 0
    alike: int = 0  # rows that say what an earlier one said
    first_day: str = ""
    last_day: str = ""
    total: Decimal = Decimal(0)
    dry_run: bool = True
    sent: dict[str, Sent] = field(default_factory=dict)  # by stage

    @property
    def refused(self) -> int:
        return sum(stage.refused for stage in self.sent.values())

    @property
    def has_rejected_rows(self) -> bool:
        """Whether there is a file of them: a refused household or campaign has no row of its own."""
        return bool(self.rejected or ("gifts" in self.sent and self.sent["gifts"].refused))

    @property
    def refusal(self) -> str:
        """The first reason the org gave, in full."""
        return next((reason for stage in self.sent.values() for reason in stage.examples.values()), "")

    def lines(self) -> list[str]:
        """For people: numbers, and the org's own words where it refused rows."""
        text = [
            f"{_count(self.rows, 'row')}: {_count(self.gifts, 'gift')} of {_count(self.donors, 'donor')} in "
            f"{_count(self.campaigns, 'campaign')}, {self.total:,.2f} in all, {self.first_day or '–'} to {self.last_day or '–'}.",
            f"{_count(self.rejected, 'row')} rejected, {_count(self.anonymous_skipped, 'anonymous gift')} left out.",
        ]
        text += [f"  {count:,} × {reason}" for reason, count in Counter(self.reasons).most_common(_REASONS_SHOWN)]
        if self.alike:
            text.append(
                f"Said twice, and taken for a gift each: {_count(self.alike, 'row')} of the same donor, date, amount and campaign."
            )
        if self.dry_run:
            return [*text, "Dry run: nothing was written."]
        if self.gifts and not any(stage.sent for stage in self.sent.values()):
            return [*text, "The org holds all of it already: nothing was written. --again writes it anew."]
        for name, stage in self.sent.items():
            text.append(f"{name}: {stage.sent - stage.refused:,} written, {stage.refused:,} refused")
            for kind, count in Counter(stage.reasons).most_common(_REASONS_SHOWN):
                text.append(f"  {count:,} × {kind}, for example: {stage.examples[kind].removeprefix(f'{kind}: ')}")
        return text

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"total": str(self.total)}


def import_gifts(
    file: GiftFile,
    columns: Columns,
    options: Options,
    uploader: Uploader | None,
    rejected: pathlib.Path,
    *,
    again: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Import a gift history. Without `uploader` it is a dry run; `again` also writes what the org already holds."""
    summary = Summary(dry_run=uploader is None)
    with Spool(options) as spool, RejectedRows(rejected, file) as refuse:
        _plan(_beside(file.rows(), columns, options), spool, refuse, summary)
        if uploader is not None:
            for stage in STAGES:
                if not again:
                    _skip_present(uploader, stage, options.source, spool)
                summary.sent[stage.name] = _send(uploader, stage, spool, progress)
            if summary.refused:
                _write_refused(file, spool, refuse)
    return summary


def _beside(rows: Iterable[tuple[int, Row]], columns: Columns, options: Options) -> Iterator[tuple[int, Row, Planned]]:
    """Each row beside what becomes of it."""
    kept, planned = tee(rows)
    for (number, cells), one in zip(kept, plan_import(planned, columns, options), strict=True):
        yield number, cells, one


def _plan(rows: Iterable[tuple[int, Row, Planned]], spool: Spool, refuse: RejectedRows, summary: Summary) -> None:
    for number, cells, one in rows:
        summary.rows += 1
        outcome = (spool.add(one) or one) if isinstance(one, Gift) else one
        if isinstance(outcome, Gift):
            summary.total += outcome.amount
        elif isinstance(outcome, Rejected):
            summary.rejected += 1
            kind = outcome.kind or outcome.reason
            summary.reasons[kind] = summary.reasons.get(kind, 0) + 1
            refuse.write(number, outcome.reason, cells)
        else:
            summary.anonymous_skipped += 1
    summary.gifts, summary.donors, summary.campaigns = map(spool.count, ("gift", "donor", "campaign"))
    summary.first_day, summary.last_day = spool.span()
    summary.alike = spool.alike()


def _skip_present(uploader: Uploader, stage: Stage, source: str, spool: Spool) -> None:
    name = f"{stage.sobject}.{stage.filled}" if stage.filled else stage.sobject
    spool.mark_present(name, uploader.keys(stage.sobject, KEY, f"{source}:", stage.filled))


def _send(uploader: Uploader, stage: Stage, spool: Spool, progress: Progress | None) -> Sent:
    result = Sent()

    def counted() -> Iterator[Fields]:
        for row in records.rows(stage, spool):
            result.sent += 1
            if progress and result.sent % 1000 == 0:
                progress(stage.name, result.sent)
            yield row

    for refusal in uploader.upsert(stage.sobject, KEY, counted()):
        result.refused += 1
        kind = _kind(refusal)
        result.reasons[kind] = result.reasons.get(kind, 0) + 1
        result.examples.setdefault(kind, refusal.reason)
        if stage.sobject == "Opportunity":
            spool.refuse(refusal.key, f"the org refused it: {refusal.reason}")
    if progress:
        progress(stage.name, result.sent)
    return result


def _count(number: int, noun: str) -> str:
    return Language().count(number, noun)


def _kind(refusal: Refused) -> str:
    """A reason without the row's own values, so that like reasons count together."""
    return refusal.reason.split(":", 1)[0]


def _write_refused(file: GiftFile, spool: Spool, refuse: RejectedRows) -> None:
    for number, cells in file.rows():
        if reason := spool.refused(number):
            refuse.write(number, reason, cells)


def rejected_beside(file: pathlib.Path) -> pathlib.Path:
    """Where a file's rejected rows go: `x.rejected.csv`; those of `x.rejected.csv` go to `x.rejected-2.csv`."""
    corrected = _REJECTED_NAME.fullmatch(file.name)
    if corrected is None:
        return file.with_name(f"{file.name.split('.')[0]}.rejected.csv")
    return file.with_name(f"{corrected['of']}.rejected-{int(corrected['round'] or 1) + 1}.csv")


class RejectedRows:
    """The file of rejected rows: number, reason, then the row as it was, so that it can be corrected and imported.

    It has its name only once it is complete; a file that was there is replaced then, and left alone if none is needed.
    """

    def __init__(self, path: pathlib.Path, file: GiftFile) -> None:
        if path.exists() and path.samefile(file.path):
            raise InputError(f"{path} is the file to import.", "Give --rejected another name.")
        self.path = path
        header = file.header()
        self.header = header[2:] if header[:2] == _ADDED else header  # a corrected file of rejected rows
        self.count = 0

    def __enter__(self) -> RejectedRows:
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".part")
        self._part = pathlib.Path(name)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow([*_ADDED, *self.header])
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if self.count and kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink()

    def write(self, number: int, reason: str, cells: Row) -> None:
        self.count += 1
        row = [number, reason, *(cells.get(name, "") for name in self.header)]
        self._csv.writerow([*row, cells[MALFORMED]] if cells.get(MALFORMED) else row)
