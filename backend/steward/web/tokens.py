"""Access tokens: short-lived, signed, checked without a look at the database. Keys change without anyone noticing."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import os
import pathlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt

from steward.errors import StateError
from steward.state.turns import alone

ISSUER = AUDIENCE = "steward"
KEEP = 2  # keys: the one that signs and the one before it, whose tokens live for minutes
FILE = "token-keys.json"


@dataclass(frozen=True)
class Caller:
    client_id: str
    scopes: frozenset[str]
    signed_bodies: bool


class Keys:
    """Signing keys in a file of its owner only; another process's change is seen at the next token."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int], list[dict[str, str]]] = ((0, 0), [])

    def rotate(self) -> str:
        """A new key signs from now on; the one before it still proves its tokens until they expire."""
        with self._alone():
            return self._add()

    def ensure(self) -> None:
        """There is a key: of several processes that start at once, one makes it."""
        with self._alone():
            if not self._path.exists():
                self._add()

    def _alone(self) -> contextlib.AbstractContextManager[None]:
        return alone(self._path.with_suffix(".lock"))

    def _add(self) -> str:
        kept = self._keys() if self._path.exists() else []
        new = {"kid": secrets.token_hex(4), "secret": secrets.token_hex(32)}
        half = self._path.with_suffix(".writing")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([*kept, new][-KEEP:], file)
        half.replace(self._path)
        return new["kid"]

    def signing(self) -> tuple[str, str]:
        newest = self._keys()[-1]
        return newest["kid"], newest["secret"]

    def secret(self, kid: str) -> str | None:
        return next((one["secret"] for one in self._keys() if one["kid"] == kid), None)

    def derived(self, purpose: str) -> list[bytes]:
        """A secret for another purpose (sessions, body signatures), newest first: one for each key that still counts."""
        return [
            hmac.new(one["secret"].encode(), purpose.encode(), hashlib.sha256).digest() for one in self._keys()[::-1]
        ]

    def _keys(self) -> list[dict[str, str]]:
        try:
            found = self._path.stat()
            changed = (found.st_mtime_ns, found.st_ino)  # two files of one moment differ in the second
            if changed != self._read[0]:
                self._read = (changed, json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            raise StateError(
                f"The token keys {self._path} cannot be read.", "Run `steward clients rotate-key`."
            ) from None
        return self._read[1]


class Tokens:
    def __init__(self, keys: Keys, minutes: int, now: Callable[[], dt.datetime]) -> None:
        self._keys, self._minutes, self._now = keys, minutes, now

    @property
    def seconds(self) -> int:
        return self._minutes * 60

    def issue(self, client_id: str, scopes: str, signed_bodies: bool) -> str:
        now = int(self._now().timestamp())
        claims = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": client_id, "scope": scopes, "iat": now, "exp": now + self.seconds,
            "jti": secrets.token_hex(8), "signed": signed_bodies,
        }  # fmt: skip
        kid, secret = self._keys.signing()
        return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": kid})

    def check(self, token: str) -> Caller:
        """Who carries this token; raises jwt.PyJWTError with the reason."""
        kid = jwt.get_unverified_header(token).get("kid")
        secret = self._keys.secret(str(kid))
        if secret is None:
            raise jwt.InvalidKeyError("unknown key")
        claims: dict[str, Any] = jwt.decode(
            token, secret, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "scope"], "verify_exp": False, "verify_iat": False},
        )  # fmt: skip
        if self._now().timestamp() >= float(claims["exp"]):
            raise jwt.ExpiredSignatureError("expired")
        return Caller(str(claims["sub"]), frozenset(str(claims["scope"]).split()), bool(claims.get("signed")))
