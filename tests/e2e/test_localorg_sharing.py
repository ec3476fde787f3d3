"""Organization-wide defaults by the org's control, and what then answers a user who owns nothing."""

from __future__ import annotations

from typing import Any

import pytest
from localorg_live import API, Client, LiveOrg

pytestmark = pytest.mark.e2e


@pytest.fixture
def officer(live_org: LiveOrg, admin: Client) -> Client:
    org = live_org.server.runtime.org
    user = org.create_user("officer@example.org")
    held = admin.create("PermissionSet", Name="Officer", Label="Officer")
    rights = {"PermissionsRead": True, "PermissionsEdit": True}
    for name in ("Account", "Contact", "Opportunity"):
        admin.create("ObjectPermissions", ParentId=held, SobjectType=name, **rights)
    field = {"SobjectType": "Opportunity", "Field": "Opportunity.Amount"}
    admin.create("FieldPermissions", ParentId=held, **field, **rights)
    org.assign_permission_set(user, "Officer")
    return live_org.as_user("officer@example.org")


def shared(live_org: LiveOrg, **models: str) -> Any:
    answer = live_org.control().post("/localorg/sharing", json=models)
    return answer.status_code, answer.json()


def test_private_gifts_answer_like_none_and_refuse_changes(live_org: LiveOrg, admin: Client, officer: Client) -> None:
    gift = {"Name": "Secret", "StageName": "Posted", "CloseDate": "2024-05-06", "Amount": 5}
    theirs = admin.create("Opportunity", **gift)
    assert len(officer.query("SELECT Id FROM Opportunity")) == 1
    assert shared(live_org, Opportunity="Private") == (200, {"Opportunity": "Private"})
    assert officer.query("SELECT Id FROM Opportunity") == []
    assert officer.get(f"{API}/sobjects/Opportunity/{theirs}").status_code == 404
    page = officer.get(f"{API}/ui-api/records/{theirs}", params={"fields": "Opportunity.Name"})
    assert (page.status_code, page.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    change = officer.send("PATCH", f"{API}/sobjects/Opportunity/{theirs}", json={"Amount": 6})
    assert change.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    assert shared(live_org, Opportunity="Read")[0] == 200
    change = officer.send("PATCH", f"{API}/sobjects/Opportunity/{theirs}", json={"Amount": 6})
    assert change.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_a_default_that_is_none_is_refused(live_org: LiveOrg) -> None:
    status, body = shared(live_org, Opportunity="Secret")
    assert (status, body[0]["errorCode"]) == (400, "INVALID_INPUT")
