"""A gift is saved in the org, and the donor's profile answers: every part real, from NPSP's handler to the worker and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from job_world import copied, published
from localorg.apex import process
from loop_kit import OFFICER, Loop, eventually, running
from test_real_time_torture import free_port

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(process.missing() is not None, reason=process.missing() or ""),
]
WAITS = (1, 2, 5, 10)  # minutes between the sender's attempts
AFTER_THE_HOURLY_JOB = 45  # it runs at minute 40: all attempts fit in before its next time


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    folder = tmp_path_factory.mktemp("loop")
    with copied(published(tmp_path_factory), folder) as world, running(world, free_port(), folder) as made:
        yield made


@pytest.fixture
def hour(loop: Loop) -> Iterator[None]:
    """The org's clock is at a known minute for a test, and tells the time again after it."""
    now = loop.travel(now=True)
    start = now.replace(minute=AFTER_THE_HOURLY_JOB, second=0)
    loop.travel(to=(start if start > now else start + dt.timedelta(hours=1)).isoformat())
    yield
    loop.travel(now=True)


def test_a_gift_that_is_saved_turns_the_donors_profile_fresh(loop: Loop) -> None:
    (donor,) = loop.givers(1)
    before = loop.profile(donor)

    gift = loop.give(donor, 4000)

    after = eventually(lambda: fresh(loop, donor, before), "a fresh profile")
    loop.settled()
    published, received = loop.published(donor), loop.received(donor)
    assert any(event.startswith(f"{gift}:donation_created:") for event in published)
    assert received.items() <= published.items()
    assert after["Answer_Source__c"] == "Real-time"
    assert after["Correlation_Id__c"] in received.values()
    assert after["Content_Hash__c"] != before["Content_Hash__c"]
    assert loop.unsent() == []


def test_an_officer_who_asks_gets_a_fresh_profile(loop: Loop) -> None:
    (donor,) = loop.givers(1)
    before = loop.profile(donor)
    officer = loop.world.org.as_user(OFFICER)

    asked = officer.post("/services/localorg/apex/ScoreNowController/ask", json={"contactId": donor})

    assert asked.status_code == 200, asked.text
    question = {"contactId": donor, "asked": asked.json()}
    eventually(
        lambda: officer.post("/services/localorg/apex/ScoreNowController/isAnswered", json=question).json() is True,
        "the officer's answer",
    )
    after = loop.profile(donor)
    ((event, trace),) = loop.received(donor).items()
    assert event == f"{donor}:{trace}"
    assert (after["Answer_Source__c"], after["Correlation_Id__c"]) == ("Real-time", trace)
    assert after["Known_Until__c"] > before["Known_Until__c"]
    within_the_second = str(after["Scored_At__c"]).replace(".000+0000", ".999Z")
    question["asked"] = within_the_second
    assert officer.post("/services/localorg/apex/ScoreNowController/isAnswered", json=question).json() is True


@pytest.mark.usefixtures("hour")
@pytest.mark.parametrize("again", ["by hand", "by the hour"])
def test_what_could_not_be_sent_is_kept_and_delivered_when_the_service_is_back(loop: Loop, again: str) -> None:
    (donor,) = loop.givers(1)
    before = loop.profile(donor)
    loop.end_service()

    loop.give(donor, 3000)  # the save succeeds all the same

    kept = kept_after_all_attempts(loop)
    assert {one["Donor_Id__c"] for one in kept} == {donor}
    assert {one["Attempts__c"] for one in kept} == {len(WAITS) + 1}
    assert all("cannot be reached" in one["Last_Error__c"] for one in kept)
    assert (loop.profile(donor), loop.received(donor)) == (before, {})

    loop.serve()
    if again == "by hand":
        loop.apex("UnsentChanges.sendAgain();")
    else:
        loop.travel(by="1h")

    after = eventually(lambda: fresh(loop, donor, before), "a fresh profile")
    assert loop.received(donor) == {one["Event_Id__c"]: one["Correlation_Id__c"] for one in kept}
    assert after["Correlation_Id__c"] in {one["Correlation_Id__c"] for one in kept}
    assert loop.unsent() == []


def kept_after_all_attempts(loop: Loop) -> list[dict[str, Any]]:
    """What the sender gives up, each of its attempts made in its time."""
    for minutes in WAITS:
        loop.settled()
        assert loop.unsent() == []
        loop.travel(by=f"{minutes}m")
    kept = eventually(loop.unsent, "a kept change")
    loop.settled()
    return kept


def fresh(loop: Loop, donor: str, before: dict[str, Any]) -> dict[str, Any] | None:
    """The profile once it carries another trace."""
    row = loop.profile(donor)
    return row if row["Correlation_Id__c"] not in (None, before["Correlation_Id__c"]) else None
