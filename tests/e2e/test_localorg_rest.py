"""The REST API over TLS as clients meet it: records, queries, describes, collections, composite, errors, limits."""

from __future__ import annotations

import gzip
import http.client
import json
from typing import Any

import pytest
from localorg_live import ADMIN, API, Client, LiveOrg
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceResourceNotFound

pytestmark = pytest.mark.e2e
PAGE = 2000


@pytest.fixture(scope="module")
def many(live_org: LiveOrg) -> int:
    """2,500 campaigns, more than one page."""
    csv = "Name\n" + "".join(f"Campaign {number:04d}\n" for number in range(2500))
    job = live_org.as_user().ingest(csv, object="Campaign", operation="insert")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2500, 0)
    return 2500


def error(answer: Any) -> tuple[int, str, str]:
    problems = answer.json()
    assert isinstance(problems, list)
    return answer.status_code, problems[0]["errorCode"], problems[0]["message"]


def test_versions_need_no_session_and_end_with_the_newest(live_org: LiveOrg) -> None:
    versions = live_org.anonymous().get("/services/data").json()
    assert versions[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}
    assert {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"} in versions


def test_retired_versions_are_gone_and_future_ones_do_not_exist(admin: Client) -> None:
    assert error(admin.get("/services/data/v30.0/limits"))[:2] == (410, "GONE")
    assert error(admin.get("/services/data/v99.0/limits"))[:2] == (404, "NOT_FOUND")
    assert admin.get("/services/data/v41.0/limits").status_code == 200


def test_a_record_lives_from_201_to_404(admin: Client) -> None:
    created = admin.post(f"{API}/sobjects/Account/", json={"Name": "Ada & Söhne 🎁"})
    record_id = created.json()["id"]
    assert (created.status_code, created.json()) == (201, {"id": record_id, "success": True, "errors": []})
    assert created.headers["Location"] == f"{API}/sobjects/Account/{record_id}"
    path = f"{API}/sobjects/Account/{record_id}"
    changed = admin.send("PATCH", path, json={"Phone": "12", "Name": "Ada"})
    assert (changed.status_code, changed.content) == (204, b"")
    read = admin.get(path + "?fields=Name,Phone").json()
    attributes = {"type": "Account", "url": path}
    assert read == {"attributes": attributes, "Name": "Ada", "Phone": "12", "Id": record_id}
    assert admin.send("DELETE", path).status_code == 204
    assert error(admin.get(path)) == (404, "ENTITY_IS_DELETED", "entity is deleted")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "message"),
    [
        ("POST", "/sobjects/PlayingCard__c", {"Name": "x"}, 404, "NOT_FOUND", "The requested resource does not exist"),
        ("POST", "/sobjects/Account", {"FavoritePet__c": 1}, 400, "INVALID_FIELD",
         "No such column 'FavoritePet__c' on sobject of type Account"),
        ("POST", "/sobjects/Contact", {"FirstName": "x"}, 400, "REQUIRED_FIELD_MISSING",
         "Required fields are missing: [LastName]"),
        ("GET", "/sobjects/Account/nothing", None, 404, "NOT_FOUND",
         "Provided external ID field does not exist or is not accessible: nothing"),
        ("GET", "/query?q=SELEKT+Name+FROM+Account", None, 400, "MALFORMED_QUERY", "unexpected token: SELEKT"),
        ("GET", "/query", None, 400, "MALFORMED_QUERY", "Missing or invalid 'q' parameter"),
        ("GET", "/nothing/here", None, 404, "NOT_FOUND", "The requested resource does not exist"),
    ],
)  # fmt: skip
def test_errors_are_the_platforms_json_array(
    admin: Client, method: str, path: str, body: Any, status: int, code: str, message: str
) -> None:
    assert error(admin.send(method, API + path, json=body)) == (status, code, message)


def test_an_update_with_an_id_of_another_object_is_a_malformed_id(admin: Client) -> None:
    account = admin.create("Account", Name="x")
    answer = admin.send("PATCH", f"{API}/sobjects/Contact/{account}", json={"LastName": "y"})
    assert error(answer) == (400, "MALFORMED_ID", f"Record ID: id value of incorrect type: {account}")


def test_a_record_that_is_gone_is_a_404_to_those_who_write_it(admin: Client) -> None:
    gone, never = admin.create("Account", Name="x"), "0018d0000099999AAA"
    admin.send("DELETE", f"{API}/sobjects/Account/{gone}")
    deleted = {"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}
    unknown = {"message": "invalid cross reference id", "errorCode": "INVALID_CROSS_REFERENCE_KEY"}
    for key, expected in ((gone, deleted), (never, unknown)):
        for method, body in (("DELETE", None), ("PATCH", {"Name": "y"})):
            answer = admin.send(method, f"{API}/sobjects/Account/{key}", json=body)
            assert (answer.status_code, answer.json()) == (404, [expected])
    parent = admin.post(f"{API}/sobjects/Account", json={"Name": "x", "ParentId": never})
    assert error(parent)[:2] == (400, "INVALID_CROSS_REFERENCE_KEY")


def test_a_wrong_column_is_marked_with_a_caret(admin: Client) -> None:
    answer = admin.get(f"{API}/query", params={"q": "SELECT Bacon__c FROM Account LIMIT 2"})
    status, code, message = error(answer)
    assert (status, code) == (400, "INVALID_FIELD")
    assert message.startswith(
        "\nSELECT Bacon__c FROM Account LIMIT 2\n       ^\nERROR at Row:1:Column:8\nNo such column 'Bacon__c' on entity"
    )


def test_bodies_that_are_no_json_are_refused(admin: Client) -> None:
    path, headers = f"{API}/sobjects/Account", {"Content-Type": "application/json"}
    assert error(admin.send("POST", path, data=b'{"Name": ', headers=headers))[:2] == (400, "JSON_PARSER_ERROR")
    assert error(admin.send("POST", path, data=b"[1]", headers=headers))[:2] == (400, "JSON_PARSER_ERROR")
    assert error(admin.send("POST", path, data=b"[" * 100_000, headers=headers))[:2] == (400, "JSON_PARSER_ERROR")
    assert error(admin.send("POST", path, data=b"x", headers={"Content-Type": "text/plain"}))[0] == 415


def test_a_wrong_method_says_which_are_allowed(admin: Client) -> None:
    status, code, message = error(admin.send("PUT", f"{API}/limits"))
    assert (status, code, message) == (405, "METHOD_NOT_ALLOWED", "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET")


def test_pages_follow_their_locator_and_can_be_read_again(admin: Client, many: int) -> None:
    first = admin.get(f"{API}/query/", params={"q": "SELECT Name FROM Campaign ORDER BY Name"}).json()
    assert (first["totalSize"], first["done"], len(first["records"])) == (many, False, PAGE)
    following = first["nextRecordsUrl"]
    assert following.endswith(f"-{PAGE}")
    for _ in range(2):
        second = admin.get(following).json()
        assert (second["totalSize"], second["done"], len(second["records"])) == (many, True, many - PAGE)
        assert second["records"][0]["Name"] == f"Campaign {PAGE:04d}"
        assert "nextRecordsUrl" not in second


def test_the_client_chooses_the_page_size_between_200_and_2000(admin: Client, many: int) -> None:
    params = {"q": "SELECT Name FROM Campaign"}
    sizes = {}
    for asked in (1, 200, 333, 5000):
        answer = admin.get(f"{API}/query", params=params, headers={"Sforce-Query-Options": f"batchSize={asked}"})
        sizes[asked] = len(answer.json()["records"])
    assert sizes == {1: 200, 200: 200, 333: 333, 5000: 2000}


def test_a_locator_belongs_to_the_user_who_asked(live_org: LiveOrg, admin: Client, many: int) -> None:
    following = admin.get(f"{API}/query", params={"q": "SELECT Name FROM Campaign"}).json()["nextRecordsUrl"]
    live_org.control().post("/localorg/user", json={"username": "second@steward.example"})
    stranger = live_org.as_user("second@steward.example")
    assert error(stranger.get(following)) == (400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    assert error(admin.get(f"{API}/query/01g8d0000000000AAA-2000"))[1] == "INVALID_QUERY_LOCATOR"
    assert error(admin.get(f"{API}/query/..%2F..-1"))[0] in (400, 404)


def test_deleted_records_are_seen_by_query_all_only(admin: Client) -> None:
    record_id = admin.create("Account", Name="Gone")
    admin.send("DELETE", f"{API}/sobjects/Account/{record_id}")
    soql = {"q": f"SELECT Id, IsDeleted FROM Account WHERE Id = '{record_id}'"}
    assert admin.get(f"{API}/query", params=soql).json()["totalSize"] == 0
    assert admin.get(f"{API}/queryAll/", params=soql).json()["records"][0]["IsDeleted"] is True


def test_upsert_by_external_id_creates_then_updates(admin: Client) -> None:
    path = f"{API}/sobjects/Account/Id"
    record_id = admin.create("Account", Name="before")
    updated = admin.send("PATCH", f"{path}/{record_id}", json={"Name": "after"})
    assert (updated.status_code, updated.json()["created"]) == (200, False)
    answer = admin.send("PATCH", f"{API}/sobjects/Account/Nothing__c/1", json={"Name": "x"})
    message = "Provided external ID field does not exist or is not accessible: Nothing__c"
    assert error(answer) == (404, "NOT_FOUND", message)
    contact = admin.create("Contact", LastName="x")
    path = f"{API}/sobjects/AI_Donor_Profile__c/Donor_Id__c"
    created = admin.send("PATCH", f"{path}/a+b%2Fc", json={"Contact__c": contact})
    assert (created.status_code, created.json()["created"]) == (201, True)
    assert admin.get(f"{path}/a+b%2Fc").json()["Donor_Id__c"] == "a+b/c"
    again = admin.send("PATCH", f"{path}/a+b%2Fc", json={"Affinity_Cluster__c": "Youth"})
    assert (again.status_code, again.json()) == (200, created.json() | {"created": False})
    assert error(admin.send("PATCH", f"{path}/none?updateOnly=true", json={}))[:2] == (404, "NOT_FOUND")
    named_twice = admin.send("PATCH", f"{path}/a+b%2Fc", json={"Donor_Id__c": "other"})
    assert error(named_twice)[:2] == (400, "INVALID_FIELD")
    assert admin.send("DELETE", f"{path}/a+b%2Fc").status_code == 204
    assert error(admin.get(f"{path}/a+b%2Fc"))[:2] == (404, "NOT_FOUND")


def test_describes_answer_304_until_something_changes(admin: Client) -> None:
    first = admin.get(f"{API}/sobjects/Contact/describe")
    assert {"fields", "childRelationships", "recordTypeInfos", "urls"} <= first.json().keys()
    assert first.json()["urls"]["sobject"] == f"{API}/sobjects/Contact"
    for header in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = admin.get(f"{API}/sobjects/Contact/describe", headers=header)
        assert (again.status_code, again.content) == (304, b"")
    old = {"If-Modified-Since": "Sat, 1 Jan 2000 00:00:01 GMT"}
    assert admin.get(f"{API}/sobjects/Contact/describe", headers=old).status_code == 200


def test_collections_keep_order_and_report_each_record(admin: Client) -> None:
    records = [
        {"attributes": {"type": "Contact"}, "LastName": "One"},
        {"attributes": {"type": "Contact"}, "FirstName": "nameless"},
        {"attributes": {"type": "Account"}, "Name": "Two"},
        {"attributes": {"type": "Nonsense__c"}, "Name": "Three"},
    ]
    answer = admin.post(f"{API}/composite/sobjects", json={"allOrNone": False, "records": records}).json()
    assert [result["success"] for result in answer] == [True, False, True, False]
    assert [result.get("id", "   ")[:3] for result in answer] == ["003", "   ", "001", "   "]
    assert answer[1]["errors"] == [{
        "statusCode": "REQUIRED_FIELD_MISSING",
        "message": "Required fields are missing: [LastName]",
        "fields": ["LastName"],
    }]  # fmt: skip


def test_all_or_none_undoes_every_type_of_record(admin: Client) -> None:
    before = admin.query("SELECT count(Id) total FROM Account")[0]["total"]
    records = [{"attributes": {"type": "Account"}, "Name": "Undone"}, {"attributes": {"type": "Contact"}}]
    answer = admin.post(f"{API}/composite/sobjects", json={"allOrNone": True, "records": records}).json()
    codes = [result["errors"][0]["statusCode"] for result in answer]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert admin.query("SELECT count(Id) total FROM Account")[0]["total"] == before


def test_collections_update_read_and_delete_by_ids(admin: Client) -> None:
    ids = [admin.create("Account", Name=f"Many {number}") for number in range(3)]
    changes = [{"attributes": {"type": "Account"}, "id": record_id, "Phone": record_id[-4:]} for record_id in ids]
    assert all(r["success"] for r in admin.send("PATCH", f"{API}/composite/sobjects", json={"records": changes}).json())
    asked = {"ids": [ids[2], "0018d0000099999AAA", ids[0]], "fields": ["Id", "Phone"]}
    read = admin.post(f"{API}/composite/sobjects/Account", json=asked).json()
    assert [record and record["Phone"] for record in read] == [ids[2][-4:], None, ids[0][-4:]]
    gone = admin.send("DELETE", f"{API}/composite/sobjects?ids={','.join(ids)}&allOrNone=true").json()
    assert gone == [{"id": record_id, "success": True, "errors": []} for record_id in ids]


def test_a_collection_takes_200_records(admin: Client) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": "x"}] * 201
    answer = admin.post(f"{API}/composite/sobjects", json={"records": records})
    assert (answer.status_code, len(answer.json())) == (400, 1)


def test_composite_uses_earlier_answers_and_marks_what_depended_on_a_failure(admin: Client) -> None:
    requests = [
        {"method": "POST", "url": f"{API}/sobjects/Account", "referenceId": "acme", "body": {"Name": "Acme"}},
        {"method": "POST", "url": f"{API}/sobjects/Contact", "referenceId": "ann",
         "body": {"LastName": "Ann", "AccountId": "@{acme.id}"}},
        {"method": "GET", "url": f"{API}/query?q=SELECT Account.Name FROM Contact WHERE Id = '@{{ann.id}}'",
         "referenceId": "read"},
        {"method": "POST", "url": f"{API}/sobjects/Nonsense__c", "referenceId": "bad", "body": {"Name": "x"}},
        {"method": "GET", "url": f"{API}/sobjects/Account/@{{bad.id}}", "referenceId": "after"},
    ]  # fmt: skip
    answer = admin.post(f"{API}/composite", json={"compositeRequest": requests}).json()["compositeResponse"]
    assert [part["httpStatusCode"] for part in answer] == [201, 201, 200, 404, 400]
    assert answer[2]["body"]["records"][0]["Account"]["Name"] == "Acme"
    assert answer[0]["httpHeaders"]["Location"].endswith(answer[0]["body"]["id"])
    assert answer[4]["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_composite_says_why_it_does_not_start(admin: Client) -> None:
    read = {"method": "GET", "url": f"{API}/limits"}
    many = [read | {"referenceId": f"r{number}"} for number in range(26)]
    [answer] = admin.post(f"{API}/composite", json={"compositeRequest": many}).json()["compositeResponse"]
    assert answer == {
        "body": [
            {"errorCode": "LIMIT_EXCEEDED", "message": "The request can’t contain more than 25 operations."}
        ],
        "httpHeaders": {}, "httpStatusCode": 400, "referenceId": None,
    }  # fmt: skip
    bad = admin.post(f"{API}/composite", json={"compositeRequest": [read | {"referenceId": "new[1]"}]})
    text = "must start with a letter or a number, and it can contain only letters, numbers and underscores ('_')."
    assert (bad.status_code, bad.json()) == (
        400, [{"message": f"Provided referenceId ('new[1]') {text}", "errorCode": "JSON_PARSER_ERROR"}],
    )  # fmt: skip


def test_collections_take_one_to_two_hundred_records(admin: Client) -> None:
    path = f"{API}/composite/sobjects"
    records = [{"attributes": {"type": "Account"}, "Name": "One too many"}] * 201
    message = "record limit reached. cannot submit more than 200 records into this call"
    assert admin.post(path, json={"records": records}).json() == [
        {"message": message, "errorCode": "EXCEEDED_ID_LIMIT"}
    ]
    none = admin.send("DELETE", f"{path}?ids=")
    assert (none.status_code, none.json()) == (
        400, [{"message": "At least 1 Id is required.", "errorCode": "REQUIRED_FIELD_MISSING"}],
    )  # fmt: skip


def test_composite_all_or_none_leaves_nothing_behind(admin: Client) -> None:
    requests = [
        {"method": "POST", "url": f"{API}/sobjects/Account", "referenceId": "a", "body": {"Name": "Half done"}},
        {"method": "POST", "url": f"{API}/sobjects/Contact", "referenceId": "b", "body": {"FirstName": "x"}},
    ]
    answer = admin.post(f"{API}/composite", json={"allOrNone": True, "compositeRequest": requests}).json()
    codes = [part["body"][0]["errorCode"] for part in answer["compositeResponse"]]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    assert admin.query("SELECT Id FROM Account WHERE Name = 'Half done'") == []


def test_each_graph_stands_or_falls_as_a_whole(admin: Client) -> None:
    def node(reference: str, sobject: str, **record: str) -> dict[str, Any]:
        return {"method": "POST", "url": f"{API}/sobjects/{sobject}", "referenceId": reference, "body": record}

    good = [node("a", "Account", Name="Graph good"), node("b", "Contact", LastName="x", AccountId="@{a.id}")]
    bad = [node("a", "Account", Name="Graph bad"), node("b", "Contact", FirstName="x")]
    given = {"graphs": [{"graphId": "1", "compositeRequest": good}, {"graphId": "2", "compositeRequest": bad}]}
    graphs = admin.post(f"{API}/composite/graph", json=given).json()["graphs"]
    assert [(graph["graphId"], graph["isSuccessful"]) for graph in graphs] == [("1", True), ("2", False)]
    assert [one["Name"] for one in admin.query("SELECT Name FROM Account WHERE Name LIKE 'Graph %'")] == ["Graph good"]


def test_batch_runs_each_request_by_itself(admin: Client) -> None:
    given = {"batchRequests": [{"method": "GET", "url": "v67.0/limits"}, {"method": "GET", "url": "v67.0/nothing"}]}
    answer = admin.post(f"{API}/composite/batch", json=given).json()
    assert [result["statusCode"] for result in answer["results"]] == [200, 404]
    assert answer["hasErrors"] is True


def test_two_leading_slashes_mean_one(live_org: LiveOrg, admin: Client) -> None:
    host = live_org.server.address
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=10)
    connection.request("GET", f"//{API[1:]}/limits", headers={"Authorization": f"Bearer {admin.token}"})
    assert connection.getresponse().status == 200
    connection.close()


def test_every_reply_tells_the_usage_and_the_limit_holds(live_org: LiveOrg, admin: Client) -> None:
    used, limit = map(
        int, admin.get(f"{API}/limits").headers["Sforce-Limit-Info"].removeprefix("api-usage=").split("/")
    )
    again = admin.get(f"{API}/nothing").headers["Sforce-Limit-Info"]
    assert again == f"api-usage={used + 1}/{limit}"
    live_org.control().post("/localorg/limit", json={"daily_api_calls": used + 2})
    try:
        assert admin.get(f"{API}/limits").status_code == 200
        assert error(admin.get(f"{API}/limits")) == (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    finally:
        live_org.control().post("/localorg/limit", json={"daily_api_calls": limit})


def test_record_counts_leave_empty_objects_out(admin: Client) -> None:
    admin.create("Account", Name="x")
    answer = admin.get(f"{API}/limits/recordCount?sObjects=Account,Lead,Nonsense").json()["sObjects"]
    assert [(one["name"], one["count"] > 0) for one in answer] == [("Account", True)]


def test_bodies_may_come_gzipped_and_in_chunks_on_one_connection(admin: Client) -> None:
    path, plain = f"{API}/sobjects/Account", {"Content-Type": "application/json"}
    body = json.dumps({"Name": "Packed é"}).encode()
    packed = admin.send("POST", path, data=gzip.compress(body), headers=plain | {"Content-Encoding": "gzip"})
    assert packed.status_code == 201
    for _ in range(3):
        chunked = admin.send("POST", path, data=iter([body[:5], body[5:]]), headers=plain)
        assert chunked.status_code == 201
    refused = admin.send("POST", f"{API}/nothing", data=iter([b"x" * 200_000] * 5), headers=plain)
    assert refused.status_code == 404
    assert len(admin.query("SELECT Id FROM Account WHERE Name = 'Packed é'")) == 4
    bad = admin.send("POST", path, data=b"not gzip", headers=plain | {"Content-Encoding": "gzip"})
    assert bad.status_code == 400


def test_large_replies_are_compressed_for_those_who_take_it(admin: Client) -> None:
    packed = admin.get(f"{API}/sobjects", headers={"Accept-Encoding": "gzip"})
    plain = admin.get(f"{API}/sobjects", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()


def test_plain_http_answers_the_same(live_org: LiveOrg, admin: Client) -> None:
    plain = Client(live_org.server.address.url, live_org.ca, admin.token)
    assert plain.get(f"{API}/sobjects").json() == admin.get(f"{API}/sobjects").json()


def test_the_log_names_routes_and_no_ids_or_values(live_org: LiveOrg, admin: Client) -> None:
    record_id = admin.create("Account", Name="Secret Donor")
    admin.get(f"{API}/sobjects/Account/{record_id}")
    admin.get(f"{API}/query", params={"q": "SELECT Id FROM Account WHERE Name = 'Secret Donor'"})
    logged = live_org.control().get("/localorg/logs").json()["requests"]
    assert logged[-1]["route"] == "/services/data/v<version>/query"
    text = (live_org.folder / "requests.jsonl").read_text()
    assert "Secret Donor" not in text and record_id not in text


def test_simple_salesforce_works_unmodified(live_org: LiveOrg, admin: Client) -> None:
    client = Salesforce(instance_url=live_org.url, session_id=admin.token, session=admin.http, version="67.0")
    created = client.Account.create({"Name": "By simple-salesforce"})
    client.Account.update(created["id"], {"Phone": "1"})
    assert client.Account.get(created["id"])["Phone"] == "1"
    assert client.query_all("SELECT Name FROM Account WHERE Phone = '1'")["totalSize"] == 1
    assert client.Account.describe()["name"] == "Account"
    assert client.limits()["DailyApiRequests"]["Max"] > 0
    client.Account.delete(created["id"])
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get(created["id"])
    assert client.restful("sobjects")["maxBatchSize"] == 200


def test_an_inactive_users_session_is_refused(live_org: LiveOrg, admin: Client) -> None:
    live_org.control().post("/localorg/user", json={"username": "leaver@steward.example"})
    leaver = live_org.as_user("leaver@steward.example")
    assert leaver.get(f"{API}/limits").status_code == 200
    user_id = admin.query("SELECT Id FROM User WHERE Username = 'leaver@steward.example'")[0]["Id"]
    assert admin.send("PATCH", f"{API}/sobjects/User/{user_id}", json={"IsActive": False}).status_code == 204
    assert leaver.get(f"{API}/query", params={"q": "SELECT Id FROM User"}).status_code == 401
    assert admin.get("/services/oauth2/userinfo").json()["preferred_username"] == ADMIN
