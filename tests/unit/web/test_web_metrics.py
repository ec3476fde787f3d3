"""What is measured of every hop, over all processes of a home."""

import datetime as dt

from service_kit import event
from steward.jobs.rescoring import Round
from steward.monitoring import observed
from steward.state.inbox import Claim


def numbers(served) -> dict[str, float]:
    page = served.get("/metrics", served.token("ops")).text
    lines = [line.rpartition(" ") for line in page.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_what_waits_is_on_the_page_with_its_age(served):
    served.post("/v1/events", {"events": [event(1), event(2, donor_id="0038d0000000002AAA")]}, served.token("events"))
    served.steward.inbox.claim("w", 1, dt.timedelta(minutes=1))
    served.clock.pass_by(seconds=30)
    found = numbers(served)
    assert found['steward_queue_donors{state="waiting"}'] == 1
    assert found['steward_queue_donors{state="in work"}'] == 1
    assert found["steward_queue_oldest_seconds"] == 30


def test_events_requests_and_refusals_are_counted(served):
    before = numbers(served)
    token = served.token("events")
    served.post("/v1/events", {"events": [event(1), event(1)]}, token)
    served.post("/v1/events", {"events": [event(1)]}, "forged")
    after = numbers(served)

    def grew(name):
        return after.get(name, 0) - before.get(name, 0)

    assert grew('steward_events_total{outcome="accepted"}') == 1
    assert grew('steward_events_total{outcome="duplicate"}') == 1
    assert grew('steward_tokens_refused_total{reason="invalid"}') == 1
    assert grew('steward_request_seconds_count{route="/v1/events",status="202"}') == 1
    assert grew('steward_request_seconds_count{route="/v1/events",status="401"}') == 1


def test_a_round_tells_its_stages_its_outcomes_and_the_age_of_events(served):
    before = numbers(served)
    now = served.clock()
    claim = Claim("d" * 16, "003", 1, 0, 0, now - dt.timedelta(seconds=2), "trace")
    done = Round(claimed=1, answered=[claim], written=3, kept=1, differing=["x"], seconds={"read": 0.2, "models": 0.1})
    observed.round_done(done, now)
    after = numbers(served)

    def grew(name):
        return after.get(name, 0) - before.get(name, 0)

    assert grew('steward_profiles_total{outcome="written"}') == 3
    assert grew('steward_profiles_total{outcome="different on reading back"}') == 1
    assert grew('steward_donors_total{outcome="answered"}') == 1
    assert grew('steward_stage_seconds_count{stage="models"}') == 1
    assert grew("steward_event_to_profile_seconds_sum") == 2
