"""What the gateway knows of an org: described in few calls, counted, forecast."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from steward.errors import AccessError
from steward.salesforce import access, doctor, forecasts
from steward.salesforce.client import Gateway
from steward.salesforce.terms import Need
from steward.salesforce.transport import Meter


def _describe(*fields: str) -> dict[str, Any]:
    return {"fields": [{"name": name, "type": "string", "createable": True, "updateable": True} for name in fields]}


def _global(org: responses.RequestsMock, data: str, *names: str) -> None:
    org.add("GET", f"{data}/sobjects", json={"sobjects": [{"name": name} for name in ("npe01__OppPayment__c", *names)]})


def _composite(org: responses.RequestsMock, data: str, answer: Callable[[str], tuple[int, Any]]) -> list[int]:
    sizes: list[int] = []

    def play(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked = json.loads(request.body or b"{}")["compositeRequest"]
        sizes.append(len(asked))
        parts = [dict(zip(("httpStatusCode", "body"), answer(one["url"]), strict=True)) for one in asked]
        return 200, {"Content-Type": "application/json"}, json.dumps({"compositeResponse": parts})

    org.add_callback("POST", f"{data}/composite", play)
    return sizes


def test_objects_are_described_together_once(org: responses.RequestsMock, gateway: Gateway, data: str) -> None:
    names = [f"X{number}" for number in range(30)]
    _global(org, data, *names)
    sizes = _composite(org, data, lambda url: (200, _describe("Id", url.split("/")[-2])))
    gateway.describe_all([*names, "Hidden"])
    assert list(gateway.fields("X7")) == ["Id", "X7"]
    assert gateway.fields("Hidden") == {}
    assert sizes == [25, 5]
    assert gateway.meter.calls == 3


def test_an_org_without_composite_is_asked_one_by_one(
    org: responses.RequestsMock, gateway: Gateway, data: str, refuses: Callable[..., dict[str, Any]]
) -> None:
    _global(org, data, "A", "B")
    org.add("POST", f"{data}/composite", **refuses("NOT_FOUND", "The requested resource does not exist", 404))
    for name in ("A", "B"):
        org.add("GET", f"{data}/sobjects/{name}/describe", json=_describe("Id"))
    gateway.describe_all(["A", "B"])
    assert list(gateway.fields("B")) == ["Id"]


def test_a_part_refused_inside_a_composite_answer_is_asked_for_alone(
    org: responses.RequestsMock, gateway: Gateway, data: str, refuses: Callable[..., dict[str, Any]]
) -> None:
    _global(org, data)
    part = [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "locked"}]
    _composite(org, data, lambda url: (400, part) if url.endswith("FROM%20B") else (200, {"totalSize": 1}))
    org.add("GET", f"{data}/queryAll?q=SELECT%20COUNT%28%29%20FROM%20B", json={"totalSize": 2})
    queries = [("SELECT COUNT() FROM A", False), ("SELECT COUNT() FROM B", True)]
    assert gateway.counts(queries) == [1, 2]
    org.replace("GET", f"{data}/queryAll?q=SELECT%20COUNT%28%29%20FROM%20B", **refuses("INVALID_TYPE", "not supported"))
    with pytest.raises(AccessError, match="not supported"):
        gateway.counts(queries)


def test_counts_go_five_at_a_time_to_the_right_endpoint(
    org: responses.RequestsMock, gateway: Gateway, data: str
) -> None:
    _global(org, data)
    sizes = _composite(org, data, lambda url: (200, {"totalSize": 7 if "/queryAll?" in url else 3}))
    assert gateway.counts([("SELECT COUNT() FROM A", number == 5) for number in range(6)]) == [3, 3, 3, 3, 3, 7]
    assert sizes == [5, 1]


def test_a_grant_is_said_in_the_words_of_setup() -> None:
    assert access.grant(Need("Contact", create=True, edit=True, why="w")) == "Object Contact: Read, Create, Edit (w)"
    assert access.grant(Need("Contact", "AI_X__c", edit=True, why="w")) == "Field Contact.AI_X__c: Edit (w)"
    assert access.grant(Need("S__c", setting=True)) == "Custom Setting Definitions: S__c"


def test_an_ordinary_night_of_a_large_charity_is_forecast_below_a_hundred_calls() -> None:
    large = {
        "contacts": 100_000,
        "accounts": 60_000,
        "opportunities": 1_000_000,
        "contact_roles": 1_500_000,
        "payments": 1_000_000,
    }
    plan = forecasts.forecast(large | {f"small {number}": 5_000 for number in range(10)})
    assert plan.ordinary_night < 100
    assert plan.first_night < 180  # five uploads of the profiles, which the platform takes by 100 MB
    assert plan.storage_mb == 196
    assert 700 < plan.first_megabytes < 2_000
    assert 330 < plan.ordinary_megabytes < 400  # every profile is read back


def test_a_line_that_is_too_thin_for_a_first_night_is_said_before_it(gateway: Gateway) -> None:
    plan = forecasts.forecast({"contacts": 100_000})
    fits, told = doctor._bytes(plan, Meter(byte_budget=10**12)), doctor._bytes(plan, Meter(byte_budget=10**7))
    assert (fits.level, told.level) == (doctor.Level.FINE, doctor.Level.WARNING)
    assert "the cap is 10 MB" in told.what
    assert "STEWARD_MEGABYTE_BUDGET" in told.todo


def test_the_check_up_ends_where_the_connection_does(org: responses.RequestsMock, gateway: Gateway) -> None:
    from datetime import UTC, datetime

    org.add("GET", "https://org.example/services/data", json=[{"version": "40.0"}, {"version": "58.0"}])
    found = doctor.examine(gateway, datetime(2026, 9, 21, tzinfo=UTC))
    versions = [one for one in found if one.topic == "version"]
    assert [one.level for one in versions] == [doctor.Level.PROBLEM]
    assert "58.0" in versions[0].todo
