"""Replies recorded from real orgs: what they look like, and whether the local org's replies are of the same shape."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import yaml
from localorg_live import Client, LiveOrg

RECORD_ID = re.compile(r"(?<![0-9A-Za-z])[0-9a-zA-Z]{15}(?:[0-9A-Za-z]{3})?(?![0-9A-Za-z])")
OPTIONAL = {"nextRecordsUrl"}  # there or not by how many records there are
VERSION = "v62.0"
CHUNK_SIZE = re.compile(r"[0-9a-f]{1,4}\r?$")


@dataclass(frozen=True)
class Exchange:
    """One request to a real org and what it answered; `ids` are those of its reply where only they are known."""

    method: str
    path: str
    body: str
    status: int
    reply: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def known_by_ids_only(self) -> bool:
        return bool(self.ids)


def exchange(method: str, uri: str, body: Any, status: int, reply: Any) -> Exchange:
    path = re.sub(r"^https?://[^/]+", "", uri).replace("/async/vxx.0", "/async/62.0").replace("vxx.0", VERSION)
    sent = unchunked(text(body)).replace("vxx.0", VERSION)
    content = reply.get("string") if isinstance(reply, dict) else reply
    if isinstance(content, dict):  # a template of CumulusCI's, with the ids to fill in
        return Exchange(method, path, sent, status, "", {name: str(value) for name, value in content["vars"].items()})
    return Exchange(method, path, sent, status, text(content))


def text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("string")
    return value.decode() if isinstance(value, bytes) else str(value or "")


def unchunked(body: str) -> str:
    """A recording may show the sizes of the chunks between the lines of CSV."""
    lines = body.splitlines()
    if not lines or not CHUNK_SIZE.match(lines[0]):
        return body
    return "\n".join(line for line in lines if line.strip() and not CHUNK_SIZE.match(line))


def cassette(path: pathlib.Path) -> Iterator[Exchange]:
    """The exchanges of a VCR cassette with Salesforce, in their order."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    for one in found.get("interactions") or [found]:
        request, response = one.get("request"), one.get("response")
        if request and "salesforce.com" in request["uri"]:
            status, reply = response["status"]["code"], response["body"]
            yield exchange(request["method"], request["uri"], request.get("body"), status, reply)


@dataclass
class Player:
    """Sends recorded requests to the local org, with its own ids in place of those it has learnt to stand for the same."""

    org: LiveOrg
    client: Client
    ids: dict[str, str] = field(default_factory=dict)

    def foreign(self, one: Exchange) -> bool:
        """Whether the request names a record that only the other org has."""
        return any(is_id(found) and found not in self.ids for found in RECORD_ID.findall(one.path + one.body))

    def play(self, one: Exchange) -> str:
        """What differs, in words; nothing where status, error codes and shape agree."""
        path, body = self.own(one.path), self.own(one.body)
        headers = {"Content-Type": content_type(body)} if body else {}
        if "/async/" in path:
            headers["X-SFDC-Session"] = self.client.token
        answer = self.client.send(one.method, path, data=body.encode() or None, headers=headers)
        recorded, answered = parsed(one.reply), parsed(answer.text)
        if answer.status_code != one.status:
            return f"{one.status} became {answer.status_code}: {answer.text[:200]}"
        if one.known_by_ids_only:
            self.learn(one.ids, innermost(answered))
            return ""
        self.learn(recorded, answered)
        if codes(recorded) != codes(answered):
            return f"error codes {codes(recorded)} became {codes(answered)}"
        return "; ".join(differences(recorded, answered, described="/describe" in path or path.endswith("/sobjects")))

    def own(self, given: str) -> str:
        return RECORD_ID.sub(lambda found: self.ids.get(found[0], found[0]), given)

    def learn(self, recorded: Any, answered: Any) -> None:
        if isinstance(recorded, dict) and isinstance(answered, dict):
            for name in recorded.keys() & answered.keys():
                self.learn(recorded[name], answered[name])
        elif isinstance(recorded, list) and isinstance(answered, list):
            for one, other in zip(recorded, answered, strict=False):
                self.learn(one, other)
        elif isinstance(recorded, str) and isinstance(answered, str) and is_id(recorded) and is_id(answered):
            self.ids |= {recorded: answered, recorded[:15]: answered}


def is_id(value: str) -> bool:
    digits = sum(letter.isdigit() for letter in value)
    return RECORD_ID.fullmatch(value) is not None and 2 <= digits < len(value)


def content_type(body: str) -> str:
    if body[0] in "{[":
        return "application/json"
    return "application/xml" if body[0] == "<" else "text/csv"


def parsed(body: str) -> Any:
    """JSON and XML as dicts and lists; anything else as it is."""
    body = body.strip()
    if body[:1] in ("{", "["):
        return json.loads(body)
    if body[:1] == "<":
        root = ElementTree.fromstring(body.encode())
        return {local(root): element(root)}
    return body


def element(node: ElementTree.Element) -> Any:
    found: dict[str, Any] = {}
    for child in node:
        name, value = local(child), element(child)
        found[name] = [found[name], value] if name in found and not isinstance(found[name], list) else value
    return found or (node.text or "").strip()


def local(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def innermost(answered: Any) -> Any:
    while isinstance(answered, dict) and len(answered) == 1:
        answered = next(iter(answered.values()))
    return answered.get("batchInfo", answered) if isinstance(answered, dict) else answered


def codes(body: Any) -> list[Any]:
    return [one["errorCode"] for one in body if "errorCode" in one] if isinstance(body, list) else []


def differences(recorded: Any, answered: Any, at: str = "", *, described: bool = False) -> list[str]:
    """Names that only one side has, as far as both have something to show. A description may hold more than it did."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        missing = recorded.keys() - answered.keys() - OPTIONAL
        more = set() if described else answered.keys() - recorded.keys() - OPTIONAL
        found = [f"{at}.{name} is missing" for name in missing] + [f"{at}.{name} is new" for name in more]
        for name in recorded.keys() & answered.keys():
            found += differences(recorded[name], answered[name], f"{at}.{name}", described=described)
        return found
    if isinstance(recorded, list) and isinstance(answered, list) and recorded and answered:
        return differences(recorded[0], answered[0], f"{at}[]", described=described)
    return []
