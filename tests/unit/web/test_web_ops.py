"""The ops page: behind a login, honest about the night, able to replay, and plain about one donor."""

import datetime as dt
import re

import pytest
from service_kit import CONTACT, Service, event
from steward.salesforce.pseudonyms import pseudonym
from steward.state.store import Letter

BASE = "https://localhost"


class Browser:
    """A client that keeps its cookie and sends the forms it was given."""

    def __init__(self, served: Service) -> None:
        self._http = served.app.test_client()
        self.page = ""

    def get(self, path, **given):
        answer = self._http.get(path, base_url=BASE, **given)
        self.page = answer.text
        return answer

    def post(self, path, form="", **fields):
        token = form or re.search(r'name="form" value="([^"]+)"', self.page).group(1)
        answer = self._http.post(path, base_url=BASE, data={"form": token, **fields})
        self.page = answer.text or self.page
        return answer

    def sign_in(self, served: Service, *scopes: str) -> int:
        client_id, secret = served.clients.create("ops", scopes or ("ops",))
        self.get("/ops/login")
        status = self.post("/ops/login", client_id=client_id, client_secret=secret).status_code
        self.get("/ops")
        return status


@pytest.fixture
def browser(served):
    made = Browser(served)
    assert made.sign_in(served) == 303
    return made


def test_nobody_sees_it_without_signing_in(served):
    stranger = Browser(served)
    for path in ("/ops", "/ops/donor?id=x"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/ops/login")
    assert served.app.test_client().post("/ops/replay", base_url=BASE).status_code == 303


def test_a_client_without_the_scope_cannot_sign_in(served):
    assert Browser(served).sign_in(served, "score", "events") == 401


def test_a_session_ends_after_eight_hours_and_with_its_client(served, browser):
    assert browser.get("/ops").status_code == 200
    served.clock.pass_by(hours=9)
    assert browser.get("/ops").status_code == 303


def test_a_form_of_another_page_is_refused(browser):
    answer = browser.post("/ops/replay", form="forged")
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")


def test_the_cookie_is_for_this_host_only_and_not_for_scripts(served):
    http = served.app.test_client()
    cookie = http.get("/ops/login", base_url=BASE).headers["Set-Cookie"]
    assert cookie.startswith("__Host-steward=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_night_that_was_late_is_said_to_be_late(served, browser):
    assert "Not scored by 06:00" in browser.get("/ops").text
    served.steward.state.begin_run("r1", trigger="Nightly", mode="Full", as_of="2026-04-14")
    served.steward.state.finish_run("r1", "Completed")  # at 10:30
    assert "Late, but done since" in browser.get("/ops").text
    served.clock.pass_by(hours=18)  # 04:30
    served.steward.state.begin_run("r2", trigger="Nightly", mode="Full", as_of="2026-04-15")
    served.steward.state.finish_run("r2", "Completed")
    served.clock.pass_by(hours=3)
    assert "Not scored" not in browser.get("/ops").text  # the session has ended
    assert browser.sign_in(served) == 303
    assert "Scored by 06:00" in browser.page


def test_a_given_up_donor_is_tried_again_from_the_page(served, browser):
    served.post("/v1/events", {"events": [event()]}, served.token("events"))
    (claim,) = served.steward.inbox.claim("w", 1, dt.timedelta(minutes=1))
    served.steward.inbox.give_up("w", [claim])
    served.steward.state.bury("real-time", [Letter(claim.donor_key, "event", "UpstreamError", "The org was down.", {})])
    assert "The org was down." in browser.get("/ops").text
    (letter,) = served.steward.state.dead_letters()
    assert browser.post("/ops/replay", letter=str(letter.letter_id), do="replay").status_code == 303
    depth = served.steward.inbox.depth()
    assert (depth.waiting, depth.dead) == (1, 0)


def test_one_donors_story_is_told_in_order_without_the_orgs_id(served, browser):
    served.post("/v1/events", {"events": [event()]}, served.token("events"), headers={"X-Correlation-Id": "trace-7"})
    key = pseudonym(CONTACT, served.steward.key)
    page = browser.get(f"/ops/donor?id={key}").text
    assert page.index("Event received: donation_created") < page.index("Waits to be scored")
    assert "trace-7" in page
    assert CONTACT not in page


@pytest.mark.parametrize("asked", ["<script>alert(1)</script>", "003' OR 1=1", "x" * 5000])
def test_what_is_no_donor_is_said_to_be_none_and_never_runs(browser, asked):
    page = browser.get("/ops/donor", query_string={"id": asked}).text
    assert "neither the id of a Contact nor a pseudonym" in page
    assert "<script>" not in page
