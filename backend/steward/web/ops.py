"""The page of whoever looks after Steward: runs, queue, dead letters, freshness, and what happened to one donor."""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
import secrets
from collections.abc import Callable
from typing import Any

import flask
import structlog

from steward.bootstrap import Steward
from steward.errors import InputError, StewardError
from steward.jobs.tasks import Tasks
from steward.jobs.watch import freshness
from steward.monitoring import observed
from steward.monitoring.trace import Story, story_of
from steward.state.clients import matches
from steward.web.guard import Guard, View, open_to_all
from steward.web.problems import Problem

blueprint = flask.Blueprint("ops", __name__, url_prefix="/ops", template_folder="templates")
STAYS = dt.timedelta(hours=8)
_STYLE = pathlib.Path(__file__).parent / "templates" / "ops" / "style.css"
_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
log = structlog.get_logger("audit")


def needs_login(view: View) -> View:
    """This page is for clients with the scope `ops` who have signed in."""

    @functools.wraps(view)
    def admitted(*args: Any, **named: Any) -> Any:
        signed_in = flask.session.get("client", "")
        until = float(flask.session.get("until", 0))
        stored = _guard().clients.find(signed_in) if signed_in else None
        if stored is None or not stored.enabled or until < _steward().now().timestamp():
            flask.session.clear()
            return flask.redirect(flask.url_for("ops.login"), 303)
        flask.g.client_id = signed_in
        if flask.request.method == "POST":
            _check_form()
        return view(*args, **named)

    admitted.guarded_by = "page"  # type: ignore[attr-defined]
    return admitted


@blueprint.after_request
def policy(response: flask.Response) -> flask.Response:
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@blueprint.get("/style.css")
@open_to_all
def style() -> flask.Response:
    return flask.Response(_STYLE.read_text(encoding="utf-8"), mimetype="text/css")


@blueprint.route("/login", methods=["GET", "POST"])
@open_to_all
def login() -> Any:
    if flask.request.method == "GET":
        flask.session["form"] = secrets.token_urlsafe(16)
        return flask.render_template("ops/login.html", wrong=False)
    _guard().within_limits(f"login {flask.request.remote_addr}")
    _check_form()
    form = flask.request.form
    stored = _guard().clients.find(form.get("client_id", ""))
    good = stored is not None and stored.enabled and "ops" in stored.scopes.split()
    if stored is None or not good or not matches(stored, form.get("client_secret", "")):
        observed.TOKENS.labels("login").inc()
        flask.session["form"] = secrets.token_urlsafe(16)
        return flask.render_template("ops/login.html", wrong=True), 401
    flask.session.clear()
    until = (_steward().now() + STAYS).timestamp()
    flask.session.update(client=stored.client_id, until=until, form=secrets.token_urlsafe(16))
    return flask.redirect(flask.url_for("ops.overview"), 303)


@blueprint.post("/logout")
@needs_login
def logout() -> Any:
    flask.session.clear()
    return flask.redirect(flask.url_for("ops.login"), 303)


@blueprint.get("")
@needs_login
def overview() -> str:
    steward = _steward()
    now = steward.now()
    depth = steward.inbox.depth()
    return flask.render_template(
        "ops/overview.html", now=now, runs=steward.state.runs(8), depth=depth, freshness=freshness(steward),
        waited=None if depth.oldest is None else now - depth.oldest, waiting=steward.inbox.waiting(10),
        letters=steward.state.dead_letters()[:50],
    )  # fmt: skip


@blueprint.get("/donor")
@needs_login
def donor() -> str:
    """What happened to one donor: events, rounds, runs, refusals, and what the org shows now."""
    asked = flask.request.args.get("id", "").strip()
    story: Story | None = None
    trouble = ""
    if asked:
        try:
            story = story_of(_steward(), asked)
        except InputError as error:
            trouble = str(error)
        except StewardError as error:
            trouble = f"The org could not be asked: {error.what}"
    return flask.render_template("ops/donor.html", asked=asked, story=story, trouble=trouble)


@blueprint.post("/replay")
@needs_login
def replay() -> Any:
    """Lets donors of dead letters wait again, or closes their letters."""
    steward = _steward()
    wanted = {int(one) for one in flask.request.form.getlist("letter") if one.isdigit() and len(one) < 10}
    letters = [one for one in steward.state.dead_letters() if one.letter_id in wanted and one.kind == "event"]
    donors = [one.donor_key for one in letters]
    if flask.request.form.get("do") == "discard":
        steward.inbox.discard(donors)
        steward.state.settle(donors, "discarded")
    else:
        steward.inbox.replay(donors)
        tasks: Tasks = flask.current_app.extensions["tasks"]
        tasks.ring()
    log.info("dead letters", client=flask.g.client_id, letters=len(letters), did=flask.request.form.get("do", "replay"))
    return flask.redirect(flask.url_for("ops.overview"), 303)


def _check_form() -> None:
    """The form must come from the page we gave to this session."""
    given, expected = flask.request.form.get("form", ""), flask.session.get("form", "")
    if not expected or not secrets.compare_digest(given.encode(), str(expected).encode()):
        raise Problem(403, "This form is too old.", "Load the page again, then send it.")


def _steward() -> Steward:
    found: Steward = flask.current_app.extensions["steward"]
    return found


def _guard() -> Guard:
    found: Guard = flask.current_app.extensions["guard"]
    return found


def _since(span: dt.timedelta | None) -> str:
    """`3 s`, `12 min`, `5 h`, `2 d`."""
    if span is None:
        return "–"
    seconds = max(0, int(span.total_seconds()))
    for limit, divisor, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds // divisor} {unit}"
    return f"{seconds // 86_400} d"


def _clock(moment: dt.datetime | None) -> str:
    return "–" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


FILTERS: dict[str, Callable[[Any], str]] = {"since": _since, "clock": _clock}


@blueprint.record_once
def filters(state: Any) -> None:
    state.app.jinja_env.filters.update(FILTERS)
