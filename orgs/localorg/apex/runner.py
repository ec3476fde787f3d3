"""`org.apex`: the org's code, started when first needed; what runs in it belongs to the org's own transactions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from localorg import ids
from localorg.apex import access, asks, process, shapes, sources
from localorg.apex.baton import Baton
from localorg.apex.callouts import Callouts
from localorg.apex.jobs import Jobs, insert_row
from localorg.apex.listening import Listening
from localorg.apex.process import ApexProcess
from localorg.apex.runs import TestRuns
from localorg.apex.sources import Source
from localorg.errors import ApiError
from localorg.session import PERMISSION_TABLES, Session

if TYPE_CHECKING:
    from localorg.engine import Org

logger = logging.getLogger("localorg.apex")
Outcome = dict[str, Any]


class Apex:
    """`available` says whether this machine can run Apex; without it triggers do not fire and calls are refused."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.jobs = Jobs(self)
        self.listening = Listening(self)
        self.callouts = Callouts(org)
        self.baton = Baton()
        self._process: ApexProcess | None = None
        self._loaded = False
        self._transactions: list[int] = []  # the threads whose transaction is open, the inner last
        self._testing = False
        self._class_ids: dict[str, str] = {}
        self._labels: dict[str, dict[str, str]] = {}  # by language
        self.running_user: str | None = None
        org.store.transaction_ended.append(self._transaction_ended)

    @cached_property
    def runs(self) -> TestRuns:
        return TestRuns(self.org)

    @cached_property
    def why_off(self) -> str | None:
        return process.missing()

    @property
    def available(self) -> bool:
        return self.why_off is None

    def session(self, user_id: str, mode: str = "system", sharing: str = "without") -> Session:
        """The org as the user's Apex sees it."""
        return access.session(self.org, user_id, mode, sharing)

    # What there is to run

    @cached_property
    def sources(self) -> list[Source]:
        return sources.of_org(self.org)

    @cached_property
    def triggered(self) -> dict[str, frozenset[str]]:
        return sources.triggered(self.sources)

    @cached_property
    def class_names(self) -> frozenset[str]:
        return frozenset(source.name.lower() for source in self.sources if source.kind == "class")

    @cached_property
    def shapes(self) -> shapes.Shapes:
        return shapes.Shapes(self.org.schema)

    def labels_in(self, language: str) -> dict[str, str]:
        """Custom labels by lower-cased name: translated into `fr_CA`, else into `fr`, else as they were written."""
        if language not in self._labels:
            own = {stored.name.rpartition(".")[2].lower(): stored for stored in self.org.shelf.of("CustomLabel")}
            written = {name: stored.part().root.get("value") for name, stored in own.items()}
            self._labels[language] = written | self._translations(language)
        return self._labels[language]

    def _translations(self, language: str) -> dict[str, str]:
        shelf = self.org.shelf
        found = shelf.find("Translations", language) or shelf.find("Translations", language.partition("_")[0])
        entries = found.part().root.all("customLabels") if found else []
        return {entry.get("name").lower(): text for entry in entries if (text := entry.get("label"))}

    def forget(self) -> None:
        """The schema or the code changed: load it anew when next needed."""
        self._replace(None)

    def use(self, given: list[Source]) -> None:
        """Run this code instead of what was deployed."""
        self._replace(given)

    def _replace(self, given: list[Source] | None) -> None:
        with self.baton:
            for name in ("sources", "triggered", "class_names", "shapes"):
                self.__dict__.pop(name, None)
            self._labels = {}
            if given is not None:
                self.__dict__["sources"] = given
            self._loaded = False
            self._class_ids = {}
        self.listening.renew()

    def note_permissions(self, names: Iterable[str]) -> None:
        if PERMISSION_TABLES & set(names):
            self.org.permissions_changed()

    # The process

    def request(self, what: str, **payload: Any) -> Any:
        """Ask the process, starting it with the org's code first. A fault of the engine itself raises."""
        with self.baton:
            found = self._started().request(what, **payload)
        if isinstance(found, dict) and found.get("fault"):
            raise ApiError(
                "APEX_ENGINE_FAULT", f"{found['type']}: {found['message']}\n{found.get('trace', '')}".strip()
            )
        return found

    def _started(self) -> ApexProcess:
        if self._process is None:
            if self.why_off:
                raise ApiError("APEX_OFF", self.why_off)
            self._process = ApexProcess(lambda message: asks.answer(self, message), self.org.folder / "apex.log")
        if not self._loaded:
            self._loaded = True
            shown = [source.__dict__ for source in self.sources]
            self._process.request("load", sources=shown, cache=str(process.cache() / "apex"))
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None
            self._loaded = False

    def close(self) -> None:
        self.jobs.close()
        with self.baton:
            self._stop()

    def check(self, names: list[str] | None = None) -> list[dict[str, Any]]:
        """Everything the compiler says against the org's code: name, message, line, column."""
        found: list[dict[str, Any]] = self.request("check", names=names)
        return found

    # Transactions

    def who(self, user_id: str) -> dict[str, Any]:
        with self.org.store.read() as connection:
            who = shapes.user(connection, user_id)
            name = connection.execute("SELECT Id, Name FROM Organization").fetchone()
        return {"user": who, "organization": {"id": name[0], "name": name[1]}}

    def class_id(self, name: str) -> str | None:
        """The id of a class's row in ApexClass."""
        return self._class_ids.get(name.partition(".")[0].lower())

    def record_classes(self) -> None:
        """Rows of ApexClass for the code that runs, for queries in Apex; inside a transaction, and again if it was undone."""
        table = self.org.schema.get("ApexClass")
        if table is None:
            return
        with self.org.store.write() as connection:
            recorded = {name.lower() for (name,) in connection.execute("SELECT Name FROM ApexClass")}
            if self._class_ids and recorded == self._class_ids.keys():
                return
            deployed = {stored.name: stored.id for stored in self.org.shelf.of("ApexClass")}
            connection.execute("DELETE FROM ApexClass")
            for number, source in enumerate(self.sources, 1):
                if source.kind != "class":
                    continue
                made = deployed.get(source.name) or ids.make("01p", 900_000 + number)
                self._class_ids[source.name.lower()] = made
                shown = {
                    "Name": source.name,
                    "NamespacePrefix": source.namespace,
                    "Body": source.body,
                    "ApiVersion": 62.0,
                }
                shown |= {"Status": "Active", "IsValid": 1, "LengthWithoutComments": len(source.body)}
                insert_row(connection, table, {"Id": made} | shown)

    def begin(self, user_id: str, kind: str = "synchronous") -> None:
        """Join the org's transaction: limits and static state last as long as it does."""
        self.record_classes()
        if not self._testing:
            self.running_user = user_id
        me = threading.get_ident()
        if me not in self._transactions and not self._testing:
            self.request("begin", **self.who(user_id), kind=kind, isAsync=kind != "synchronous")
            self._transactions.append(me)

    @contextmanager
    def tests(self) -> Iterator[None]:
        """While tests run, each is its own transaction."""
        self._testing = True
        try:
            yield
        finally:
            self._testing = False

    def _transaction_ended(self, committed: bool) -> None:
        if not self._transactions or self._transactions[-1] != threading.get_ident():
            return
        self._transactions.pop()
        try:
            ended = self.request("end")
        except Exception:
            logger.exception("the Apex transaction could not be ended")
            self._stop()
            return
        if committed:
            self.jobs.accept(ended["queued"])

    def run(self, what: str, user_id: str, kind: str = "synchronous", **payload: Any) -> Outcome:
        """A piece of Apex as one transaction, undone when it fails; the outcome says which."""
        outcome: Outcome = {}
        try:
            with self.org.store.write():
                self.begin(user_id, kind)
                outcome = self.request(what, **payload)
                if not outcome["ok"]:
                    raise _FailedError
        except _FailedError:
            self.org.permissions_changed()
        return outcome


class _FailedError(Exception):
    """Leaves the transaction of Apex that failed."""
