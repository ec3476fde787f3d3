"""Everything a request may need, opened once: the org, the accounts, the Bulk jobs, faults, usage and the log."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from localorg.context import User
from localorg.engine import Org, Session
from localorg.errors import Forbidden
from localorg.server.accounts import Accounts
from localorg.server.bulk2.jobs import Job, JobStore
from localorg.server.certificates import write_secret
from localorg.server.cursors import Cursors
from localorg.server.events import Streams
from localorg.server.faults import Faults
from localorg.server.http import Call, Reply
from localorg.server.log import RequestLog
from localorg.server.metadata.jobs import MetadataJobs
from localorg.server.state import State
from localorg.server.usage import Usage


class Runtime:
    """The org of one folder, ready to serve."""

    dispatch: Callable[[Call], Reply]  # the application's router, for composite subrequests
    submit: Callable[[Job], None]  # hands a Bulk job to the worker
    stop: Callable[[], None]  # ends the server process

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.org = Org.open(folder)
        self.streams = Streams(self.org.events)
        self.state = State(folder / "server.db")
        self.accounts = Accounts(self.state)
        self.usage = Usage(self.state)
        self.faults = Faults()
        self.log = RequestLog(folder / "requests.jsonl")
        self.cursors = Cursors(folder / "cursors")
        self.jobs = JobStore(self.state, folder / "jobs")
        self.admin_token = ensure_admin_token(folder)

    @cached_property
    def metadata(self) -> MetadataJobs:
        return MetadataJobs(self)

    @cached_property
    def org_id(self) -> str:
        return self.org.id

    def session(self, user_id: str) -> Session:
        return self.org.session(user_id)

    def find_user(self, username: str) -> User | None:
        """The active user of this name."""
        user_id = self.org.user_id(username)
        return self.session(user_id).user if user_id and self.org.is_active(user_id) else None

    def check_admin(self, token: str) -> None:
        if not hmac.compare_digest(token.encode(), self.admin_token.encode()):
            raise Forbidden(
                "INSUFFICIENT_ACCESS", "The local org's control needs the token in its folder's admin.token"
            )

    def close(self) -> None:
        if "metadata" in self.__dict__:
            self.metadata.close()
        self.usage.save()
        self.log.close()
        self.state.close()
        self.org.close()


def ensure_admin_token(folder: Path) -> str:
    path = folder / "admin.token"
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(32).encode())
    return path.read_text().strip()
