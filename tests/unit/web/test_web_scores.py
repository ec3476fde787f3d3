"""Scores on demand say what they are: fresh from an event, of the night, older, by rule, or of nobody."""

import datetime as dt
import threading

import pandas as pd
import pytest
from service_kit import CONTACT
from steward.night import scored
from steward.night.scored import Scored
from steward.outcomes import OUTCOMES
from steward.salesforce.pseudonyms import pseudonym

REASONS = (
    '{"Propensity":{"title":"Gives in 90 days","helps":["gave 4 gifts"],"holds_back":[],"method":"Model","model":"m-1",'
    '"confidence":"High"}}'
)


def row(key, **more):
    fields = {
        "contact_id": key, "unit_id": "u" * 16, "Method__c": "Model", "Segment__c": "Loyal donor", "Next_Step__c": "Thank.",
        "Excluded_Reason__c": None, "Suggested_Ask__c": 50.0, "Propensity_Score__c": 34.0, "Propensity_Band__c": "High",
        "Propensity_Rank__c": 12, "Reasons__c": REASONS,
    }  # fmt: skip
    return fields | more


@pytest.fixture
def night(served):
    """A full run that scored one donor, and what else a test makes of it."""

    def ran(**more):
        key = pseudonym(CONTACT, served.steward.key)
        state = served.steward.state
        state.begin_run("run-1", trigger="Nightly", mode="Full", as_of="2026-04-14")
        units = pd.DataFrame({"unit_id": ["u" * 16], "months_since_last_gift": [3.0]})
        scored.save(served.steward.home / "runs", Scored("run-1", [row(key, **more)], units))
        state.advance("run-1", "scored", snapshot_id="s")
        return key

    return ran


def ask(served, *donors, **more):
    answer = served.post("/v1/scores", {"donor_ids": list(donors), **more}, served.token("score"))
    assert answer.status_code == 200, answer.text
    return answer.json["scores"]


def test_the_nights_answer_comes_with_its_reasons(served, night):
    night()
    served.clock.pass_by(minutes=1)
    known, unknown = ask(served, CONTACT, "003000000000000AAA")
    assert (known["source"], known["segment"], known["suggested_ask"]) == ("Nightly", "Loyal donor", 50.0)
    told = known["outcomes"]["Propensity"]
    assert (told["score"], told["band"], told["rank"], told["helps"]) == (34.0, "High", 12, ["gave 4 gifts"])
    assert unknown == {"donor_id": "003000000000000AAA", "source": "Unknown donor"}


def test_a_night_that_is_two_days_old_is_last_known_with_its_age(served, night):
    night()
    served.clock.pass_by(hours=48)
    (known,) = ask(served, CONTACT)
    assert (known["source"], known["age_hours"]) == ("Last known", 48.0)


def test_where_no_model_spoke_a_plain_rule_does(served, night):
    night(Reasons__c=None, Propensity_Score__c=None, Propensity_Band__c=None)
    served.clock.pass_by(minutes=1)
    (known,) = ask(served, CONTACT)
    told = known["outcomes"][OUTCOMES[0].field_prefix]
    assert (known["source"], told["band"], told["score"], told["method"]) == ("Rule", "Medium", None, "Rule")
    assert told["helps"] == ["gave within the last 12 months"]


def test_who_is_excluded_gets_the_reason_and_no_score(served, night):
    night(Method__c="Excluded", Excluded_Reason__c="Deceased", Reasons__c=None)
    served.clock.pass_by(minutes=1)
    (known,) = ask(served, CONTACT)
    assert (known["excluded_reason"], known["outcomes"]) == ("Deceased", {})


def test_an_event_newer_than_the_night_comes_first(served, night):
    key = night()
    served.clock.pass_by(hours=1)
    fields = row(key, Segment__c="Major gift prospect")
    served.steward.inbox.keep_answers(served.clock(), {key: fields})
    (known,) = ask(served, CONTACT)
    assert (known["source"], known["segment"], known["age_hours"]) == ("Real-time", "Major gift prospect", 0.0)


def test_a_person_who_waits_gets_the_fresh_answer_of_a_worker(served, night):
    key = night()
    served.clock.pass_by(hours=1)
    worker = threading.Thread(target=_answer_the_first, args=(served, key))
    worker.start()
    (known,) = ask(served, CONTACT, fresh_within_seconds=10)
    worker.join()
    assert (known["source"], known["segment"]) == ("Real-time", "Upgrade ready")


def _answer_the_first(served, key):
    """A worker: takes the donor, keeps a fresh answer, lets the donor go."""
    inbox = served.steward.inbox
    while not (claims := inbox.claim("w", 1, dt.timedelta(minutes=1))):
        pass
    assert claims[0].priority == 10
    inbox.keep_answers(served.clock(), {key: row(key, Segment__c="Upgrade ready")})
    inbox.finish("w", claims)


def test_without_a_worker_a_person_gets_what_is_known(served, night):
    night()
    served.clock.pass_by(hours=1)
    (known,) = ask(served, CONTACT, fresh_within_seconds=1)
    assert (known["source"], known["segment"]) == ("Nightly", "Loyal donor")
    assert len(served.steward.inbox.waiting()) == 1  # and the donor is scored when a worker comes
