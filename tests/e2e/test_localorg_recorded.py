"""What real orgs answered, against what the local org answers: status, error code and shape of each exchange."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from localorg_live import API, Client, LiveOrg
from recorded_kit import Exchange, Player, cassette, exchange

pytestmark = pytest.mark.e2e
REPOSITORY = Path(__file__).parents[2]
RECORDED = REPOSITORY.parent / "shared" / "corpora" / "recorded_exchanges.jsonl"
CASSETTES = REPOSITORY / ".venv-cci" / "lib" / "python3.11" / "site-packages" / "cumulusci"
OBJECTS = re.compile(
    r"/sobjects/(\w+)|from[+ ](\w+)|%20FROM%20(\w+)|\"type\": ?\"(\w+)\"|sObjects=(\w+)", re.IGNORECASE
)
AGREEMENT = 0.97


def comparable(found: dict[str, Any], schema: set[str]) -> Exchange | None:
    """REST calls on objects of this schema that name no record of the other org, answered by Salesforce itself."""
    one = exchange(found["method"], found["uri"], found["request_body"], found["status"], found["response_body"])
    names = {name.lower() for groups in OBJECTS.findall(one.path + one.body) for name in groups if name}
    served = re.match(r"/services/data/v[^/]+/(query|sobjects|composite|limits|connect)", one.path)
    here = names <= schema or one.status == 404
    return one if served and one.status != 401 and one.reply[:1] in ("{", "[") and here else None


def assert_agreement(compared: int, differing: list[str]) -> None:
    print(f"{compared - len(differing)} of {compared} recorded exchanges agree")
    assert len(differing) <= (1 - AGREEMENT) * compared, "\n".join(differing)


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded replies are not beside this repository")
def test_replies_agree_with_those_recorded_from_real_orgs(live_org: LiveOrg, admin: Client) -> None:
    schema = {one.name.lower() for one in live_org.server.runtime.org.schema}
    lines = RECORDED.read_text(encoding="utf-8").splitlines()
    player = Player(live_org, admin)
    found = [one for line in lines if (one := comparable(json.loads(line), schema)) and not player.foreign(one)]
    assert len(found) >= 15
    differing = [f"{one.method} {one.path}: {said}" for one in found if (said := player.play(one))]
    assert_agreement(len(found), differing)


def sessions(org: LiveOrg) -> tuple[int, list[str]]:
    """How many exchanges of CumulusCI's recorded sessions could be compared, and which differ.

    A session goes in its order: later requests name what earlier ones made. Left out are cassettes edited by hand,
    records and objects of that org alone, and a request that was noted twice with different replies.
    """
    compared, differing = 0, []
    for file in sorted(one for one in CASSETTES.rglob("*cassettes/*.yaml") if "ManualEdit" not in one.name):
        player = Player(org, org.as_user(), {"00D0xORGID00000000": org.server.runtime.org_id})
        seen: dict[tuple[str, str, str], int] = {}
        for one in cassette(file):
            first = seen.setdefault((one.method, one.path, one.body), one.status)
            if player.foreign(one) or "Custom__c" in one.path or first != one.status:
                continue
            compared += 1
            if said := player.play(one):
                differing.append(f"{file.stem}: {one.method} {one.path}: {said}")
    return compared, differing


def descriptions(org: LiveOrg) -> tuple[int, list[str]]:
    """How many attributes of fields were compared with the descriptions that CumulusCI's tests share, and which differ.

    Left out: what an administrator may choose (labels, help, values) and fields of features that are not here.
    """
    compared, differing = 0, []
    for file in sorted((CASSETTES / "tests" / "shared_cassettes").glob("GET_sobjects_*_describe.yaml")):
        for one in cassette(file):
            real = json.loads(one.reply) if one.reply.startswith("{") else {}
            name = real.get("name", "")
            if "fields" not in real or org.server.runtime.org.schema.get(name) is None:
                continue
            here = org.as_user().get(f"{API}/sobjects/{name}/describe").json()["fields"]
            known = {field["name"]: field for field in here}
            for field in (field for field in real["fields"] if field["name"] in known):
                for key in field.keys() - {"label", "inlineHelpText", "picklistValues", "defaultValue"}:
                    compared += 1
                    if (mine := known[field["name"]].get(key)) != field[key]:
                        differing.append(f"{name}.{field['name']}: {key} {field[key]} became {mine}")
    return compared, differing


@pytest.mark.skipif(not CASSETTES.exists(), reason="CumulusCI, whose recordings are played here, is not in .venv-cci")
def test_fields_are_described_as_a_real_org_described_them(live_org: LiveOrg) -> None:
    compared, differing = descriptions(live_org)
    assert compared > 15_000
    assert len(differing) < 0.008 * compared, "\n".join(differing)


@pytest.mark.skipif(not CASSETTES.exists(), reason="CumulusCI, whose recordings are played here, is not in .venv-cci")
def test_sessions_recorded_by_cumulusci_go_the_same_way(live_org: LiveOrg) -> None:
    """Bulk API v1 among them."""
    compared, differing = sessions(live_org)
    assert compared >= 150
    assert_agreement(compared, differing)
