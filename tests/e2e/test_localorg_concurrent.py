"""Eight clients at once, each with its own connection: everybody is answered, nothing is lost, nothing is locked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from localorg_live import API, LiveOrg

pytestmark = pytest.mark.e2e
CLIENTS, ROUNDS, ROWS = 8, 6, 250


def work(org: LiveOrg, number: int) -> list[requests.Response]:
    """One client's day: records of its own, an upload, queries of what all clients write, and a Bulk query."""
    client, answers = org.as_user(), []
    name = f"Client {number}"
    for turn in range(ROUNDS):
        made = client.post(f"{API}/sobjects/Account", json={"Name": f"{name} home {turn}"})
        record = {"LastName": f"{name} donor {turn}", "AccountId": made.json()["id"]}
        answers += [made, client.post(f"{API}/sobjects/Contact", json=record)]
        answers.append(client.get(f"{API}/query", params={"q": "SELECT Id, Account.Name FROM Contact ORDER BY Name"}))
        records: list[Any] = [{"attributes": {"type": "Contact"}, "LastName": f"{name} {one}"} for one in range(20)]
        answers.append(client.post(f"{API}/composite/sobjects", json={"allOrNone": True, "records": records}))
        answers.append(client.send("PATCH", f"{API}/sobjects/Account/{made.json()['id']}", json={"Phone": str(turn)}))
    rows = "".join(f"{name} bulk {row}\n" for row in range(ROWS))
    job = client.ingest(f"LastName\n{rows}", object="Contact", operation="insert")
    assert (job["state"], job["numberRecordsFailed"]) == ("JobComplete", 0)
    soql = f"SELECT Id, LastName FROM Contact WHERE LastName LIKE '{name} bulk %'"
    query = client.post(f"{API}/jobs/query", json={"operation": "query", "query": soql})
    found = client.finished("query", query.json()["id"])
    assert found["numberRecordsProcessed"] == ROWS
    return [*answers, query]


def test_eight_clients_read_and_write_at_once(live_org: LiveOrg) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [one for done in pool.map(lambda number: work(live_org, number), range(CLIENTS)) for one in done]
    refused = [one.text for one in answers if not one.ok]
    assert refused == []
    assert len(answers) == CLIENTS * (ROUNDS * 5 + 1)
    admin = live_org.as_user()
    counted = admin.query("SELECT COUNT(Id) n FROM Contact WHERE LastName LIKE 'Client %'")[0]["n"]
    assert counted == CLIENTS * (ROUNDS * 21 + ROWS)
    assert admin.query("SELECT COUNT(Id) n FROM Account WHERE Phone != null")[0]["n"] == CLIENTS * ROUNDS
