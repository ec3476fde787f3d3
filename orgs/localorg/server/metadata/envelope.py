"""SOAP as the Metadata API speaks it: a call's name and parameters out of an envelope, values and faults into one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from localorg.errors import ApiError
from localorg.server.http import Reply

MAX_BODY = 60 * 1024 * 1024
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    '{default} xmlns:sf="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
)
_FAULT = "<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring></soapenv:Fault>"


@dataclass(frozen=True)
class Raw:
    """XML that goes into an answer as it is, with its element's attributes."""

    xml: str
    attributes: str = ""


@dataclass(frozen=True)
class Request:
    """One operation and its parameters, without namespaces."""

    operation: str
    session_id: str
    body: Element

    def text(self, path: str, default: str = "") -> str:
        found = self.all(path)
        return (found[0].text or "").strip() if found else default

    def texts(self, path: str) -> list[str]:
        return [(element.text or "").strip() for element in self.all(path)]

    def flag(self, path: str, default: bool) -> bool:
        text = self.text(path).lower()
        return text == "true" if text else default

    def all(self, path: str) -> list[Element]:
        """The elements at a path; the first letter's case does not matter, as clients differ in it."""
        found = [self.body]
        for name in path.split("/"):
            found = [child for element in found for child in element if local(child).lower() == name.lower()]
        return found


def local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def read(text: bytes) -> Request:
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as problem:
        raise ApiError("UNKNOWN_EXCEPTION", "The request is not well-formed XML", status=500) from problem
    session = next((element.text or "" for element in root.iter() if local(element) == "sessionId"), "")
    body = root.find(f"{{{_SOAP}}}Body")
    operations = list(body) if body is not None else []
    if len(operations) != 1:
        raise ApiError("UNKNOWN_EXCEPTION", "The envelope's body must hold exactly one operation", status=500)
    return Request(local(operations[0]), session.strip(), operations[0])


def answer(operation: str, results: Iterable[Mapping[str, Any]]) -> Reply:
    body = "".join(f"<result>{elements(result)}</result>" for result in results)
    body = f"<{operation}Response>{body}</{operation}Response>"
    return _reply(body, 200, ' xmlns="http://soap.sforce.com/2006/04/metadata"')


def fault(code: str, message: str) -> Reply:
    return _reply(_FAULT.format(code=code, message=escape(message)), 500)


def _reply(body: str, status: int, default: str = "") -> Reply:
    """A fault's elements have no namespace, an answer's have the API's."""
    return Reply(_ENVELOPE.format(body=body, default=default), status, content_type="text/xml;charset=UTF-8")


def elements(values: Mapping[str, Any]) -> str:
    """Lists repeat their element, mappings nest, None is left out."""
    parts = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Raw):
                parts.append(f"<{name} {one.attributes}>{one.xml}</{name}>")
            elif one is not None:
                parts.append(f"<{name}>{_inside(one)}</{name}>")
    return "".join(parts)


def _inside(value: Any) -> str:
    if isinstance(value, Mapping):
        return elements(value)
    if isinstance(value, bool):
        return str(value).lower()
    return escape(str(value))
