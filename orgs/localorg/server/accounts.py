"""Who may log in: external client apps with their certificates, users' passwords, and the sessions they were given.

Secrets and tokens are kept as hashes. Expiry runs on real time, not on the org's own clock, so that travelling in time
does not log everybody out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from localorg.errors import Unauthorized
from localorg.server.state import State

DEFAULT_SESSION_SECONDS = 7200.0
PASSWORD_ROUNDS = 20_000


@dataclass(frozen=True)
class Client:
    """An external client app: its flows run as `run_as`, its assertions are signed for `certificate` (PEM)."""

    client_id: str
    name: str
    run_as: str
    certificate: str | None = None
    secret_hash: str | None = None

    def has_secret(self, secret: str) -> bool:
        return self.secret_hash is not None and hmac.compare_digest(self.secret_hash, digest(secret))


@dataclass(frozen=True)
class Login:
    token: str
    user_id: str
    client_id: str | None
    expires: float


class Accounts:
    def __init__(self, state: State, now: Callable[[], float] = time.time) -> None:
        self._state = state
        self._now = now
        self._live: dict[str, Login] = {}
        self._lock = threading.Lock()
        self.session_seconds: float = state.setting("session_seconds", DEFAULT_SESSION_SECONDS)

    # Clients

    def create_client(self, name: str, run_as: str, certificate: str | None = None) -> tuple[Client, str]:
        """Register an external client app; the secret is returned once and kept as a hash."""
        secret = secrets.token_hex(32).upper()
        client = Client("3MVG9" + secrets.token_urlsafe(48), name, run_as, certificate, digest(secret))
        self._state.run(
            "INSERT INTO clients (client_id, name, secret_hash, certificate, run_as) VALUES (?, ?, ?, ?, ?)",
            client.client_id, client.name, client.secret_hash, client.certificate, client.run_as,
        )  # fmt: skip
        return client, secret

    def client(self, client_id: str) -> Client | None:
        row = self._state.row("SELECT * FROM clients WHERE client_id = ?", client_id)
        if row is None:
            return None
        return Client(row["client_id"], row["name"], row["run_as"], row["certificate"], row["secret_hash"])

    def clients(self) -> list[Client]:
        rows = self._state.rows("SELECT client_id FROM clients ORDER BY name")
        return [client for row in rows if (client := self.client(row["client_id"]))]

    def approve(self, client: Client, user_id: str) -> None:
        """Pre-authorise a user for a client, as an admin does with a permission set."""
        self._state.run("INSERT OR IGNORE INTO approvals VALUES (?, ?)", client.client_id, user_id)

    def approved(self, client: Client, user_id: str) -> bool:
        if user_id == client.run_as:
            return True
        found = self._state.row(
            "SELECT 1 FROM approvals WHERE client_id = ? AND user_id = ?", client.client_id, user_id
        )
        return found is not None

    # Passwords

    def set_password(self, user_id: str, password: str) -> None:
        salt = secrets.token_hex(16)
        self._state.run(
            "INSERT OR REPLACE INTO passwords VALUES (?, ?, ?)", user_id, salt, password_hash(password, salt)
        )

    def has_password(self, user_id: str, password: str) -> bool:
        """Whether the password, perhaps with a security token behind it, is this user's. Loopback needs no token."""
        row = self._state.row("SELECT * FROM passwords WHERE user_id = ?", user_id)
        return row is not None and hmac.compare_digest(row["hash"], password_hash(password, row["salt"]))

    # Sessions

    def open_session(self, org_id: str, user_id: str, client_id: str | None) -> Login:
        token = f"{org_id[:15]}!{secrets.token_urlsafe(60)}"
        login = Login(token, user_id, client_id, self._now() + self.session_seconds)
        self._state.run("DELETE FROM sessions WHERE expires < ?", self._now())
        self._state.run("INSERT INTO sessions VALUES (?, ?, ?, ?)", digest(token), user_id, client_id, login.expires)
        with self._lock:
            self._live[token] = login
        return login

    def login(self, token: str) -> Login:
        """The open session behind a token; its use keeps it open. Raises the platform's 401."""
        now = self._now()
        login = self._live.get(token) or self._stored(token)
        if login is None or login.expires <= now:
            self.close_session(token)
            raise Unauthorized("INVALID_SESSION_ID", "Session expired or invalid")
        if login.expires - now < self.session_seconds / 2:
            login = replace(login, expires=now + self.session_seconds)
            self._state.run("UPDATE sessions SET expires = ? WHERE token_hash = ?", login.expires, digest(token))
        with self._lock:
            self._live[token] = login
        return login

    def close_session(self, token: str) -> bool:
        with self._lock:
            self._live.pop(token, None)
        return self._state.run("DELETE FROM sessions WHERE token_hash = ?", digest(token)) > 0

    def close_all_sessions(self) -> int:
        with self._lock:
            self._live.clear()
        return self._state.run("DELETE FROM sessions")

    def set_session_seconds(self, seconds: float) -> None:
        self.session_seconds = seconds
        self._state.set("session_seconds", seconds)

    # Refresh tokens

    def open_refresh_token(self, user_id: str, client_id: str) -> str:
        token = "5Aep" + secrets.token_urlsafe(60)
        self._state.run("INSERT INTO refresh_tokens VALUES (?, ?, ?)", digest(token), user_id, client_id)
        return token

    def refresh(self, token: str, client_id: str) -> str | None:
        """The user a refresh token stands for, when it was given to this client."""
        row = self._state.row(
            "SELECT user_id FROM refresh_tokens WHERE token_hash = ? AND client_id = ?", digest(token), client_id
        )
        return None if row is None else str(row["user_id"])

    def revoke(self, token: str) -> bool:
        revoked = self._state.run("DELETE FROM refresh_tokens WHERE token_hash = ?", digest(token)) > 0
        return self.close_session(token) or revoked

    def _stored(self, token: str) -> Login | None:
        row = self._state.row("SELECT * FROM sessions WHERE token_hash = ?", digest(token))
        return None if row is None else Login(token, row["user_id"], row["client_id"], row["expires"])


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def password_hash(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), PASSWORD_ROUNDS).hex()
