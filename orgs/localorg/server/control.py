"""The local org's own controls under /localorg: not Salesforce's, and open only to the holder of the admin token.

Each verb is a function of the runtime and a JSON object, so that the command line can run it in a running org over HTTP
or, when none runs, on the folder itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from localorg.apex.callouts import shown
from localorg.automation import handlers, nightly
from localorg.engine import MINIMUM_PROFILE
from localorg.errors import ApiError, NotFound
from localorg.server.faults import KINDS, Rule, mix
from localorg.server.http import Call, Reply
from localorg.server.routing import Access, Routes
from localorg.server.runtime import Runtime

Given = dict[str, Any]
Verb = Callable[[Runtime, Given], Any]
VERBS: dict[str, Verb] = {}
routes = Routes("/localorg", Access.ADMIN)
DURATION = re.compile(r"([+-]?)(\d+)([smhdw])$")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def verb(function: Verb) -> Verb:
    VERBS[function.__name__] = function
    return function


@routes.on("POST", "/<name>")
def run(call: Call, name: str) -> Reply:
    found = VERBS.get(name)
    if found is None:
        raise NotFound("NOT_FOUND", f"No control {name!r}; known are {', '.join(sorted(VERBS))}")
    return Reply(found(call.runtime, call.json() or {}))


@routes.on("GET", "/status")
def show_status(call: Call) -> Reply:
    return Reply(status(call.runtime, {}))


@routes.on("GET", "/logs")
def show_logs(call: Call) -> Reply:
    return Reply(logs(call.runtime, {"count": call.query.get("count", "100")}))


@routes.on("GET", "/faults")
def show_faults(call: Call) -> Reply:
    return Reply({"rules": call.runtime.faults.shown(), "kinds": KINDS})


@routes.on("DELETE", "/faults")
def clear_faults(call: Call) -> Reply:
    return Reply({"removed": call.runtime.faults.clear()})


@routes.on("DELETE", "/faults/<int:rule_id>")
def clear_fault(call: Call, rule_id: int) -> Reply:
    return Reply({"removed": call.runtime.faults.clear(rule_id)})


@verb
def status(runtime: Runtime, given: Given) -> Any:
    return {
        "organization_id": runtime.org_id,
        "now": runtime.org.clock.now().isoformat(timespec="seconds"),
        "travelling": bool(runtime.org.clock.offset),
        "objects": sum(1 for _ in runtime.org.schema),
        "records": runtime.org.record_counts(),
        "api_calls": {"used": runtime.usage.used, "limit": runtime.usage.limit},
        "clients": [{"client_id": c.client_id, "name": c.name, "run_as": c.run_as} for c in runtime.accounts.clients()],
        "faults": runtime.faults.shown(),
        "session_seconds": runtime.accounts.session_seconds,
    }


@verb
def deploy(runtime: Runtime, given: Given) -> Any:
    """Deploy a folder of source-format metadata, its Apex compiled; raises DeployError with component, line and problem."""
    folder = Path(needed(given, "folder"))
    if not folder.is_dir():
        raise ApiError("INVALID_INPUT", f"There is no folder {folder}")
    return runtime.org.deploy(folder, compile_apex=True)


@verb
def assign(runtime: Runtime, given: Given) -> Any:
    """Assign a permission set; assigning it again changes nothing."""
    user_id = known_user(runtime, needed(given, "username"))
    name = needed(given, "permission_set")
    runtime.org.assign_permission_set(user_id, name)
    return {"user_id": user_id, "permission_set": name}


@verb
def user(runtime: Runtime, given: Given) -> Any:
    """Create a user, or give an existing one a new password."""
    username = needed(given, "username")
    found = runtime.find_user(username)
    user_id = found.id if found else runtime.org.create_user(username, profile=given.get("profile") or MINIMUM_PROFILE)
    if given.get("password"):
        runtime.accounts.set_password(user_id, given["password"])
    return {"user_id": user_id, "created": found is None}


@verb
def client(runtime: Runtime, given: Given) -> Any:
    """Register an external client app: its run-as user and, for JWT bearer, its certificate in PEM."""
    run_as = known_user(runtime, needed(given, "run_as"))
    made, secret = runtime.accounts.create_client(needed(given, "name"), run_as, given.get("certificate"))
    return {"client_id": made.client_id, "client_secret": secret, "run_as": run_as}


@verb
def reset(runtime: Runtime, given: Given) -> Any:
    """Remove every record that was loaded; schema, users, permission sets and clients stay."""
    runtime.org.clear_records()
    runtime.jobs.clear()
    runtime.cursors.clear()
    runtime.usage.reset()
    runtime.faults.clear()
    return {"reset": True}


@verb
def clock(runtime: Runtime, given: Given) -> Any:
    """`to` a moment (ISO 8601), by a duration (`30d`, `-2h`), or back to real time with `now`."""
    if given.get("now"):
        moment = datetime.now(UTC)
    elif "by" in given:
        moment = runtime.org.clock.now() + duration(str(given["by"]))
    else:
        moment = instant(needed(given, "to"))
    runtime.org.travel_to(moment)
    return {"now": runtime.org.clock.now().isoformat(timespec="seconds")}


@verb
def npsp(runtime: Runtime, given: Given) -> Any:
    """NPSP's automation: `handlers`, also for `bulk` loads, and the `nightly` batch on or off; `run` it now."""
    org, reply = runtime.org, {}
    if "handlers" in given:
        handlers.switch(org.store, org.clock.stamp(), on=bool(given["handlers"]))
    if "bulk" in given:
        handlers.use_in_bulk(org.store, on=bool(given["bulk"]))
    if "nightly" in given:
        nightly.schedule(org, on=bool(given["nightly"]))
    if given.get("run"):
        reply = {"changed": org.run_npsp_batch()}
    switches = {"bulk": handlers.in_bulk(org.store), "nightly": nightly.scheduled(org)}
    return reply | {"handlers": handlers.state(org.store)} | switches


@verb
def sharing(runtime: Runtime, given: Given) -> Any:
    """Organization-wide defaults by object, such as {"Opportunity": "Private"}."""
    for name, model in given.items():
        runtime.org.set_sharing(name, str(model))
    return {one.name: one.sharing for one in runtime.org.schema if one.name in given}


@verb
def faults(runtime: Runtime, given: Given) -> Any:
    """Add one rule, a list of them under `rules`, or a `mix` of all kinds by its `seed` and `share`."""
    rules = given.get("rules", [given])
    if "mix" in given:
        rules = mix(int(given["mix"].get("seed", 0)), float(given["mix"].get("share", 0.02)))
    return {"added": [runtime.faults.add(Rule.of(rule)).id for rule in rules]}


@verb
def sessions(runtime: Runtime, given: Given) -> Any:
    """End every session (`expire`), or set how long new ones live (`seconds`)."""
    if "seconds" in given:
        runtime.accounts.set_session_seconds(float(given["seconds"]))
    ended = runtime.accounts.close_all_sessions() if given.get("expire") else 0
    return {"ended": ended, "session_seconds": runtime.accounts.session_seconds}


@verb
def credential(runtime: Runtime, given: Given) -> Any:
    """What Setup holds for a named credential: `url`, `token_url`, `scope`, `client_id`, `client_secret`, `ca`; or a `host` to allow."""
    callouts = runtime.org.apex.callouts
    if "host" in given:
        callouts.allow(str(given["host"]))
    if "name" not in given:
        return {"allowed": given.get("host")}
    entered = {name: str(value) for name, value in given.items() if name not in ("name", "host") and value}
    return shown(callouts.set_up(str(given["name"]), entered))


@verb
def session(runtime: Runtime, given: Given) -> Any:
    """Open a session of a user, as a tool on this machine acts for them."""
    user_id = known_user(runtime, needed(given, "username"))
    opened = runtime.accounts.open_session(runtime.org_id, user_id, None)
    return {
        "access_token": opened.token,
        "organization_id": runtime.org_id,
        "user_id": user_id,
        "username": given["username"],
        "apex": runtime.org.apex.available and runtime.org.schema.get("CronTrigger") is not None,
    }


@verb
def limit(runtime: Runtime, given: Given) -> Any:
    """The daily limits of calls and of query jobs, and whether the calls used so far are forgotten."""
    if "daily_query_jobs" in given:
        runtime.state.set("daily_query_jobs", int(given["daily_query_jobs"]))
    if "daily_api_calls" in given:
        runtime.usage.set_limit(int(given["daily_api_calls"]))
    if given.get("forget"):
        runtime.usage.reset()
    return {"used": runtime.usage.used, "limit": runtime.usage.limit}


@verb
def logs(runtime: Runtime, given: Given) -> Any:
    return {"requests": runtime.log.recent(int(given.get("count", 100)))}


@verb
def stop(runtime: Runtime, given: Given) -> Any:
    runtime.stop()
    return {"stopping": True}


def needed(given: Given, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError("INVALID_INPUT", f"{name} is required")
    return value


def known_user(runtime: Runtime, username: str) -> str:
    found = runtime.find_user(username)
    if found is None:
        raise NotFound("NOT_FOUND", f"There is no active user {username}")
    return found.id


def duration(text: str) -> timedelta:
    found = DURATION.match(text)
    if found is None:
        raise ApiError("INVALID_INPUT", f"A duration is a number and a unit (s, m, h, d, w), such as 30d, not {text!r}")
    sign, number, unit = found.groups()
    return timedelta(**{UNITS[unit]: int(number)}) * (-1 if sign == "-" else 1)


def instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ApiError("INVALID_INPUT", f"A moment is written like 2027-01-31T09:00:00Z, not {text!r}") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
