"""The durable side of real time: events received once, and the donors who wait to be scored because of them.

A donor has one waiting row however many events arrive. A worker takes rows for a while (a lease) and finishes them only
up to the event it has seen: what arrives meanwhile keeps the donor waiting. Nothing is lost with a worker or a queue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from steward.state.tables import RealTimeAnswer, ReceivedEvent, Rescore, UnitLease

PERSON_WAITS, BATCH = 10, 0  # priorities: a person before a batch
WAITING, DEAD, DONE, GONE = "waiting", "dead", "done", "gone"


@dataclass(frozen=True)
class Incoming:
    """One event as it is remembered. `contact_id` is the org's id of the donor, `donor_key` its pseudonym."""

    event_id: str
    donor_key: str
    contact_id: str
    kind: str
    occurred_at: dt.datetime
    correlation_id: str
    priority: int = BATCH


@dataclass(frozen=True)
class Claim:
    """A donor taken by one worker: everything up to event number `wanted` is to be part of the answer."""

    donor_key: str
    contact_id: str
    wanted: int
    attempts: int
    priority: int
    asked_at: dt.datetime
    correlation_id: str


@dataclass(frozen=True)
class Depth:
    """How much waits, how old the oldest is, and how much has been given up."""

    waiting: int
    leased: int
    dead: int
    oldest: dt.datetime | None


class Inbox:
    """`engine` is the state's; `now` stamps rows and decides what is due."""

    def __init__(self, engine: sa.Engine, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._now = now

    def accept(self, events: Sequence[Incoming]) -> list[str]:
        """Remembers events and makes their donors wait, in one transaction; returns the ids that were new."""
        now = self._now()
        with self._engine.begin() as connection:
            self._alone(connection)
            new: dict[str, tuple[int, Incoming]] = {}
            for event in events:
                row = connection.execute(self._remember(event, now)).first()
                if row is not None:
                    new[event.event_id] = (int(row[0]), event)
            for number, event in sorted(new.values(), key=lambda one: (one[1].donor_key, one[0])):
                connection.execute(self._wait(event, number, now))
        return list(new)

    def claim(self, holder: str, most: int, lease: dt.timedelta) -> list[Claim]:
        """Takes up to `most` due donors, people who wait first, then the longest wait; others' leases are respected."""
        now = self._now()
        free = sa.or_(Rescore.leased_until.is_(None), Rescore.leased_until < now)
        due = (
            sa.select(Rescore.donor_key)
            .where(Rescore.status == WAITING, Rescore.due_at <= now, free)
            .order_by(Rescore.priority.desc(), Rescore.asked_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        with self._engine.begin() as connection:
            self._alone(connection)
            keys = list(connection.scalars(due))
            if not keys:
                return []
            taken = sa.update(Rescore).where(Rescore.donor_key.in_(keys))
            connection.execute(taken.values(lease=holder, leased_until=now + lease))
            rows = connection.execute(sa.select(Rescore.__table__).where(Rescore.donor_key.in_(keys)))
            claims = [_claim(row) for row in rows.mappings()]
        return sorted(claims, key=lambda one: (-one.priority, one.asked_at, one.donor_key))

    def finish(self, holder: str, claims: Iterable[Claim], status: str = DONE) -> None:
        """These donors are answered up to the events that were claimed; whoever got a newer event waits on."""
        now = self._now()
        with self._engine.begin() as connection:
            self._alone(connection)
            for claim in claims:
                mine = (Rescore.donor_key == claim.donor_key, Rescore.lease == holder)
                connection.execute(sa.delete(Rescore).where(*mine, Rescore.wanted <= claim.wanted))
                connection.execute(
                    sa.update(Rescore).where(*mine).values(lease=None, leased_until=None, attempts=0, due_at=now)
                )
                self._close_events(connection, claim, status, now)

    def put_back(self, holder: str, claims: Iterable[Claim], due_at: dt.datetime, *, failed: bool) -> None:
        """Releases donors for another try at `due_at`; only a failure counts as an attempt."""
        with self._engine.begin() as connection:
            self._alone(connection)
            for claim in claims:
                connection.execute(
                    sa.update(Rescore)
                    .where(Rescore.donor_key == claim.donor_key, Rescore.lease == holder)
                    .values(lease=None, leased_until=None, due_at=due_at, attempts=claim.attempts + int(failed))
                )

    def give_up(self, holder: str, claims: Iterable[Claim]) -> None:
        """Tried often enough: the donor waits for a person to replay it, or for its next event."""
        now = self._now()
        with self._engine.begin() as connection:
            self._alone(connection)
            for claim in claims:
                mine = (Rescore.donor_key == claim.donor_key, Rescore.lease == holder)
                connection.execute(sa.update(Rescore).where(*mine).values(lease=None, leased_until=None, status=DEAD))
                self._close_events(connection, claim, DEAD, now)

    def held_by(self, holder: str) -> list[Claim]:
        """The donors that this worker took and has not let go."""
        mine = sa.select(Rescore.__table__).where(Rescore.lease == holder, Rescore.status == WAITING)
        with self._engine.connect() as connection:
            return [_claim(row) for row in connection.execute(mine.order_by(Rescore.asked_at)).mappings()]

    def replay(self, donor_keys: Iterable[str]) -> int:
        """Lets given-up donors wait again; returns how many there were."""
        now = self._now()
        back = sa.update(Rescore).where(Rescore.status == DEAD, Rescore.donor_key.in_(list(donor_keys)))
        with self._engine.begin() as connection:
            return connection.execute(back.values(status=WAITING, attempts=0, due_at=now)).rowcount

    def discard(self, donor_keys: Iterable[str]) -> int:
        gone = sa.delete(Rescore).where(Rescore.status == DEAD, Rescore.donor_key.in_(list(donor_keys)))
        with self._engine.begin() as connection:
            return connection.execute(gone).rowcount

    # Units that are being written

    def hold_units(self, holder: str, units: Iterable[str], lease: dt.timedelta) -> list[str]:
        """Those of these units that nobody else is writing, now held; in one order everywhere, so that nobody waits."""
        now = self._now()
        held = []
        with self._engine.begin() as connection:
            self._alone(connection)
            for unit in sorted(set(units)):
                insert = self._insert(UnitLease).values(unit_id=unit, holder=holder, until=now + lease)
                taken = connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["unit_id"],
                        set_={"holder": holder, "until": now + lease},
                        where=sa.or_(UnitLease.until < now, UnitLease.holder == holder),
                    ).returning(UnitLease.unit_id)
                ).first()
                if taken is not None:
                    held.append(unit)
        return held

    def release_units(self, holder: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(UnitLease).where(UnitLease.holder == holder))

    # What is known of the queue and of one donor

    def depth(self) -> Depth:
        now = self._now()
        leased = sa.func.sum(sa.case((Rescore.leased_until > now, 1), else_=0))
        query = sa.select(Rescore.status, sa.func.count(), leased, sa.func.min(Rescore.asked_at)).group_by(
            Rescore.status
        )
        with self._engine.connect() as connection:
            found = {row[0]: row[1:] for row in connection.execute(query)}
        waiting, dead = found.get(WAITING, (0, 0, None)), found.get(DEAD, (0, 0, None))
        return Depth(int(waiting[0]), int(waiting[1] or 0), int(dead[0]), waiting[2])

    def are_waiting(self, donor_keys: Iterable[str]) -> bool:
        """Whether any of these donors still waits."""
        query = sa.select(Rescore.donor_key).where(Rescore.status == WAITING, Rescore.donor_key.in_(list(donor_keys)))
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def next_due(self) -> dt.datetime | None:
        """When the next donor may be taken that nobody holds; a lease that runs out is found by the sweep."""
        free = sa.or_(Rescore.leased_until.is_(None), Rescore.leased_until < self._now())
        query = sa.select(sa.func.min(Rescore.due_at)).where(Rescore.status == WAITING, free)
        with self._engine.connect() as connection:
            found: dt.datetime | None = connection.scalar(query)
            return found

    def events_of(self, donor_key: str, limit: int = 50) -> list[ReceivedEvent]:
        """The newest events of a donor, newest first."""
        query = sa.select(ReceivedEvent).where(ReceivedEvent.donor_key == donor_key)
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(query.order_by(ReceivedEvent.seq.desc()).limit(limit)))

    def waiting(self, limit: int = 50, status: str = WAITING) -> list[Rescore]:
        query = sa.select(Rescore).where(Rescore.status == status).order_by(Rescore.priority.desc(), Rescore.asked_at)
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(query.limit(limit)))

    def forget_before(self, moment: dt.datetime) -> int:
        """Finished events older than this are forgotten: the memory against repeats has an end."""
        old = sa.delete(ReceivedEvent).where(ReceivedEvent.finished_at < moment, ReceivedEvent.status != WAITING)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(RealTimeAnswer).where(RealTimeAnswer.known_until < moment))
            return connection.execute(old).rowcount

    # Answers of real time, for those who ask before the next night

    def keep_answers(self, known_until: dt.datetime, answers: Mapping[str, Mapping[str, Any]]) -> None:
        with self._engine.begin() as connection:
            self._alone(connection)
            for donor_key, fields in sorted(answers.items()):
                insert = self._insert(RealTimeAnswer).values(
                    donor_key=donor_key, known_until=known_until, fields=dict(fields)
                )
                newest = {"known_until": insert.excluded.known_until, "fields": insert.excluded.fields}
                connection.execute(insert.on_conflict_do_update(index_elements=["donor_key"], set_=newest))

    def answers(self, donor_keys: Iterable[str]) -> dict[str, tuple[dt.datetime, dict[str, Any]]]:
        """The newest real-time answers of these donors: what each knew, and its profile fields."""
        query = sa.select(RealTimeAnswer.donor_key, RealTimeAnswer.known_until, RealTimeAnswer.fields)
        with self._engine.connect() as connection:
            found = connection.execute(query.where(RealTimeAnswer.donor_key.in_(list(donor_keys))))
            return {row[0]: (row[1], row[2]) for row in found}

    def _alone(self, connection: sa.Connection) -> None:
        """SQLite has one writer: better to queue for it at the start than to fail when reading turns into writing."""
        if self._engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def _insert(self, table: Any) -> Any:
        return (postgresql if self._engine.dialect.name == "postgresql" else sqlite).insert(table)

    def _remember(self, event: Incoming, now: dt.datetime) -> Any:
        return (
            self._insert(ReceivedEvent)
            .values(
                event_id=event.event_id, donor_key=event.donor_key, kind=event.kind, status=WAITING,
                occurred_at=event.occurred_at, received_at=now, correlation_id=event.correlation_id,
            )
            .on_conflict_do_nothing(index_elements=["event_id"])
            .returning(ReceivedEvent.seq)
        )  # fmt: skip

    def _wait(self, event: Incoming, number: int, now: dt.datetime) -> Any:
        """A donor who waits already waits on, for the newer event too; one that was given up gets a new chance."""
        insert = self._insert(Rescore).values(
            donor_key=event.donor_key, contact_id=event.contact_id, status=WAITING, priority=event.priority,
            wanted=number, asked_at=now, due_at=now, attempts=0, correlation_id=event.correlation_id,
        )  # fmt: skip
        dead, given = Rescore.status == DEAD, insert.excluded
        return insert.on_conflict_do_update(
            index_elements=["donor_key"],
            set_={
                "wanted": sa.case((Rescore.wanted > given.wanted, Rescore.wanted), else_=given.wanted),
                "priority": sa.case((Rescore.priority > given.priority, Rescore.priority), else_=given.priority),
                "asked_at": sa.case((dead, given.asked_at), else_=Rescore.asked_at),
                "due_at": sa.case((dead, given.due_at), else_=Rescore.due_at),
                "attempts": sa.case((dead, 0), else_=Rescore.attempts),
                "correlation_id": given.correlation_id,
                "status": WAITING,
            },
        )

    def _close_events(self, connection: sa.Connection, claim: Claim, status: str, now: dt.datetime) -> None:
        connection.execute(
            sa.update(ReceivedEvent)
            .where(
                ReceivedEvent.donor_key == claim.donor_key,
                ReceivedEvent.seq <= claim.wanted,
                ReceivedEvent.status != DONE,
            )
            .values(status=status, finished_at=now)
        )


def _claim(row: sa.RowMapping) -> Claim:
    return Claim(
        row["donor_key"], row["contact_id"], row["wanted"], row["attempts"], row["priority"], row["asked_at"],
        row["correlation_id"],
    )  # fmt: skip
