"""Who may call the service. Secrets are stored as scrypt hashes; while one is changed, the old and the new both work."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from steward.errors import InputError
from steward.state.tables import ApiClient

SCOPES = ("score", "events", "ops")
_COST = {"n": 1 << 14, "r": 8, "p": 1, "maxmem": 64 << 20, "dklen": 32}


class Clients:
    def __init__(self, engine: sa.Engine, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._now = now

    def create(self, name: str, scopes: Sequence[str], *, signed_bodies: bool = False) -> tuple[str, str]:
        """A new client; returns its id and its secret, which is not kept and cannot be shown again."""
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise InputError(f"There is no scope {', '.join(unknown) or '(none given)'}.", f"Use: {', '.join(SCOPES)}.")
        client_id, secret = f"steward-{secrets.token_hex(8)}", secrets.token_urlsafe(32)
        with Session(self._engine) as session, session.begin():
            session.add(ApiClient(
                client_id=client_id, name=name, scopes=" ".join(scopes), secret_hashes=[hashed(secret)],
                signed_bodies=signed_bodies, enabled=True, created_at=self._now(),
            ))  # fmt: skip
        return client_id, secret

    def rotate(self, client_id: str) -> str:
        """A second secret beside the present one; `finish_rotation` ends the old one."""
        secret = secrets.token_urlsafe(32)
        with Session(self._engine) as session, session.begin():
            client = self._known(session, client_id)
            client.secret_hashes = [*client.secret_hashes[-1:], hashed(secret)]
        return secret

    def finish_rotation(self, client_id: str) -> None:
        """Only the newest secret works from now on."""
        with Session(self._engine) as session, session.begin():
            client = self._known(session, client_id)
            client.secret_hashes = client.secret_hashes[-1:]

    def enable(self, client_id: str, enabled: bool) -> None:
        with Session(self._engine) as session, session.begin():
            self._known(session, client_id).enabled = enabled

    def find(self, client_id: str) -> ApiClient | None:
        with Session(self._engine, expire_on_commit=False) as session:
            return session.get(ApiClient, client_id)

    def all(self) -> list[ApiClient]:
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(sa.select(ApiClient).order_by(ApiClient.created_at, ApiClient.client_id)))

    @staticmethod
    def _known(session: Session, client_id: str) -> ApiClient:
        client = session.get(ApiClient, client_id)
        if client is None:
            raise InputError(f"There is no client {client_id}.", "See `steward clients list`.")
        return client


def hashed(secret: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{_text(salt)}${_text(hashlib.scrypt(secret.encode(), salt=salt, **_COST))}"


def matches(client: ApiClient, secret: str) -> bool:
    """Whether this is one of the client's secrets; the time taken does not tell which or why not."""
    found = False
    for one in client.secret_hashes:
        salt, _, expected = one.partition("$")
        digest = hashlib.scrypt(secret.encode(), salt=base64.b64decode(salt), **_COST)
        found |= hmac.compare_digest(digest, base64.b64decode(expected))
    return found


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
