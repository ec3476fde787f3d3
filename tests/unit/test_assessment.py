"""The core in one pass, on a small nonprofit: who is spoken of how, and that nobody's answer depends on who else is asked."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import sys

import ibis
import numpy as np
import pyarrow as pa
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "donors"))

from snapshot_tables import arrow_tables, gift, household
from steward import outcomes, profiles, training
from steward.assessment import Assessment, assess
from steward.config import Settings
from steward.decide.policy import Policy
from steward.decide.rollout import Rollout
from steward.donors import Ledger, build_ledger
from steward.progress import Silent

AS_OF = dt.date(2024, 6, 1)


def rows() -> dict[str, list]:
    """A loyal donor, a lapsed one, a sustainer whose card ends, a contact, a volunteer; forty others as a base."""
    homes = [household(key, f"c{key}") for key in ("loyal", "lapsed", "steady", "contact", "helper")]
    homes += [household(f"h{n}", f"ch{n}") for n in range(40)]
    gifts = [gift(f"l{y}{m}", "loyal", 50, f"{y}-{m:02d}-10") for y in range(2016, 2024) for m in (5, 11)]
    gifts += [gift(f"p{y}", "lapsed", 80, f"{y}-03-01") for y in (2018, 2019, 2020)]
    gifts += [
        gift(f"s{y}{m}", "steady", 20, f"{y}-{m:02d}-05", recurring_id="plan")
        for y in (2022, 2023, 2024) for m in range(1, 13) if (y, m) < (2024, 6)
    ]  # fmt: skip
    gifts += [
        gift(f"b{n}{y}", f"h{n}", 25 + n, f"{y}-{1 + n % 12:02d}-15") for n in range(30) for y in range(2016, 2016 + n % 8 + 1)
    ]  # fmt: skip
    gifts += [gift(f"new{n}", f"h{n}", 30, f"{2017 + n % 6}-09-20") for n in range(30, 38)]
    return {
        "accounts": [row for home in homes for row in home["accounts"]],
        "contacts": [row for home in homes for row in home["contacts"]],
        "opportunities": gifts,
        "payments": [
            {"payment_id": f"p{one['gift_id']}", "gift_id": one["gift_id"], "amount": one["amount"], "paid": True,
             "method": "Check"} for one in gifts
        ],
        "recurring": [
            {"recurring_id": "plan", "account_id": "steady", "amount": 20, "period": "Monthly", "status": "Active",
             "established_on": "2022-01-01", "card_expires_on": "2024-07-01"}
        ],
        "volunteer_hours": [
            {"hours_id": "v", "contact_id": "chelper", "status": "Completed", "start_date": "2024-03-01", "hours": 3}
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    connection = ibis.duckdb.connect(threads=2)
    for name, table in arrow_tables(**rows()).items():
        connection.con.register(name, table)
    built = build_ledger({name: connection.table(name) for name in arrow_tables()})
    for part in dataclasses.fields(built):
        connection.raw_sql(f"CREATE TABLE ledger_{part.name} AS {connection.compile(getattr(built, part.name))}")
    return Ledger(**{part.name: connection.table(f"ledger_{part.name}") for part in dataclasses.fields(built)})


@pytest.fixture(scope="module")
def models(ledger):
    keys = [outcome.key for outcome in outcomes.OUTCOMES]
    made = training.train(ledger, keys, AS_OF, Settings(threads=1), Silent())
    return list(getattr(made, "models", made))


@pytest.fixture(scope="module")
def gaus():
    return ibis.memtable({"gau_id": [], "name": []}, schema={"gau_id": "string", "name": "string"})


@pytest.fixture(scope="module")
def whole(ledger, models, gaus) -> Assessment:
    return assess(ledger, gaus, models, AS_OF, Policy())


def scores(whole: Assessment, unit: str) -> dict[str, float]:
    """The scores of one unit by the outcomes' field names."""
    place = row_of(whole, unit)
    found = ((one, np.flatnonzero(one.place == place)) for one in whole.answers.outcomes.values())
    return {one.outcome.field_prefix: one.score[here[0]] for one, here in found if len(here)}


def of(whole: Assessment, unit: str, column: str):
    return getattr(whole.answers, column)[row_of(whole, unit)]


def row_of(whole: Assessment, unit: str) -> int:
    (row,) = whole.answers.rows_of(pa.array([unit]))
    return int(row)


def written(assessed: Assessment) -> dict[str, dict]:
    """Profile rows by Contact."""
    prefixes = [one.field_prefix for one in outcomes.OUTCOMES]
    made = profiles.columns(assessed.members, assessed.answers, prefixes, Policy(), Rollout(("Full",)), AS_OF)
    return {row["contact_id"]: row for row in profiles.rows(made)}


def test_too_little_history_makes_rules_that_say_so(models):
    assert {model.method for model in models} == {"rule"}
    assert all(model.card["why_a_rule"] for model in models)


def test_each_donor_is_spoken_of_by_the_question_that_is_about_them(whole):
    first = {unit: of(whole, unit, "main") for unit in ("loyal", "lapsed", "steady")}
    assert first == {"loyal": "give_90_days", "lapsed": "reactivation", "steady": "give_90_days"}
    assert set(scores(whole, "lapsed")) == {
        "Reactivation", "Propensity", "Renewal", "Mid_Level", "Major_Gift", "Planned_Giving",
    }  # fmt: skip
    assert "Second_Gift" not in scores(whole, "loyal")


def test_what_the_organization_has_never_seen_is_said_of_nobody(whole):
    said = {prefix for unit in whole.answers.unit_id for prefix in scores(whole, unit)}
    assert not said & {"Volunteer_To_Donor", "Matching_Gift", "Recurring_Churn"}


def test_renewal_and_lapse_add_up_and_every_part_is_within_the_whole(whole):
    for unit in whole.answers.unit_id:
        said = scores(whole, unit)
        if "Lapse_Risk" in said:
            assert said["Lapse_Risk"] + said["Renewal"] == pytest.approx(100)
        if "Renewal" in said:
            assert max(said["Propensity"], said["Mid_Level"]) <= said["Renewal"]
            assert said["Major_Gift"] <= said["Mid_Level"]


def test_a_card_about_to_expire_puts_the_sustainer_at_risk_and_nobody_else(whole):
    assert {unit for unit in whole.answers.unit_id if of(whole, unit, "health")} == {"steady"}
    health = of(whole, "steady", "health")
    assert (health.state, health.reason) == ("At Risk", "The card expires in 30 days.")


def test_a_return_is_worth_its_chance_times_the_usual_gift(whole):
    expected = round(scores(whole, "lapsed")["Reactivation"] / 100 * 80, 2)
    assert of(whole, "lapsed", "reactivation_value") == expected
    assert np.isnan(of(whole, "loyal", "reactivation_value"))


def test_gifts_by_check_mean_mail_and_recurring_ones_mean_nothing(whole):
    assert of(whole, "loyal", "channels")[0].channel == "Mail"
    assert of(whole, "steady", "channels") == ()


def test_a_donor_asked_alone_gets_the_answer_of_the_night(ledger, models, gaus, whole):
    everybody = written(whole)
    assert len(whole.answers) < len(whole.answers.unit_id)  # h38 and h39 never gave, and share an answer
    for unit in ("loyal", "lapsed", "steady", "helper", "h38", "h39"):
        contact = f"c{unit}"
        alone = assess(ledger, gaus, models, AS_OF, Policy(), contacts=[contact])
        assert alone.answers.unit_id.tolist() == [unit]
        assert written(alone) == {contact: everybody[contact]}


def test_of_nobody_nothing_is_said(ledger, models, gaus):
    nobody = assess(ledger, gaus, models, AS_OF, Policy(), contacts=[])
    assert (len(nobody.answers.unit_id), written(nobody)) == (0, {})
