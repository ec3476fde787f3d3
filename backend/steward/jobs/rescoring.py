"""One round of a worker: takes waiting donors, answers them, writes their profiles, reads them back, lets them go.

Every step can be repeated and every worker can be killed: a donor stays in the inbox until its answer is in the org.
A unit is written by one worker at a time, and an answer that knows less never replaces one that knows more.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from steward.bootstrap import Steward
from steward.decide.policy import MAJOR_GIFT_PROSPECT
from steward.decide.rollout import SHADOW
from steward.errors import StewardError
from steward.live.realtime import REAL_TIME, Answers, Desk, Fresh
from steward.night import publishing
from steward.salesforce import canonical, upserts
from steward.salesforce.contract import PROFILE
from steward.salesforce.upserts import Taken
from steward.state.inbox import GONE, Claim
from steward.state.store import Letter
from steward.state.turns import Presence

MOST = 200  # donors of one round
LEASE = dt.timedelta(minutes=3)  # longer than a round with all its retries
log = structlog.get_logger("worker")
ATTEMPTS = 6  # then a person must look
FIRST_DELAY, LONGEST_DELAY = dt.timedelta(seconds=2), dt.timedelta(minutes=5)
BUSY_UNIT = dt.timedelta(seconds=1)
APART = dt.timedelta(milliseconds=500)  # donors of a second worker that died over them
DIED = ("WorkerDied", "A worker died while it worked on this donor.")
RUN = "real-time"  # what the state says of a profile that no run wrote


@dataclass
class Round:
    """What one round did, for logs and metrics: donors by what became of them, and how long they had waited."""

    claimed: int = 0
    answered: list[Claim] = field(default_factory=list)
    gone: list[Claim] = field(default_factory=list)
    failed: list[tuple[Claim, str, str]] = field(default_factory=list)  # code, message
    dead: list[Claim] = field(default_factory=list)
    written: int = 0
    differing: list[str] = field(default_factory=list)
    kept: int = 0  # rows left alone, for a newer answer was there
    seconds: dict[str, float] = field(default_factory=dict)  # by stage
    major: set[str] = field(default_factory=set)  # units that became major gift prospects


class Rescoring:
    """Rounds of one worker. `timer` measures stages; nothing depends on it."""

    def __init__(self, steward: Steward, desk: Desk, timer: Callable[[], float]) -> None:
        self._steward, self._desk, self._timer = steward, desk, timer
        self._holder = str(uuid.uuid4())
        self._presence = Presence(steward.home / "workers", self._holder)

    def close(self) -> None:
        self._presence.leave()

    def take_back(self) -> Round:
        """Donors of workers that died on this machine need not wait until their lease ends.

        It counts as a failure of each: a donor on whom workers die ends as a dead letter, too. After the first time they
        come back one after the other, so that few share a round with the one that kills it.
        """
        done = Round()
        with self._presence.alone():
            for holder in self._presence.dead():
                self._steward.inbox.release_units(holder)
                for place, claim in enumerate(self._steward.inbox.held_by(holder)):
                    wait = delay(claim.attempts) + place * APART if claim.attempts else dt.timedelta()
                    self._try_later(holder, claim, wait, DIED, done)
                    done.failed.append((claim, *DIED))
                    done.claimed += 1
                self._presence.forget(holder)
        return done

    def round(self, most: int = MOST) -> Round | None:
        """Works off up to `most` waiting donors; None where nobody waits."""
        claims = self._steward.inbox.claim(self._holder, most, LEASE)
        if not claims:
            return None
        done = Round(claimed=len(claims))
        try:
            self._work(claims, done)
        except Exception as error:  # whatever it is, the donors must not wait for ever because of it
            self._retry_alone(claims, done, error)
        except BaseException:
            self._steward.inbox.put_back(self._holder, claims, self._steward.now(), failed=True)
            raise
        finally:
            self._steward.inbox.release_units(self._holder)
        self._settle(done)
        return done

    def _retry_alone(self, claims: Sequence[Claim], done: Round, error: Exception) -> None:
        """One donor's trouble must not hold up the others: those who failed before are tried one by one."""
        left = [claim for claim in claims if claim not in done.answered + done.gone]
        passing = isinstance(error, StewardError) and all(claim.attempts == 0 for claim in left)
        if len(left) == 1 or passing:
            done.failed += [(claim, *_why(error)) for claim in left]
            return
        for claim in left:
            try:
                self._work([claim], done)
            except Exception as its_own:
                done.failed.append((claim, *_why(its_own)))

    def _work(self, claims: Sequence[Claim], done: Round) -> None:
        began = self._timer()
        answers = self._desk.answer([claim.contact_id for claim in claims])
        for stage, seconds in answers.seconds.items():
            done.seconds[stage] = done.seconds.get(stage, 0.0) + seconds
        gone = set(answers.gone)
        done.gone += [claim for claim in claims if claim.contact_id in gone]
        present = [claim for claim in claims if claim.contact_id not in gone]
        unit_of = {one.donor_key: one.unit_id for one in answers.fresh}
        unit_of |= {unit: unit for unit in unit_of.values()}  # an event may name the Account
        unit_of |= {lost: unit_of[stayed] for lost, stayed in answers.winners.items() if stayed in unit_of}
        held = set(self._steward.inbox.hold_units(self._holder, set(unit_of.values()), LEASE))
        busy = [claim for claim in present if unit_of.get(claim.donor_key) not in held]
        self._steward.inbox.put_back(self._holder, busy, self._steward.now() + BUSY_UNIT, failed=False)
        mine = [claim for claim in present if claim not in busy]
        traces = {unit_of[claim.donor_key]: claim.correlation_id for claim in mine}
        refused = self._write([one for one in answers.fresh if one.unit_id in held], traces, answers, done)
        for claim in mine:
            if (why := refused.get(unit_of[claim.donor_key])) is not None:
                done.failed.append((claim, *why))
            else:
                done.answered.append(claim)
        done.seconds["round"] = done.seconds.get("round", 0.0) + self._timer() - began

    def _write(
        self, fresh: Sequence[Fresh], traces: Mapping[str, str], answers: Answers, done: Round
    ) -> dict[str, tuple[str, str]]:
        """Upserts, reads back and remembers; units of which a row was refused, with code and message."""
        state, now = self._steward.state, self._steward.now()
        before = state.written(one.donor_key for one in fresh)
        newer = {key for key, one in before.items() if one.known_until and one.known_until > answers.known_until}
        rows = self._to_write([one for one in fresh if one.donor_key not in newer], answers.known_until, done)
        done.kept += len(fresh) - len(rows)
        if not rows:
            return {}
        until = dt.datetime.combine(answers.as_of, dt.time(), self._steward.zone).astimezone(dt.UTC)
        expires = publishing.expiry(self._steward, now)
        stamps = {
            "Scored_At__c": now, "Expires_At__c": expires, "Answer_Source__c": REAL_TIME,
            "Known_Until__c": answers.known_until, "Real_Time_Until__c": until,
        }  # fmt: skip
        began = self._timer()
        gateway = self._steward.live_gateway
        taken = upserts.upsert_profiles(gateway, [
            upserts.body(gateway, self._record(one, stamps, traces), new=one.profile_id is None) for one in rows
        ])  # fmt: skip
        done.seconds["write"] = done.seconds.get("write", 0.0) + self._timer() - began
        accepted = [(one, answer) for one, answer in zip(rows, taken, strict=True) if not answer.code]
        self._link(accepted)
        proven = self._prove([one for one, _ in accepted], done)
        state.record_written(
            RUN, [(one.donor_key, one.content_hash) for one in proven], now, expires,
            answers.known_until, until,
        )  # fmt: skip
        kept = {one.donor_key: one.fields for one in proven}
        kept |= {lost: kept[stayed] for lost, stayed in answers.winners.items() if stayed in kept}
        self._steward.inbox.keep_answers(answers.known_until, kept)
        done.written += len(proven)
        different = ("DIFFERENT", "The org holds something else than was written.")
        units = {one.unit_id: different for one, _ in accepted if one not in proven}
        both = zip(rows, taken, strict=True)
        return units | {one.unit_id: (answer.code, answer.message) for one, answer in both if answer.code}

    def _to_write(self, rows: Sequence[Fresh], known_until: dt.datetime, done: Round) -> list[Fresh]:
        """The rows but those that the org holds a newer answer of; notes who became a major gift prospect."""
        known = [one.contact_id for one in rows if one.profile_id is not None]
        held = upserts.read_back(self._steward.live_gateway, known) if known else {}
        kept = []
        for one in rows:
            before = held.get(one.contact_id, {})
            if _moment(before.get("Known_Until__c")) > known_until:
                continue
            is_new = one.fields["Segment__c"] == MAJOR_GIFT_PROSPECT != before.get("Segment__c")
            if is_new and one.fields["Mode__c"] != SHADOW:  # nobody is called to what nobody may see
                done.major.add(one.unit_id)
            kept.append(one)
        return kept

    @staticmethod
    def _record(one: Fresh, stamps: Mapping[str, object], traces: Mapping[str, str]) -> dict[str, object]:
        unit = one.account_id if one.fields.get("Giving_Unit__c") else None
        ids = {"Donor_Id__c": one.contact_id, "Contact__c": one.contact_id, "Giving_Unit__c": unit}
        trace = {"Correlation_Id__c": traces.get(one.unit_id), "Content_Hash__c": one.content_hash}
        return {**one.fields, **stamps, **ids, **trace}

    def _link(self, accepted: Sequence[tuple[Fresh, Taken]]) -> None:
        """A Contact that could not be linked is linked by the next night."""
        profiles = {one.contact_id: answer.record_id for one, answer in accepted if not one.linked and answer.record_id}
        if profiles:
            upserts.link_contacts(self._steward.live_gateway, profiles)

    def _prove(self, rows: Sequence[Fresh], done: Round) -> list[Fresh]:
        """The rows that the org holds as they were written."""
        began = self._timer()
        held = upserts.read_back(self._steward.live_gateway, [one.contact_id for one in rows]) if rows else {}
        done.seconds["read_back"] = done.seconds.get("read_back", 0.0) + self._timer() - began
        proven = [one for one in rows if one.contact_id in held and _says(held[one.contact_id], one)]
        done.differing += [one.donor_key for one in rows if one not in proven]
        return proven

    def _settle(self, done: Round) -> None:
        """Lets answered donors go, puts others back with growing delays, and files those tried often enough."""
        inbox, state = self._steward.inbox, self._steward.state
        inbox.finish(self._holder, done.answered)
        inbox.finish(self._holder, done.gone, GONE)
        state.settle([claim.donor_key for claim in done.answered + done.gone], "replayed")
        for claim, code, message in done.failed:
            self._try_later(self._holder, claim, delay(claim.attempts), (code, message), done)

    def _try_later(self, holder: str, claim: Claim, wait: dt.timedelta, why: tuple[str, str], done: Round) -> None:
        """Puts a donor back, or files it for a person where it was tried often enough."""
        inbox = self._steward.inbox
        if claim.attempts + 1 < ATTEMPTS:
            inbox.put_back(holder, [claim], self._steward.now() + wait, failed=True)
            return
        inbox.give_up(holder, [claim])
        done.dead.append(claim)
        events = [one.event_id for one in inbox.events_of(claim.donor_key, 20)]
        payload = {"events": events, "correlation_id": claim.correlation_id}
        self._steward.state.bury(RUN, [Letter(claim.donor_key, "event", *why, payload)])


def _why(error: Exception) -> tuple[str, str]:
    """Code and message for people; of the unexpected only the kind, for its words may hold values. The log has the rest."""
    if isinstance(error, StewardError):
        return type(error).__name__, str(error)
    log.error("unexpected", exc_info=error)
    return type(error).__name__, "Something unexpected happened; the worker's log says where."


def _says(held: Mapping[str, object], one: Fresh) -> bool:
    """Whether the org's row has the content that was meant, field by field, with pseudonyms in place of its ids."""
    references = {name: one.fields.get(name) for name in ("Donor_Id__c", "Contact__c")}
    unit = one.fields.get("Giving_Unit__c") if held.get("Giving_Unit__c") == one.account_id else held["Giving_Unit__c"]
    found = canonical.content_hash(PROFILE, {**held, **references, "Giving_Unit__c": unit})
    return found == one.content_hash


def _moment(text: object) -> dt.datetime:
    """A date and time as the org shows it; the beginning of time where there is none."""
    if not text:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return dt.datetime.fromisoformat(str(text).replace("+0000", "+00:00").replace("Z", "+00:00"))


def delay(attempts: int) -> dt.timedelta:
    """How long to wait after so many failed attempts: doubling, up to five minutes."""
    return min(FIRST_DELAY * float(2**attempts), LONGEST_DELAY)
