"""Named and external credentials: what they point at, and addresses that a callout may reach."""

from __future__ import annotations

from urllib.parse import urlsplit

from localorg.deploy.checks.common import Check, need
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World


def named(part: Part, world: World, problems: Problems) -> None:
    for found in part.root.all("namedCredentialParameters/externalCredential"):
        need(part, found, "ExternalCredential", world, problems)
    for found in part.root.all("namedCredentialParameters/certificate"):
        need(part, found, "Certificate", world, problems)
    secured = part.root.get("namedCredentialType") in ("SecuredEndpoint", "PrivateEndpoint")
    if secured and not part.root.all("namedCredentialParameters/externalCredential"):
        problems.add(part.component, "A named credential needs an external credential", part.root.line)
    urls = [one for one in part.root.all("namedCredentialParameters") if one.get("parameterType") == "Url"]
    if secured and len(urls) != 1:
        problems.add(part.component, "A named credential needs exactly one parameter of type Url", part.root.line)
    for one in [*(url.child("parameterValue") for url in urls), part.root.child("endpoint")]:
        if one is not None:
            _address(part, one, problems)


def _address(part: Part, found: Element, problems: Problems) -> None:
    """TLS, except towards this machine."""
    address = urlsplit(found.text)
    if address.scheme not in ("http", "https") or not address.hostname:
        problems.add(part.component, f"Invalid URL: {found.text}", found.line)
    elif address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1"):
        problems.add(part.component, f"The URL must begin with https: {found.text}", found.line)


def external(part: Part, world: World, problems: Problems) -> None:
    parameters = part.root.all("externalCredentialParameters")
    if not any(one.get("parameterType") in ("NamedPrincipal", "PerUserPrincipal") for one in parameters):
        problems.add(part.component, "An external credential needs at least one principal", part.root.line)
    for one in parameters:
        for element, kind in (("authProvider", "AuthProvider"), ("certificate", "Certificate")):
            found = one.child(element)
            if found is not None:
                need(part, found, kind, world, problems)


def remote_site(part: Part, world: World, problems: Problems) -> None:
    found = part.root.child("url")
    if found is not None:
        _address(part, found, problems)


CHECKS: dict[str, Check] = {"NamedCredential": named, "ExternalCredential": external, "RemoteSiteSetting": remote_site}
