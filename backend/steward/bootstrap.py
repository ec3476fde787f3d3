"""The only place that builds real things: from settings to the parts the pipeline works with."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import fcntl
import os
import pathlib
import secrets
import shutil
import tempfile
import tomllib
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from steward.config import Settings
from steward.decide import policy as decide_policy
from steward.decide.policy import Policy
from steward.errors import ConfigError, StateError
from steward.salesforce.auth import Connection
from steward.state.inbox import Inbox
from steward.state.store import State

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

    from steward.donors import Ledger
    from steward.engines.engine import Engine
    from steward.models.registry import Registry
    from steward.salesforce.client import Gateway

POLICY_FILE = "policy.toml"


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass
class Steward:
    """One process's parts, each built (and its libraries imported) when first needed, so that a small command is quick."""

    settings: Settings
    now: Callable[[], dt.datetime] = utc_now

    @property
    def home(self) -> pathlib.Path:
        return self.settings.home

    @cached_property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The nonprofit's own."""
        try:
            return zoneinfo.ZoneInfo(self.settings.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            raise ConfigError(
                f"STEWARD_TIME_ZONE is {self.settings.time_zone!r}, which this machine does not know.",
                "Use a name like Europe/Berlin, or install the time zones (tzdata).",
            ) from None

    def today(self) -> dt.date:
        """The date that the nonprofit's calendar shows now."""
        return self.now().astimezone(self.zone).date()

    @cached_property
    def state(self) -> State:
        self.require_home()
        return State(self.settings.resolved_database_url(), self.now)

    @cached_property
    def registry(self) -> Registry:
        from steward.models.registry import Registry

        return Registry(self.settings.resolved_artefacts_url())

    @cached_property
    def gateway(self) -> Gateway:
        from steward.salesforce.client import Gateway
        from steward.salesforce.transport import MEGABYTE

        given = self.settings
        calls, megabytes = given.api_call_budget or None, given.megabyte_budget or None
        return Gateway(connection(given), budget=calls, byte_budget=megabytes and megabytes * MEGABYTE)

    @cached_property
    def live_gateway(self) -> Gateway:
        """The org for events: many small calls in a process that lives long, and less patience, for the queue has more."""
        from steward.salesforce.client import Gateway

        return Gateway(dataclasses.replace(connection(self.settings), attempts=4, read_timeout=30.0))

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.state.engine, self.now)

    @cached_property
    def key(self) -> bytes:
        """The pseudonyms' key. Whoever holds it and the identity file can tell who a donor is."""
        path = self.settings.key_file()
        if not path.exists():
            raise StateError(
                f"The pseudonym key {path} is missing.", "Run `steward init`, or restore it from a backup."
            )
        key = path.read_bytes()
        if len(key) < 32:
            raise StateError(f"The pseudonym key {path} is shorter than 32 bytes.", "Restore it from a backup.")
        return key

    @cached_property
    def policy(self) -> Policy:
        path = self.home / POLICY_FILE
        if not path.exists():
            return Policy()
        try:
            return decide_policy.from_table(tomllib.loads(path.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path} is not valid TOML: {error}.", "Correct that line.") from None

    @cached_property
    def engine(self) -> ibis.BaseBackend:
        """DuckDB in this process, bounded in memory and threads; it spills to the home folder."""
        import ibis

        spill = self.home / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        return ibis.duckdb.connect(
            threads=self.settings.threads,
            memory_limit=self.settings.memory_limit,
            temp_directory=str(spill),
        )

    @cached_property
    def runner(self) -> Engine:
        """Where ledger, facts and scores are computed: as STEWARD_ENGINE or `--engine` says."""
        named = self.settings.engine
        if named == "duckdb":
            from steward.engines.embedded import Embedded

            return Embedded(self.engine)
        if named == "spark" or named.startswith(("spark://", "local[", "yarn", "k8s://")):
            from steward.engines.spark import Spark

            return Spark(named, self.home, self.settings.threads)
        raise ConfigError(f"There is no engine {named!r}.", "Use duckdb, spark or a cluster's spark://host:port.")

    def tables(self, paths: Mapping[str, pathlib.Path]) -> dict[str, ir.Table]:
        """The snapshot's Parquet files as Ibis tables."""
        return self.runner.tables(paths)

    def ledger(self, tables: Mapping[str, ir.Table]) -> Ledger:
        """The ledger, computed once and held by the engine: everything after it reads plain tables."""
        from steward import donors

        return self.runner.held(donors.build_ledger(tables))

    def require_home(self) -> None:
        if not self.home.is_dir():
            raise StateError(f"Steward has no home at {self.home}.", "Run `steward init` first, or set STEWARD_HOME.")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One run at a time in this home; the lock goes with the process, however it ends."""
        self.require_home()
        with (self.home / "run.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StateError(
                    "Another run is under way in this home.", "Wait for it; see `steward status`."
                ) from None
            with self._scratch():
                yield

    @contextlib.contextmanager
    def _scratch(self) -> Iterator[None]:
        """Uploads on their way hold real ids: they lie in the home, and what a killed run left of them goes first."""
        folder = self.home / "scratch"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        for part in ("state", "gateway", "live_gateway"):
            if part in self.__dict__:
                self.__dict__[part].close()
        if "runner" in self.__dict__:
            self.runner.close()
        elif "engine" in self.__dict__:
            self.engine.disconnect()


def connection(settings: Settings) -> Connection:
    """The gateway's connection; reads the private key file."""
    private_key = ""
    if settings.org_auth == "jwt" and settings.org_private_key_file:
        path = pathlib.Path(settings.org_private_key_file)
        if not path.exists():
            raise ConfigError(f"STEWARD_SF_PRIVATE_KEY_FILE names {path}, which is not there.", "Correct the path.")
        private_key = path.read_text(encoding="utf-8")
    return Connection(
        login_url=settings.org_login_url,
        auth=settings.org_auth,
        client_id=settings.org_client_id,
        client_secret=settings.org_client_secret,
        username=settings.org_username,
        private_key=private_key,
        session_id=settings.org_session_id,
        instance_url=settings.org_instance_url,
        api_version=settings.org_api_version,
        ca_bundle=settings.org_ca_bundle,
    )


def make_home(settings: Settings) -> list[pathlib.Path]:
    """Creates the home folder and the pseudonym key, readable by this user only; returns what was new."""
    made = []
    if not settings.home.is_dir():
        settings.home.mkdir(parents=True, mode=0o700)
        made.append(settings.home)
    settings.home.chmod(0o700)
    key = settings.key_file()
    if not key.exists():
        descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        made.append(key)
    return made
