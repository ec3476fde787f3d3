"""REST in XML, for clients that ask for it: the same values as the JSON, under the names the platform gives them."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from werkzeug.datastructures import Headers, MIMEAccept
from werkzeug.http import parse_accept_header

from localorg.errors import ApiError

TYPES = ("application/xml", "text/xml")
CONTENT_TYPE = "application/xml;charset=UTF-8"
MAX_DEPTH = 60
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{{{_XSI}}}nil"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# By the address: the root's name, and what an item of a bare list is called.
_ROOTS = (
    (re.compile(r"/composite/sobjects"), "Results", "Result"),
    (re.compile(r"/services/data$"), "Versions", "Version"),
    (re.compile(r"/services/data/v[\d.]+$"), "urls", ""),
    (re.compile(r"/(query|queryAll)(/|$)"), "QueryResult", ""),
    (re.compile(r"/(search|parameterizedSearch)(/|$)"), "SearchResults", "SearchResult"),
    (re.compile(r"/limits$"), "LimitsSnapshot", ""),
    (re.compile(r"/sobjects$"), "DescribeGlobal", ""),
    (re.compile(r"/sobjects/\w+/describe$"), "DescribeSObjectResult", ""),
)
register_namespace("xsi", _XSI)


def wanted(headers: Headers) -> bool:
    """Whether the client would rather have XML; JSON where it does not say."""
    accepted = parse_accept_header(headers.get("Accept", ""), MIMEAccept)
    return bool(accepted) and accepted.best_match(["application/json", *TYPES]) in TYPES


def written(path: str, body: Any, status: int) -> bytes:
    """What would go out as JSON (a value, or its text) as XML."""
    value = json.loads(body) if isinstance(body, bytes) else body
    name, item = _names(path, value, status)
    root = Element(name)
    _fill(root, value, item)
    return b'<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, encoding="unicode").encode()


def _names(path: str, value: Any, status: int) -> tuple[str, str]:
    if isinstance(value, list) and status >= 400:
        return "Errors", "Error"
    if isinstance(value, dict) and "attributes" in value:
        return str(value["attributes"].get("type", "Result")), ""
    for pattern, root, item in _ROOTS:
        if pattern.search(path):
            return root, item
    return "Result", "Result"


def _fill(element: Element, value: Any, item: str = "") -> None:
    """Objects become children, a list its name again and again, `attributes` of a record attributes of its element."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "attributes" and isinstance(part, dict):
                element.attrib.update({key: _text(one) for key, one in part.items()})
            else:
                _children(element, name, part)
    elif isinstance(value, list):
        _children(element, item or "item", value)
    elif value is None:
        element.set(_NIL, "true")
    else:
        element.text = _text(value)


def _children(element: Element, name: str, value: Any) -> None:
    for part in value if isinstance(value, list) else [value]:
        _fill(SubElement(element, name), part)


def _text(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _NOT_IN_XML.sub("", text)


def read(raw: bytes) -> dict[str, Any]:
    """A body sent as XML: the root's children by name, as the JSON object of the same request would have them."""
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as problem:
        raise ApiError("XML_PARSER_ERROR", f"The request is not well-formed XML: {problem}") from problem
    found = _value(root, MAX_DEPTH)
    return found if isinstance(found, dict) else {}


def _value(element: Element, depth: int) -> Any:
    if depth == 0:
        raise ApiError("XML_PARSER_ERROR", "The XML is nested too deeply")
    if element.get(_NIL) in ("true", "1"):
        return None
    children = list(element)
    if not children:
        return element.text or ""
    found: dict[str, Any] = {}
    for child in children:
        name, value = child.tag.rpartition("}")[2], _value(child, depth - 1)
        if name in found:
            found[name] = [*found[name], value] if isinstance(found[name], list) else [found[name], value]
        else:
            found[name] = value
    return found
