"""The only door to an org's data: `Org` is one file on disk, `Session` one user's view of it."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from localorg import bootstrap, schema, sharing
from localorg import deploy as deployment
from localorg.apex.runner import Apex
from localorg.automation import nightly
from localorg.batch import UNSET, SaveResult
from localorg.clock import Clock
from localorg.context import Context
from localorg.deploy import Deployment
from localorg.deploy.shelf import Shelf
from localorg.errors import ApiError, Unauthorized
from localorg.events import EventBus
from localorg.model import Schema, SObject
from localorg.permissions import Access, load_access, load_user
from localorg.queried import QueryResult
from localorg.schema import components
from localorg.session import Session
from localorg.store import Store, quote

__all__ = ["UNSET", "Context", "Org", "QueryResult", "SaveResult", "Session"]

MINIMUM_PROFILE = "Minimum Access - API Only Integrations"


class Org:
    """Open with `Org.open(folder)`: a folder without an org gets a new one with NPSP's schema and settings."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        self.shelf = Shelf(store)
        self.schema: Schema = components.overlay(schema.load(), store)
        self.clock = Clock(timedelta(seconds=store.meta("clock_offset", 0.0)))
        self._access: dict[str, Access] = {}
        self.events = EventBus(store, self.clock)
        self.apex = Apex(self)

    @classmethod
    def open(cls, folder: Path) -> Org:
        folder.mkdir(parents=True, exist_ok=True)
        org = cls(folder, Store(folder / "org.db"))
        org.store.create_tables(org.schema)
        if not org.store.meta("filled", False):
            with org.store.write():
                bootstrap.fill(org.store, org.schema, org.clock)
                org.store.set_meta("filled", True)
                org.touch_schema()
        org.apex.listening.renew()
        org._share()
        return org

    def close(self) -> None:
        self.events.close()
        self.apex.close()
        self.store.close()

    @property
    def id(self) -> str:
        return str(self._one("SELECT Id FROM Organization")[0])

    @property
    def fiscal_year_start_month(self) -> int:
        return int(self._one("SELECT FiscalYearStartMonth FROM Organization")[0] or 1)

    def _one(self, sql: str, *values: object) -> Any:
        with self.store.read() as connection:
            return connection.execute(sql, values).fetchone()

    # Users

    def user_id(self, username: str) -> str | None:
        row = self._one("SELECT Id FROM User WHERE Username = ?", username)
        return row[0] if row else None

    def is_active(self, user_id: str) -> bool:
        row = self._one("SELECT IsActive FROM User WHERE Id = ?", user_id)
        return bool(row and row[0])

    def create_user(self, username: str, *, profile: str = MINIMUM_PROFILE) -> str:
        """A user who may do what the profile allows: nothing but log in, unless told otherwise."""
        row = self._one("SELECT Id FROM Profile WHERE Name = ?", profile)
        if row is None:
            raise ApiError("INVALID_INPUT", f"There is no profile {profile}")
        short = username.partition("@")[0]
        names = {"LastName": short[:80], "Alias": short[:8], "CommunityNickname": short[:40], "Email": username}
        record = {"Username": username, "ProfileId": row[0], "IsActive": True, **names}
        result = self.administrator().insert("User", [record])[0]
        if not result.success or result.id is None:
            raise result.errors[0]
        return result.id

    def assign_permission_set(self, user_id: str, name: str) -> None:
        """Grant what the permission set grants; a second time changes nothing."""
        row = self._one("SELECT Id FROM PermissionSet WHERE Name = ?", name)
        if row is None:
            raise ApiError("INVALID_INPUT", f"There is no permission set {name}; deploy it first")
        sql = "SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = ? AND AssigneeId = ?"
        if self._one(sql, row[0], user_id) is None:
            record = {"PermissionSetId": row[0], "AssigneeId": user_id}
            result = self.administrator().insert("PermissionSetAssignment", [record])[0]
            if not result.success:
                raise result.errors[0]

    def administrator(self) -> Session:
        """A session of the org's own administrator."""
        row = self._one(
            "SELECT u.Id FROM User u JOIN Profile p ON p.Id = u.ProfileId"
            " WHERE p.PermissionsModifyAllData = 1 AND u.IsActive = 1 ORDER BY u.Id LIMIT 1"
        )
        return self.session(row[0])

    def session(self, user_id: str) -> Session:
        return Session(self, self.access(user_id))

    def access(self, user_id: str) -> Access:
        cache = self._access
        found = cache.get(user_id)
        if found is None:
            with self.store.read() as connection:
                user = load_user(connection, user_id)
                if user is None or not user.is_active:
                    raise Unauthorized("INVALID_SESSION_ID", "Session expired or invalid")
                found = cache[user_id] = load_access(connection, user, self.schema)
        return found

    def set_sharing(self, name: str, model: str) -> None:
        """The organization-wide default of an object, as under Sharing Settings; the org remembers it."""
        sobject = self.schema.get(name)
        if sobject is None or model not in sharing.MODELS:
            raise ApiError(
                "INVALID_INPUT", f"Give an object and one of {', '.join(sharing.MODELS)}, not {name} {model}"
            )
        self.store.set_meta("sharing", self.store.meta("sharing", {}) | {sobject.name: model})
        self._share()
        self.permissions_changed()

    def _share(self) -> None:
        for name, model in self.store.meta("sharing", {}).items():
            if (sobject := self.schema.get(name)) is not None:
                sobject.sharing = model

    def permissions_changed(self) -> None:
        self._access = {}  # a new one: a thread that is still reading the old permissions fills the old one
        self.touch_schema()

    # Size

    def record_counts(self, objects: Iterable[SObject] | None = None) -> dict[str, int]:
        """Live records an object, without those that have none."""
        counts = {}
        with self.store.read() as connection:
            for sobject in objects if objects is not None else self.schema:
                live = " WHERE IsDeleted = 0" if sobject.get("IsDeleted") else ""
                count = connection.execute(f"SELECT count(*) FROM {quote(sobject.name)}{live}").fetchone()[0]
                if count:
                    counts[sobject.name] = int(count)
        return counts

    def bytes_stored(self) -> int:
        return sum(file.stat().st_size for file in self.folder.glob("org.db*"))

    def clear_records(self) -> None:
        """Remove everything that was loaded; users, permissions, settings and the schema stay."""
        with self.store.write() as connection:
            for sobject in self.schema:
                configuration = sobject.setting or sobject.name in ("npsp__Trigger_Handler__c",)
                if not (sobject.public or sobject.setup or configuration or sobject.name.endswith("__mdt")):
                    connection.execute(f"DELETE FROM {quote(sobject.name)}")
            connection.execute("DELETE FROM Task")
            connection.execute("DELETE FROM Event")
            connection.execute("DELETE FROM _recycle")
            connection.execute("DELETE FROM _events")

    # Schema and time

    @property
    def schema_changed(self) -> datetime:
        """When the schema or anyone's permissions last changed: describes before that are stale."""
        return datetime.fromisoformat(self.store.meta("schema_changed"))

    def deploy(self, folder: Path, *, compile_apex: bool = False) -> Deployment:
        """Deploy force-app source, all of it or nothing. Raises DeployError with every problem."""
        return deployment.deploy(self, folder, compile_apex=compile_apex)

    def apex_sources(self) -> list[tuple[str, str, str]]:
        """Kind (ApexClass or ApexTrigger), name and code of all deployed Apex."""
        found = [*self.shelf.of("ApexClass"), *self.shelf.of("ApexTrigger")]
        return [(stored.kind, stored.name, stored.code) for stored in found]

    def schema_replaced(self, new: Schema) -> None:
        self.schema = new
        self._share()
        self.apex.forget()
        self.permissions_changed()

    def touch_schema(self) -> None:
        self.store.set_meta("schema_changed", datetime.now(UTC).isoformat())

    def object_of(self, record_id: str) -> SObject | None:
        """The object whose records have ids of this kind."""
        prefix = record_id[:3]
        return next((sobject for sobject in self.schema if sobject.key_prefix == prefix), None)

    def travel_to(self, moment: datetime) -> None:
        """Move the org's clock; it remembers."""
        self.clock.travel_to(moment)
        self.store.set_meta("clock_offset", self.clock.offset.total_seconds())
        nightly.run_if_due(self)

    def run_npsp_batch(self) -> dict[str, int]:
        """NPSP's nightly batch, now: recurring donations evaluated, roll-ups worked out; records changed by object."""
        return nightly.run(self)
