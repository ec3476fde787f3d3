"""Nonsense at every door of the local org: whatever is sent, it answers in the platform's form and never breaks."""

from __future__ import annotations

import io
import json
import pathlib
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from localorg.server.app import Application
from localorg.server.families import FAMILIES
from localorg.server.http import HangUpError
from localorg.server.routing import Access
from localorg.server.runtime import Runtime

SLOW_SECONDS = 5.0  # of processor, so that a busy machine is no failure; waiting without end is the runner's to notice
PATHS = sorted({
    (method, route.path) for family in FAMILIES for route in family.routes for method in route.methods
    if route.access is not Access.ADMIN
})  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LINE = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20)  # what a header can hold
NAMES = st.sampled_from([
    "Contact", "Account", "Opportunity", "AI__c", "npsp__Allocation__c", "LastName", "Name", "Id", "Amount", "query",
    "0015500001QdRaYAAV", "750P0000006HoSBIA0", "67.0", "62.0", "31.0", "999.0", "..", "%2e%2e", "\x00", "a/../../b", "",
])  # fmt: skip
ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT, NAMES),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(NAMES, TEXT), inner, max_size=4)),
    max_leaves=12,
)
KEYS = st.sampled_from([
    "operation", "object", "contentType", "query", "records", "allOrNone", "compositeRequest", "batchRequests", "graphs",
    "method", "url", "referenceId", "body", "attributes", "type", "Id", "LastName", "Name", "externalIdFieldName", "state",
    "lineEnding", "columnDelimiter", "ids", "fields", "graphId", "httpHeaders", "AccountId", "concurrencyMode",
])  # fmt: skip
VALUES = st.sampled_from([
    "insert", "upsert", "update", "delete", "query", "Contact", "Account", "CSV", "XML", "JSON", "UploadComplete", "Closed",
    "Aborted", "SELECT Id FROM Contact", "GET", "POST", "PATCH", "/services/data/v67.0/sobjects/Contact",
    "/services/data/v67.0/query?q=SELECT Id FROM Account", "a", "@{a.id}", "@{a[0].id", True, [], {}, None, 1e400,
])  # fmt: skip
OBJECTS = st.recursive(
    st.one_of(VALUES, ANY), lambda inner: st.one_of(st.dictionaries(KEYS, inner, max_size=6), st.lists(inner, max_size=3)),
    max_leaves=20,
)  # fmt: skip
XML = st.lists(
    st.sampled_from([
        "<jobInfo>", "</jobInfo>", '<jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload">', "<operation>",
        "insert", "</operation>", "<object>", "Contact", "</object>", "<state>", "Closed", "</state>", "<contentType>",
        "CSV", "</contentType>", "&lt;", "&#0;", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "<![CDATA[", "]]>", "<?xml?>",
        "<sObjects>", "<sObject>", "</sObject>", "</sObjects>", "<login>", "</login>", "\x00", "é", "<a b='c'/>",
    ]),
    max_size=16,
).map("".join)  # fmt: skip
CSV = st.lists(
    st.sampled_from([
        "LastName", "Id", "Name", ",", "\n", "\r\n", '"', '""', "#N/A", "é", "\x00", ";", "\t", "\ufeff", "Account.Name",
        "0015500001QdRaYAAV", "\r", " ",
    ]),
    max_size=30,
).map("".join)  # fmt: skip
MULTIPART = TEXT.map(lambda text: f'--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n{{}}{text}\r\n--b--')
BODIES: st.SearchStrategy[tuple[str, bytes]] = st.one_of(
    st.tuples(st.just("application/json"), OBJECTS.map(lambda one: json.dumps(one).encode())),
    st.tuples(st.just("application/json"), st.binary(max_size=60)),
    st.tuples(st.sampled_from(["application/xml", "text/xml"]), XML.map(str.encode)),
    st.tuples(st.just("text/csv"), CSV.map(str.encode)),
    st.tuples(st.just("text/csv"), st.binary(max_size=60)),
    st.tuples(st.just("multipart/form-data; boundary=b"), MULTIPART.map(str.encode)),
    st.tuples(st.just("application/x-www-form-urlencoded"), st.binary(max_size=60)),
    st.tuples(LINE, st.binary(max_size=20)),
)
SOSL = st.lists(
    st.sampled_from([
        "FIND {", "}", "Lin*", "den ", " AND ", " OR ", " NOT ", "(", ")", '"', "\\", " IN NAME FIELDS", " RETURNING ",
        "Contact", "Account(Id", " WHERE Name != 'a'", " ORDER BY Id", ", ", " LIMIT 1", " OFFSET 9", "?", "'", "é",
    ]),
    max_size=14,
).map("".join)  # fmt: skip
QUERIES = st.dictionaries(
    st.sampled_from([
        "q", "ids", "fields", "locator", "maxRecords", "start", "end", "sObjects", "queryLocator", "batchSize", "explain",
        "sobject", "in", "Contact.fields", "Contact.limit", "limit", "offset",
    ]),
    st.one_of(TEXT, NAMES, SOSL, st.sampled_from(["SELECT Id FROM Contact", "2026-01-01T00:00:00Z", "-1", "MDow"])),
    max_size=3,
)  # fmt: skip
HEADERS = st.fixed_dictionaries({}, optional={
    "HTTP_CONTENT_ENCODING": st.sampled_from(["gzip", "br"]),
    "HTTP_ACCEPT": st.sampled_from(["application/xml", "text/csv", "*/*"]),
    "HTTP_ACCEPT_ENCODING": st.just("gzip"),
    "HTTP_SFORCE_QUERY_OPTIONS": st.sampled_from(["batchSize=1", "batchSize=99999999999999999999"]),
    "HTTP_IF_MODIFIED_SINCE": LINE,
    "HTTP_SFORCE_CALL_OPTIONS": st.just("client=x"),
})  # fmt: skip


class Door:
    """The application as a web server would call it, logged in as the administrator."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.runtime = Runtime(folder)
        self.application = Application(self.runtime)
        user = self.runtime.org.administrator().user
        self.token = self.runtime.accounts.open_session(self.runtime.org_id, user.id, None).token

    def knock(self, method: str, path: str, query: str, kind: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer; the whole of its body is read."""
        started: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "REQUEST_URI": path, "QUERY_STRING": query, "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body), "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": f"Bearer {self.token}", "HTTP_X_SFDC_SESSION": self.token, **headers,
        }  # fmt: skip
        try:
            for _ in self.application(environ, lambda status, _: started.append(status)):
                pass
        except HangUpError:
            return 0
        return int(started[0].split()[0])


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    made = Door(tmp_path_factory.mktemp("org"))
    made.runtime.usage.set_limit(10**9)
    yield made
    made.runtime.close()


def filled(path: str, parts: list[str]) -> str:
    """The route in a version that is offered, with its other placeholders taken from `parts`."""
    path = path.replace("v<version>", "v67.0").replace("<version>", "67.0")
    chosen = iter(parts * 4)

    def fill(found: re.Match[str]) -> str:
        options = found.group(1).split(",") if found.group(1) else []
        return options[0].strip() if options else quote(next(chosen), safe="")

    return re.sub(r"<(?:any\(([^)]*)\))?[^>]*>", fill, path)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from(PATHS), st.lists(st.one_of(NAMES, TEXT), min_size=1, max_size=4), QUERIES, BODIES, HEADERS)
@example(("GET", "/services/data/v<version>/query"), ["a"], {"q": "'" * 200}, ("text/csv", b""), {})
@example(("GET", "/lightning/assets/<key>/<name>"), ["\x00"], {}, ("", b""), {})
@example(("GET", "/lightning/assets/slds/<path:path>"), ["a" * 999], {}, ("", b""), {})
@example(
    ("GET", "/services/data/v<version>/search"),
    ["a"],
    {"q": "FIND {ab} RETURNING Contact(" + "WHERE " * 2000 + ")"},
    ("", b""),
    {},
)
@example(
    ("GET", "/services/data/v<version>/search"),
    ["a"],
    {"q": "FIND {a*" + "*?" * 2000 + "} RETURNING Contact"},
    ("", b""),
    {},
)
def test_no_request_breaks_the_org(
    door: Door,
    route: tuple[str, str],
    parts: list[str],
    query: dict[str, str],
    body: tuple[str, bytes],
    headers: dict[str, str],
) -> None:
    method, path = route
    if path.endswith("/revoke"):
        return  # would end the session of the next example
    asked = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    began = time.thread_time()
    status = door.knock(method, filled(path, parts), asked, body[0], body[1], headers)
    assert status != 500 or "Soap" in path, (method, filled(path, parts), asked, body)  # SOAP's faults are 500s
    assert status < 600 and time.thread_time() - began < SLOW_SECONDS
