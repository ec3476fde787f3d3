"""Callouts of the org's Apex: real HTTP, to this machine only unless the org allows more; named credentials sign them."""

from __future__ import annotations

import base64
import ipaddress
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from localorg.errors import ApiError

if TYPE_CHECKING:
    from localorg.engine import Org

META = "named_credentials"
HOSTS = "callout_hosts"
MAX_BODY = 6_000_000
_SCHEME = "callout:"
Parameters = dict[str, str]


@dataclass(frozen=True)
class Credential:
    """What Setup holds for a named credential: where it leads, and how the org proves itself there."""

    name: str
    url: str
    token_url: str = ""
    scope: str = ""
    client_id: str = ""
    client_secret: str = ""
    ca: str = ""  # a bundle that the endpoint's certificate is checked against


def failed(message: str) -> ApiError:
    return ApiError("CALLOUT", message)


class Callouts:
    def __init__(self, org: Org) -> None:
        self.org = org
        self._tokens: dict[str, str] = {}
        self._lock = threading.Lock()

    # Set-up

    def set_up(self, name: str, values: Parameters) -> Credential:
        """What an administrator enters in Setup; the org remembers it, a deployment does not change it."""
        known = self.org.store.meta(META, {})
        self.org.store.set_meta(META, known | {name: known.get(name, {}) | values})
        with self._lock:
            self._tokens.pop(name, None)
        return self.credential(name)

    def allow(self, host: str) -> None:
        """Let callouts reach a host beyond this machine."""
        self.org.store.set_meta(HOSTS, sorted({*self.org.store.meta(HOSTS, []), host.lower()}))

    def credential(self, name: str) -> Credential:
        """The named credential as deployed, with what was entered in Setup over it."""
        stored = self.org.shelf.find("NamedCredential", name)
        entered: Parameters = self.org.store.meta(META, {}).get(name, {})
        if stored is None and not entered:
            raise failed(f"The callout couldn't be completed because the named credential {name} doesn't exist.")
        values = self._deployed(name) | entered
        return Credential(name, **{key: values[key] for key in values if key in Credential.__dataclass_fields__})

    def _deployed(self, name: str) -> Parameters:
        stored = self.org.shelf.find("NamedCredential", name)
        if stored is None:
            return {}
        root = stored.part().root
        found = {"url": root.get("endpoint") or ""}
        for parameter in root.all("namedCredentialParameters"):
            if parameter.get("parameterType") == "Url":
                found["url"] = parameter.get("parameterValue") or ""
            elif external := parameter.get("externalCredential"):
                found |= self._external(external)
        return found

    def _external(self, name: str) -> Parameters:
        stored = self.org.shelf.find("ExternalCredential", name)
        found: Parameters = {}
        for parameter in stored.part().root.all("externalCredentialParameters") if stored else ():
            value = parameter.get("parameterValue") or ""
            if parameter.get("parameterType") == "AuthProviderUrl":
                found["token_url"] = value
            elif parameter.get("parameterName") == "Scope":
                found["scope"] = value
        return found

    # Calling

    def send(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """{status, reason, headers, body: base64} of the answer. Raises CALLOUT in the platform's words."""
        url, headers = str(given["url"]), dict(given["headers"])
        credential = None
        if url.lower().startswith(_SCHEME):
            name, slash, rest = url[len(_SCHEME) :].partition("/")
            credential = self.credential(name)
            url = credential.url.rstrip("/") + slash + rest
        answer = self._once(given, url, headers, credential)
        if answer.status_code == 401 and credential and credential.token_url:
            with self._lock:
                self._tokens.pop(credential.name, None)
            answer = self._once(given, url, headers, credential)
        if len(answer.content) > MAX_BODY:
            raise failed("Exceeded max size limit of 6000000 with response size " + str(len(answer.content)))
        body = base64.b64encode(answer.content).decode()
        return {"status": answer.status_code, "reason": answer.reason, "headers": dict(answer.headers), "body": body}

    def _once(
        self, given: Mapping[str, Any], url: str, headers: Parameters, credential: Credential | None
    ) -> requests.Response:
        if credential and credential.token_url:
            headers = headers | {"Authorization": f"Bearer {self._token(credential)}"}
        body = base64.b64decode(given.get("body") or "")
        return self._request(
            str(given["method"]), url, credential, headers=headers, data=body, wait=given.get("timeout")
        )

    def _token(self, credential: Credential) -> str:
        """By the client credentials grant, kept until the endpoint refuses it."""
        with self._lock:
            if credential.name in self._tokens:
                return self._tokens[credential.name]
        if not credential.client_id:
            raise failed(
                "The callout couldn't be completed because credentials for the named principal of external credential "
                f"{credential.name} aren't set. Enter them: localorg credential {credential.name}"
            )
        proof = base64.b64encode(f"{credential.client_id}:{credential.client_secret}".encode()).decode()
        form = {"grant_type": "client_credentials"} | ({"scope": credential.scope} if credential.scope else {})
        headers = {"Authorization": f"Basic {proof}"}
        answer = self._request("POST", credential.token_url, credential, headers=headers, data=form, wait=10_000)
        try:
            token = str(answer.json()["access_token"])
        except (ValueError, KeyError, TypeError):
            message = f"the token endpoint answered {answer.status_code}"
            raise failed(f"Unable to fetch the OAuth token for {credential.name}: {message}") from None
        with self._lock:
            self._tokens[credential.name] = token
        return token

    def _request(
        self, method: str, url: str, credential: Credential | None, *, headers: Parameters, data: Any, wait: Any
    ) -> requests.Response:
        self._check(url)
        with requests.Session() as http:
            http.trust_env = False
            try:
                return http.request(
                    method, url, headers=headers, data=data, timeout=float(wait or 10_000) / 1000,
                    allow_redirects=False, verify=(credential.ca if credential and credential.ca else True),
                )  # fmt: skip
            except requests.Timeout as problem:
                raise failed("Read timed out") from problem
            except requests.RequestException as problem:
                raise failed(str(problem)) from problem

    def _check(self, url: str) -> None:
        """This machine, or a host that was allowed: a test org must not reach out by itself."""
        host = (urlsplit(url).hostname or "").lower()
        if host == "localhost" or host in self.org.store.meta(HOSTS, []):
            return
        try:
            if ipaddress.ip_address(host).is_loopback:
                return
        except ValueError:
            pass
        raise failed(f"Unauthorized endpoint, please check Setup->Security->Remote site settings. endpoint = {url}")


def shown(credential: Credential) -> dict[str, Any]:
    """Without the secret."""
    return {**asdict(credential), "client_secret": bool(credential.client_secret)}
