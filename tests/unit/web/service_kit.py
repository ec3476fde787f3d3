"""The service without gunicorn: a home of its own, a clock that can be moved, and clients with tokens."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
from typing import Any

import flask
import werkzeug.test
from steward import config
from steward.bootstrap import Steward, make_home
from steward.config import Settings
from steward.jobs.tasks import Tasks
from steward.state.clients import Clients
from steward.web.app import create_app

CONTACT = "0038d0000000001AAA"
WHEN = "2026-04-14T10:23:11Z"


class Clock:
    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 4, 14, 10, 30, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.moment

    def pass_by(self, **time: float) -> None:
        self.moment += dt.timedelta(**time)


@dataclasses.dataclass
class Service:
    """The app, its Steward and its clock."""

    app: flask.Flask
    steward: Steward
    tasks: Tasks
    clock: Clock

    @property
    def clients(self) -> Clients:
        return Clients(self.steward.state.engine, self.clock)

    def token(self, *scopes: str, signed: bool = False) -> str:
        client_id, secret = self.clients.create("test", scopes, signed_bodies=signed)
        return self.token_for(client_id, secret)

    def token_for(self, client_id: str, secret: str) -> str:
        answer = self.app.test_client().post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret)
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json["access_token"])

    def post(self, path: str, body: Any = None, token: str = "", **given: Any) -> werkzeug.test.TestResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            given["json"] = body
        return self.app.test_client().post(path, headers=headers | given.pop("headers", {}), **given)

    def get(self, path: str, token: str = "", **given: Any) -> werkzeug.test.TestResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.app.test_client().get(path, headers=headers | given.pop("headers", {}), **given)


def service(home: pathlib.Path, **settings: Any) -> Service:
    """A service in a new home that no org stands behind."""
    known = Settings(
        home=home, org_auth="session", org_session_id="x", org_instance_url="https://org.invalid", **settings
    )
    make_home(known)
    config.share_metrics(home)
    clock = Clock()
    steward = Steward(known, clock)
    tasks = Tasks(lambda: steward)
    return Service(create_app(steward, tasks), steward, tasks, clock)


def event(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "event_id": f"006:{number}", "donor_id": CONTACT, "event_type": "donation_created", "amount": 250,
        "timestamp": WHEN, **more,
    }  # fmt: skip
