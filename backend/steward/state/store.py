"""The one door to the state database: every read and write of runs, profile hashes, dead letters and open Bulk jobs."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import pathlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.orm import Session

from steward.errors import InputError, StateError
from steward.state import packed
from steward.state.tables import BulkJob, DeadLetter, ProfileState, Run

BATCH = 5_000
MIGRATIONS = pathlib.Path(__file__).parent / "migrations"
MIGRATING = 5_783_201  # our number among PostgreSQL's advisory locks
STANDS, EXPIRES, LASTS = "stands", "expires", "lasts"  # what `standing` says of a profile
FINISHED = ("Completed", "Completed with errors", "Failed")


@dataclasses.dataclass(frozen=True)
class Letter:
    """A row the org refused for good: whose, what it was, and why."""

    donor_key: str
    kind: str
    code: str
    message: str
    payload: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Written:
    """What a donor's profile last said in the org."""

    content_hash: str
    scored_at: dt.datetime
    expires_at: dt.datetime
    known_until: dt.datetime | None = None
    real_time_until: dt.datetime | None = None


class State:
    """`now` is the clock that stamps rows. Opening a database brings its tables up to this code's version."""

    def __init__(self, url: str, now: Callable[[], dt.datetime]) -> None:
        self._now = now
        self.engine = sa.create_engine(url)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _tune_sqlite)
            if self.engine.url.database:
                pathlib.Path(self.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        try:
            _migrate(self.engine)
        except (sa.exc.SQLAlchemyError, MigrationError) as error:
            raise StateError(
                f"The state database cannot be opened: {str(error).splitlines()[0]}",
                "Check STEWARD_DATABASE_URL; a database written by a newer Steward needs that version.",
            ) from error

    def close(self) -> None:
        self.engine.dispose()

    @contextlib.contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    # Runs

    def begin_run(self, run_id: str, **facts: Any) -> None:
        with self._session() as session:
            session.add(Run(run_id=run_id, status="Running", started_at=self._now(), **facts))

    def advance(self, run_id: str, stage: str, **facts: Any) -> None:
        """Notes that a stage is finished, with what it learned (snapshot, versions, counts)."""
        with self._session() as session:
            session.execute(sa.update(Run).where(Run.run_id == run_id).values(stage=stage, **facts))

    def finish_run(self, run_id: str, status: str, message: str = "", **facts: Any) -> None:
        with self._session() as session:
            session.execute(
                sa.update(Run)
                .where(Run.run_id == run_id)
                .values(status=status, message=message, finished_at=self._now(), **facts)
            )

    def runs(self, limit: int = 10) -> list[Run]:
        """Newest first."""
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(sa.select(Run).order_by(Run.started_at.desc(), Run.run_id).limit(limit)))

    def run(self, run_id: str) -> Run | None:
        with Session(self.engine, expire_on_commit=False) as session:
            return session.get(Run, run_id)

    def interrupted_runs(self) -> list[Run]:
        """Runs that were started and never finished: the process was killed. Oldest first."""
        with Session(self.engine, expire_on_commit=False) as session:
            query = sa.select(Run).where(Run.status == "Running").order_by(Run.started_at, Run.run_id)
            return list(session.scalars(query))

    # What each profile last said

    def written(self, donor_keys: Iterable[str] | None = None) -> dict[str, Written]:
        query = sa.select(
            ProfileState.donor_key, ProfileState.content_hash, ProfileState.scored_at, ProfileState.expires_at,
            ProfileState.known_until, ProfileState.real_time_until,
        )  # fmt: skip
        found: dict[str, Written] = {}
        with self.engine.connect() as connection:
            for part in [None] if donor_keys is None else _batches(sorted(donor_keys)):
                narrowed = query if part is None else query.where(ProfileState.donor_key.in_(part))
                found.update({row[0]: Written(*row[1:]) for row in connection.execute(narrowed)})
        return found

    def standing(self, now: dt.datetime, known_until: dt.datetime, soon: dt.datetime) -> Iterator[list[pa.StringArray]]:
        """Every profile, portion by portion, as columns: donor, content hash, and one of the marks. A profile STANDS whatever
        a run that knows what was known at `known_until` says, if it is a real-time answer that lasts or knows more."""
        stands = sa.or_(ProfileState.real_time_until > now, ProfileState.known_until > known_until)
        mark = sa.case((stands, STANDS), (ProfileState.expires_at <= soon, EXPIRES), else_=LASTS)
        with self.engine.connect() as connection:
            yield from packed.columns(connection, [ProfileState.donor_key, ProfileState.content_hash, mark])

    def knowing_more(self, known_until: dt.datetime) -> set[str]:
        """Donors whose profile rests on a later look at the org than this."""
        with self.engine.connect() as connection:
            return set(
                connection.scalars(sa.select(ProfileState.donor_key).where(ProfileState.known_until > known_until))
            )

    def record_written(
        self,
        run_id: str,
        hashes: Sequence[tuple[str, str]],
        scored_at: dt.datetime,
        expires_at: dt.datetime,
        known_until: dt.datetime | None = None,
        real_time_until: dt.datetime | None = None,
    ) -> None:
        """Remembers (donor_key, content_hash) of rows the org has accepted, and what their answer knew."""
        same = {
            "run_id": run_id, "scored_at": scored_at, "expires_at": expires_at, "known_until": known_until,
            "real_time_until": real_time_until,
        }  # fmt: skip
        packed.upsert(self.engine, ProfileState, ["donor_key", "content_hash"], hashes, same)

    def forget(self, donor_keys: Iterable[str]) -> None:
        """Drops what we remember of these profiles, so that the next run writes them again."""
        for part in _batches(sorted(donor_keys)):
            with self._session() as session:
                session.execute(sa.delete(ProfileState).where(ProfileState.donor_key.in_(part)))

    # Dead letters

    def bury(self, run_id: str, letters: Iterable[Letter]) -> None:
        """Files rows the org refused; a donor's open letter of the same kind is replaced, its attempts counted."""
        for letter in letters:
            with self._session() as session:
                open_letter = session.scalars(
                    sa.select(DeadLetter).where(
                        DeadLetter.status == "open",
                        DeadLetter.donor_key == letter.donor_key,
                        DeadLetter.kind == letter.kind,
                    )
                ).first()
                if open_letter is None:
                    now = self._now()
                    session.add(DeadLetter(run_id=run_id, created_at=now, updated_at=now, **dataclasses.asdict(letter)))
                else:
                    open_letter.attempts += 1
                    open_letter.run_id, open_letter.updated_at = run_id, self._now()
                    open_letter.code, open_letter.message = letter.code, letter.message
                    open_letter.payload = letter.payload

    def dead_letters(self, status: str = "open") -> list[DeadLetter]:
        with Session(self.engine, expire_on_commit=False) as session:
            query = sa.select(DeadLetter).where(DeadLetter.status == status).order_by(DeadLetter.letter_id)
            return list(session.scalars(query))

    def settle(self, donor_keys: Iterable[str], status: str) -> int:
        """Closes the open letters of these donors as `replayed` or `discarded`; returns how many there were."""
        closed = 0
        for part in _batches(sorted(donor_keys)):
            with self._session() as session:
                result = session.execute(
                    sa.update(DeadLetter)
                    .where(DeadLetter.status == "open", DeadLetter.donor_key.in_(part))
                    .values(status=status, updated_at=self._now())
                )
                closed += result.rowcount  # type: ignore[attr-defined]
        return closed

    def letter(self, letter_id: int) -> DeadLetter:
        with Session(self.engine, expire_on_commit=False) as session:
            found = session.get(DeadLetter, letter_id)
        if found is None:
            raise InputError(f"There is no dead letter {letter_id}.", "See `steward dead-letters`.")
        return found

    # Bulk jobs that may still be running

    def job_opened(self, job_id: str, run_id: str, purpose: str) -> None:
        with self._session() as session:
            session.merge(BulkJob(job_id=job_id, run_id=run_id, purpose=purpose, opened_at=self._now()))

    def job_closed(self, job_id: str) -> None:
        with self._session() as session:
            session.execute(sa.delete(BulkJob).where(BulkJob.job_id == job_id))

    def open_jobs(self) -> list[BulkJob]:
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(sa.select(BulkJob).order_by(BulkJob.opened_at, BulkJob.job_id)))


class MigrationError(Exception):
    """The database is of a version that this code does not know."""


def _migrate(engine: sa.Engine) -> None:
    """Brings the tables up to date; a database that is up to date already (nearly always) does not even load Alembic."""
    newest = max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    if sa.inspect(engine).has_table("alembic_version"):
        with engine.connect() as connection:
            if connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest:
                return
    _upgrade(engine)


def _upgrade(engine: sa.Engine) -> None:
    import alembic.command  # noqa: PLC0415
    import alembic.config  # noqa: PLC0415
    import alembic.util  # noqa: PLC0415

    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            _alone(connection)
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
    except alembic.util.CommandError as error:
        raise MigrationError(str(error)) from error


def _alone(connection: sa.Connection) -> None:
    """Processes that start together on an empty database wait for the first, and find its tables."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _tune_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
