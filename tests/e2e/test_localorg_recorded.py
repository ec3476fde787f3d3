"""Replies recorded from real orgs against what the local org answers: status, error code and shape."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from localorg_live import Client, LiveOrg

pytestmark = pytest.mark.e2e
RECORDED = Path(__file__).parents[3] / "shared" / "corpora" / "recorded_exchanges.jsonl"
SALESFORCE_ID = re.compile(r"(?<![0-9A-Za-z])[0-9a-zA-Z]{15}(?:[0-9A-Za-z]{3})?(?![0-9A-Za-z])")
OBJECTS = re.compile(
    r"/sobjects/(\w+)|from[+ ](\w+)|%20FROM%20(\w+)|\"type\": ?\"(\w+)\"|sObjects=(\w+)", re.IGNORECASE
)
FAMILIES = re.compile(r"/services/data/v[^/]+/(query|sobjects|composite|limits)")
MARKED = {"Account", "Contact", "Opportunity", "Lead", "Case", "OpportunityContactRole", "Organization"}


def exchanges() -> list[dict[str, Any]]:
    if not RECORDED.exists():
        return []
    with RECORDED.open(encoding="utf-8") as lines:
        return [found for line in lines if comparable(found := prepared(json.loads(line)))]


def prepared(found: dict[str, Any]) -> dict[str, Any]:
    path = re.sub(r"^https?://[^/]+", "", found["uri"]).replace("vxx.0", "v62.0")
    return found | {"path": path, "body": (found["request_body"] or "").replace("vxx.0", "v62.0")}


def comparable(found: dict[str, Any]) -> bool:
    """REST calls on objects of this schema that name no record of the other org, answered by Salesforce itself."""
    text = found["path"] + found["body"]
    names = {name for groups in OBJECTS.findall(text) for name in groups if name}
    return (
        FAMILIES.match(found["path"]) is not None
        and found["status"] != 401
        and (found["response_body"] or "")[:1] in ("{", "[")
        and not any(re.search(r"\d", match) for match in SALESFORCE_ID.findall(text))
        and (names <= MARKED or found["status"] == 404)
        and "CleanStatus" not in text  # Data.com's field, gone from the platform
    )


def shape(value: Any) -> Any:
    """Names and kinds, with the values left out; a list is what its first element is."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "text" if isinstance(value, str) else type(value).__name__


def agree(recorded: Any, answered: Any) -> bool:
    """Same names throughout, as far as both have something to show; other data may make lists empty and values null."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        optional = {"nextRecordsUrl"}
        same = recorded.keys() - optional == answered.keys() - optional
        return same and all(agree(recorded[name], answered[name]) for name in recorded.keys() & answered.keys())
    if isinstance(recorded, list) and isinstance(answered, list):
        return not recorded or not answered or agree(recorded[0], answered[0])
    return True


def codes(body: Any) -> list[Any]:
    return [problem.get("errorCode") for problem in body] if isinstance(body, list) else []


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded replies are not beside this repository")
def test_replies_agree_with_those_recorded_from_real_orgs(live_org: LiveOrg, admin: Client) -> None:
    differing = []
    compared = exchanges()
    assert len(compared) >= 15
    for found in compared:
        body = found["body"].encode() or None
        headers = {"Content-Type": "application/json"} if body else {}
        answer = admin.send(found["method"], found["path"], data=body, headers=headers)
        recorded = json.loads(found["response_body"])
        described = "/describe" in found["path"]  # describes grow with every release
        same = answer.status_code == found["status"] and codes(recorded) == codes(answer.json())
        if not same or not (described or agree(shape(recorded), shape(answer.json()))):
            differing.append(f"{found['method']} {found['path']}: {found['status']} became {answer.status_code}")
    assert len(differing) <= 0.03 * len(compared), "\n".join(differing)
