"""Events against the real local org: fresh profiles, equal to a night's; who comes first; what is tried again, or given up."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from job_world import World, copied, impatient, published  # noqa: F401  impatient is a fixture
from localorg_live import ADMIN
from steward import config, pipeline
from steward.bootstrap import Steward
from steward.jobs.rescoring import ATTEMPTS, Rescoring
from steward.live.realtime import Desk
from steward.night import intake
from steward.runs import Request
from steward.salesforce import canonical, upserts
from steward.salesforce.contract import PROFILE
from steward.state.inbox import Incoming

pytestmark = pytest.mark.e2e
FIELDS = (
    "Donor_Id__c, Answer_Source__c, Known_Until__c, Real_Time_Until__c, Correlation_Id__c, Content_Hash__c, Contact__c"
)


@dataclass
class Clock:
    """The wall clock, moved on by as much as a test says."""

    ahead: dt.timedelta = field(default_factory=dt.timedelta)

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def pass_by(self, **time: float) -> None:
        self.ahead += dt.timedelta(**time)


@dataclass
class Live:
    world: World
    steward: Steward
    clock: Clock
    rescoring: Rescoring

    def send(self, *donors: str, trace: str = "trace", kind: str = "donation_created") -> list[str]:
        moment = self.clock()
        return self.steward.inbox.accept([
            Incoming(f"{donor}:{moment.timestamp()}", self.world.donor_key(donor), donor, kind, moment, trace)
            for donor in donors
        ])  # fmt: skip

    def work(self) -> Any:
        """Rounds until nobody is due."""
        done = None
        while (one := self.rescoring.round()) is not None:
            done = one
        return done

    def profile(self, contact: str) -> dict[str, Any]:
        (row,) = self.world.admin.query(f"SELECT {FIELDS} FROM AI_Donor_Profile__c WHERE Contact__c = '{contact}'")
        return row

    def said(self, contact: str) -> dict[str, Any]:
        """What the profile says of the donor."""
        row = upserts.read_back(self.steward.live_gateway, [contact])[contact]
        return {field.name: row[field.name] for field in PROFILE.hashed}

    def givers(self, number: int) -> list[str]:
        """Contacts of different households who gave."""
        soql = (
            "SELECT npsp__Primary_Contact__c FROM Opportunity WHERE IsWon = true AND npsp__Primary_Contact__c != null "
            "AND npsp__Primary_Contact__r.npsp__Deceased__c = false ORDER BY CloseDate DESC LIMIT 500"
        )
        return list(dict.fromkeys(row["npsp__Primary_Contact__c"] for row in self.world.admin.query(soql)))[:number]

    def give(self, contact: str, amount: float) -> str:
        """A gift that closes today."""
        (person,) = self.world.admin.query(f"SELECT AccountId FROM Contact WHERE Id = '{contact}'")
        return self.world.admin.create(
            "Opportunity", Name="Gift", AccountId=person["AccountId"], npsp__Primary_Contact__c=contact, Amount=amount,
            CloseDate=self.clock().date().isoformat(), StageName="Closed Won",
        )  # fmt: skip

    def night(self) -> Any:
        return pipeline.run(self.steward, Request(trigger="Nightly"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with copied(published(tmp_path_factory), tmp_path_factory.mktemp("real-time")) as made:
        yield made


@pytest.fixture(scope="module")
def clock() -> Clock:
    """One for all tests: what an answer knew never lies in a later test's future."""
    return Clock()


@pytest.fixture
def live(world: World, clock: Clock, impatient: None) -> Iterator[Live]:  # noqa: F811
    clock.pass_by(minutes=30)
    steward = Steward(config.load(world.settings()), clock)
    desk = Desk(steward)
    desk.warm()
    yield Live(world, steward, clock, Rescoring(steward, desk, time.perf_counter))
    world.heal()
    steward.close()


def test_a_gift_becomes_a_fresh_profile_that_says_where_it_comes_from(live: Live) -> None:
    donor = live.givers(1)[0]
    before = live.profile(donor)
    live.give(donor, 4000)
    live.send(donor, trace="trace-from-apex")
    done = live.work()
    after = live.profile(donor)
    assert len(done.answered) == 1
    assert (after["Answer_Source__c"], after["Correlation_Id__c"]) == ("Real-time", "trace-from-apex")
    assert after["Content_Hash__c"] != before["Content_Hash__c"]
    assert after["Known_Until__c"] < after["Real_Time_Until__c"]
    assert live.steward.inbox.depth().waiting == 0
    assert live.steward.inbox.events_of(live.world.donor_key(donor))[0].status == "done"


def test_every_donors_real_time_answer_is_the_one_a_full_run_gives(live: Live) -> None:
    snapshot = intake.extract(live.steward)
    tables = live.steward.tables(snapshot.tables())
    tomorrow = live.clock().date() + dt.timedelta(days=1)
    models = pipeline.speaking(live.steward)
    _, rows = pipeline.conclude(
        live.steward, live.steward.ledger(tables), tables, models, tomorrow, None, pipeline.valuing(live.steward)
    )
    full = {row["contact_id"]: canonical.with_references(row) for row in rows}
    ids = list(snapshot.identity.ids("Contact", full).values())
    desk = Desk(live.steward)
    fresh = {}
    for start in range(0, len(ids), 40):
        answers = desk.answer(ids[start : start + 40])
        assert answers.gone == ()
        fresh |= {one.donor_key: one for one in answers.fresh}
    differing = {
        (
            field.name,
            canonical.render(field, full[key].get(field.name)),
            canonical.render(field, one.fields.get(field.name)),
        )
        for key, one in fresh.items()
        for field in PROFILE.hashed
        if canonical.render(field, full[key].get(field.name)) != canonical.render(field, one.fields.get(field.name))
    }
    assert differing == set()
    assert set(fresh) == set(full)


def test_a_night_leaves_a_real_time_answer_alone_until_its_day_ends(live: Live) -> None:
    donor = live.givers(2)[1]
    live.give(donor, 5000)
    live.send(donor)
    live.work()
    fresh, said = live.profile(donor), live.said(donor)
    live.night()  # of the same day: it does not count today's gift yet
    assert live.profile(donor)["Content_Hash__c"] == fresh["Content_Hash__c"]
    assert live.profile(donor)["Answer_Source__c"] == "Real-time"
    live.clock.pass_by(days=1)
    report = live.night()
    assert not report.published.problems
    assert live.said(donor) == said  # the same facts, the same date: the same answer
    live.clock.pass_by(days=60)
    live.night()
    after = live.profile(donor)
    assert (after["Answer_Source__c"], after["Real_Time_Until__c"], after["Correlation_Id__c"]) == (
        "Nightly",
        None,
        None,
    )


def test_an_answer_that_knows_less_does_not_replace_one_that_knows_more(live: Live) -> None:
    donor = live.givers(3)[2]
    live.send(donor)
    live.clock.pass_by(minutes=10)
    live.work()
    newer = live.profile(donor)
    live.clock.pass_by(minutes=-5)
    live.give(donor, 6000)
    live.send(donor)
    done = live.work()
    assert done.kept > 0
    assert live.profile(donor)["Known_Until__c"] == newer["Known_Until__c"]
    live.clock.pass_by(minutes=5)


def test_two_members_of_a_household_are_one_round_and_both_profiles_agree(live: Live) -> None:
    (home,) = live.world.admin.query(
        "SELECT AccountId FROM Contact WHERE Account.npe01__SYSTEMIsIndividual__c = true GROUP BY AccountId "
        "HAVING COUNT(Id) > 1 LIMIT 1"
    )
    people = [
        row["Id"] for row in live.world.admin.query(f"SELECT Id FROM Contact WHERE AccountId = '{home['AccountId']}'")
    ]
    live.send(*people, trace="two")
    assert len(live.rescoring.round().answered) == len(people)
    assert {live.profile(one)["Correlation_Id__c"] for one in people} == {"two"}
    live.clock.pass_by(hours=1)
    live.send(home["AccountId"], trace="the household")
    live.work()
    assert {live.profile(one)["Correlation_Id__c"] for one in people} == {"the household"}


def test_a_new_contact_gets_a_profile_and_the_contact_points_to_it(live: Live) -> None:
    account = live.world.admin.create("Account", Name="New", npe01__SYSTEMIsIndividual__c=True)
    contact = live.world.admin.create("Contact", LastName="New", AccountId=account)
    live.give(contact, 75)
    live.send(contact)
    live.work()
    (person,) = live.world.admin.query(f"SELECT AI_Donor_Profile__r.Donor_Id__c FROM Contact WHERE Id = '{contact}'")
    assert person["AI_Donor_Profile__r"]["Donor_Id__c"] == contact
    assert live.profile(contact)["Answer_Source__c"] == "Real-time"


def test_an_event_of_a_donor_who_is_gone_is_closed(live: Live) -> None:
    live.send("003000000000000AAA")
    done = live.work()
    assert len(done.gone) == 1
    assert live.steward.inbox.depth().waiting == 0
    (event,) = live.steward.inbox.events_of(live.world.donor_key("003000000000000AAA"))
    assert event.status == "gone"


def test_a_unit_that_another_worker_writes_is_left_for_later(live: Live) -> None:
    donor = live.givers(5)[4]
    (row,) = live.world.admin.query(f"SELECT AccountId FROM Contact WHERE Id = '{donor}'")
    live.steward.inbox.hold_units("another", [live.world.donor_key(row["AccountId"])], dt.timedelta(minutes=1))
    live.send(donor, trace="late")
    done = live.rescoring.round()
    assert (done.answered, done.written) == ([], 0)
    assert live.profile(donor)["Correlation_Id__c"] != "late"
    live.clock.pass_by(minutes=2)
    live.work()
    assert live.profile(donor)["Correlation_Id__c"] == "late"


def test_an_org_that_is_down_is_tried_again_and_then_given_up_and_replayed(live: Live) -> None:
    donor = live.givers(6)[5]
    key = live.world.donor_key(donor)
    live.world.fault(kind="unavailable", path="/services/data")
    live.send(donor, trace="in trouble")
    for _ in range(ATTEMPTS):
        done = live.rescoring.round()
        assert done.answered == []
        assert live.rescoring.round() is None  # not due yet
        live.clock.pass_by(minutes=6)
    depth = live.steward.inbox.depth()
    assert (depth.waiting, depth.dead) == (0, 1)
    (letter,) = [one for one in live.steward.state.dead_letters() if one.donor_key == key]
    assert (letter.kind, letter.payload["correlation_id"]) == ("event", "in trouble")
    live.world.heal()
    said = live.world.steward("replay", str(letter.letter_id))
    assert said.code == 0, said.text
    live.work()
    assert live.profile(donor)["Correlation_Id__c"] == "in trouble"
    assert [one for one in live.steward.state.dead_letters() if one.donor_key == key] == []


def test_one_donors_refusal_does_not_hold_up_the_others(live: Live) -> None:
    pair = live.givers(8)[6:8]
    live.world.fault(kind="row_lock", times=1)
    live.send(*pair, trace="both")
    done = live.rescoring.round()
    assert len(done.answered) == 1
    ((locked, code, _),) = done.failed
    assert code == "UNABLE_TO_LOCK_ROW"
    assert live.profile(done.answered[0].contact_id)["Correlation_Id__c"] == "both"
    live.clock.pass_by(seconds=10)
    live.work()
    assert live.profile(locked.contact_id)["Correlation_Id__c"] == "both"


def test_after_a_merge_the_one_who_stayed_is_scored_and_answers_for_the_one_who_went(live: Live) -> None:
    stayed, went = live.givers(10)[8:10]
    keys = [live.world.donor_key(one) for one in (stayed, went)]
    live.give(went, 300)
    runtime = live.world.org.server.runtime
    runtime.org.session(runtime.find_user(ADMIN).id).merge("Contact", stayed, [went])
    live.send(went, trace="merged", kind="donor_merged")
    done = live.work()
    assert len(done.answered) == 1
    soql = f"SELECT Correlation_Id__c FROM AI_Donor_Profile__c WHERE Donor_Id__c = '{stayed}'"
    assert [row["Correlation_Id__c"] for row in live.world.admin.query(soql)] == ["merged"]
    answers = live.steward.inbox.answers(keys)
    assert answers[keys[1]] == answers[keys[0]]
    assert live.steward.inbox.events_of(keys[1])[0].status == "done"
