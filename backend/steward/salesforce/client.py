"""The gateway: one object through which everything in this room talks to one org, counted, patient and in its names."""

from __future__ import annotations

import random
import time
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Self
from urllib.parse import quote

import requests
from simple_salesforce.api import Salesforce

from steward.errors import UpstreamError
from steward.salesforce import namespaces, transport
from steward.salesforce.auth import Connection, Login
from steward.salesforce.namespaces import Names
from steward.salesforce.refusals import PlatformError
from steward.salesforce.transport import Line, Meter, Patience

REST_ROWS = 10_000  # five calls by REST, which is what a Bulk job costs; above it Bulk is cheaper and faster
PAGE_ROWS = 250_000  # records of one page of Bulk results
Page = tuple[int, list[Mapping[str, Any]], str]  # records in all, those of this page, where the next one is or ""
_COMPOSITE = 25  # subrequests of one composite call
_COMPOSITE_QUERIES = 5  # of which may be queries


@dataclass(frozen=True)
class FieldFacts:
    """What `describe` says of one field, as far as Steward cares."""

    type: str
    createable: bool
    updateable: bool


class Gateway:
    """One org. REST goes through simple-salesforce on our own transport; Bulk 2.0 uses `send` (see bulk.py)."""

    def __init__(
        self,
        connection: Connection,
        *,
        budget: int | None = None,
        byte_budget: int | None = None,
        rest_rows: int = REST_ROWS,
        page_rows: int = PAGE_ROWS,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.connection = connection
        self.meter = Meter(budget, byte_budget)
        self.rest_rows = rest_rows
        self.page_rows = page_rows
        self.patience = Patience(attempts=connection.attempts, sleep=sleep, chance=chance)
        self._now = now
        self._login = Login(connection, self.patience, now)
        self._described: dict[str, dict[str, FieldFacts]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if "http" in self.__dict__:
            self.http.close()

    @cached_property
    def http(self) -> requests.Session:
        instance = self._login.token().instance_url
        line = Line(self.patience, self.connection.timeouts(), self.meter, self._login)
        return transport.session(line, instance, self.connection.ca_bundle)

    @cached_property
    def rest(self) -> Salesforce:
        return Salesforce(
            session=self.http,
            session_id="set by the transport",
            instance_url=self.instance_url,
            version=self.connection.api_version,
            parse_float=Decimal,
        )

    @cached_property
    def names(self) -> Names:
        return namespaces.detect(self.objects)

    @property
    def instance_url(self) -> str:
        return self._login.token().instance_url

    @property
    def data_path(self) -> str:
        return f"/services/data/v{self.connection.api_version}"

    def send(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """One request below `/services/data/vN/`; returns only good answers."""
        return self.http.request(method, f"{self.instance_url}{self.data_path}/{path}", **kwargs)

    def server_time(self) -> datetime:
        """The org's clock at its latest answer; Steward's own where the org did not say."""
        return self.meter.server_time or datetime.fromtimestamp(self._now(), UTC)

    # What the org has

    @cached_property
    def objects(self) -> frozenset[str]:
        """Every object this user may see, in the org's own names."""
        return frozenset(one["name"] for one in (self.rest.describe() or {}).get("sobjects", ()))

    def fields(self, sobject: str) -> dict[str, FieldFacts]:
        """The fields of an object (in the contract's name) that this user may see, by their name in the org."""
        self.describe_all([sobject])
        return self._described[sobject]

    def describe_all(self, sobjects: Sequence[str]) -> None:
        """Describes several objects in few calls; objects this user cannot see have no fields."""
        wanted = [one for one in dict.fromkeys(sobjects) if one not in self._described]
        seen = [one for one in wanted if self.names.to_org(one) in self.objects]
        self._described |= {one: {} for one in wanted if one not in seen}
        replies = self.gather([f"sobjects/{self.names.to_org(one)}/describe" for one in seen], _COMPOSITE)
        for sobject, reply in zip(seen, replies, strict=True):
            self._described[sobject] = {one["name"]: _facts(one) for one in reply["fields"]}

    def gather(self, paths: Sequence[str], at_once: int) -> list[Any]:
        """GETs several resources by composite calls, which the org counts as one each, or one by one."""

        def alone(path: str) -> Any:
            return self.send("GET", path).json(parse_float=Decimal)

        if len(paths) < 2:
            return [alone(path) for path in paths]
        replies: list[Any] = []
        for start in range(0, len(paths), at_once):
            chunk = paths[start : start + at_once]
            requests_ = [
                {"method": "GET", "url": f"{self.data_path}/{path}", "referenceId": f"r{number}"}
                for number, path in enumerate(chunk)
            ]
            try:
                asked = {"allOrNone": False, "compositeRequest": requests_}
                body = self.send("POST", "composite", json=asked).json(parse_float=Decimal)
            except PlatformError as refused:
                if refused.status not in (404, 405):
                    raise
                return [alone(path) for path in paths]
            parts = zip(body["compositeResponse"], chunk, strict=True)
            # a part that was refused is asked for alone: the transport knows what passes and what to say
            replies += [part["body"] if part["httpStatusCode"] < 300 else alone(path) for part, path in parts]
        return replies

    # Queries

    def query(self, soql: str, *, deleted: bool = False) -> Iterator[Mapping[str, Any]]:
        """Records of a small query, in the contract's SOQL; `deleted` includes deleted and archived rows."""
        return self.rest.query_all_iter(self.names.to_org(soql), include_deleted=deleted)

    def first_page(self, soql: str, *, deleted: bool = False) -> Page:
        """The first page of a query: enough to decide whether Bulk is better."""
        return _page(self.rest.query(self.names.to_org(soql), include_deleted=deleted))

    def first_pages(self, queries: Sequence[tuple[str, bool]]) -> list[Page]:
        """The first pages of several queries, each with whether deleted rows are included: five queries a call."""
        return [_page(reply) for reply in self.gather(self._paths(queries), _COMPOSITE_QUERIES)]

    def next_pages(self, where: str) -> Iterator[Mapping[str, Any]]:
        while where:
            reply = self.rest.query_more(where, identifier_is_url=True)
            yield from reply["records"]
            where = str(reply.get("nextRecordsUrl") or "")

    def counts(self, queries: Sequence[tuple[str, bool]]) -> list[int]:
        """The totals of several `SELECT COUNT()` queries, each with whether deleted and archived rows are included.

        Raises PlatformError with code QUERY_TIMEOUT where a table is too large to be counted in two minutes.
        """
        return [int(reply["totalSize"]) for reply in self.gather(self._paths(queries), _COMPOSITE_QUERIES)]

    def _paths(self, queries: Sequence[tuple[str, bool]]) -> list[str]:
        return [f"{'queryAll' if deleted else 'query'}?q={quote(self.names.to_org(soql))}" for soql, deleted in queries]

    def limits(self) -> dict[str, dict[str, int]]:
        """The org's limits: name → Max and Remaining."""
        return dict(self.rest.limits())


def _page(reply: Mapping[str, Any]) -> Page:
    return int(reply["totalSize"]), list(reply["records"]), str(reply.get("nextRecordsUrl") or "")


def _facts(described: Mapping[str, Any]) -> FieldFacts:
    return FieldFacts(
        str(described.get("type", "")), bool(described.get("createable")), bool(described.get("updateable"))
    )


def expect(condition: bool, what: str) -> None:
    """For answers that the platform never gives: better a clear end than a wrong row."""
    if not condition:
        raise UpstreamError(what, "Run again to resume; if it stays, report it with the org's release.")
