"""Bulk API v1's own form of an error: an exceptionCode in words and a message, as XML or JSON."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from localorg.errors import ApiError
from localorg.server.http import Call, Reply

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
XML = "application/xml"
JSON = "application/json"  # without a charset: clients compare the whole header
OLDEST_VERSION = 31
NEWEST_VERSION = 68
KNOWN: dict[str, tuple[str, str | None, int | None]] = {
    "INVALID_SESSION_ID": ("InvalidSessionId", "Invalid session id", 400),
    "NOT_FOUND": ("InvalidUrl", None, 404),
    "REQUEST_LIMIT_EXCEEDED": ("ExceededQuota", None, 400),
    "JSON_PARSER_ERROR": ("InvalidJob", None, 400),
    "CLIENTINPUTERROR": ("ClientInputError", None, 400),
    "UNKNOWN_EXCEPTION": ("Unknown", None, None),
}


class AsyncError(ApiError):
    """A refusal in Bulk API v1's words: InvalidJob, InvalidBatch, InvalidJobState, ClientInputError …"""


def async_refusal(call: Call, problem: ApiError) -> Reply:
    code, text, status = problem.code, problem.message, problem.status
    if not isinstance(problem, AsyncError):
        named = re.sub(r"_?([A-Z])([A-Z]*)", lambda found: found[1] + found[2].lower(), problem.code)
        code, known_text, known_status = KNOWN.get(problem.code, (named, None, None))
        text, status = known_text or text, known_status or status
    if wants_json(call):
        return Reply({"exceptionCode": code, "exceptionMessage": text}, status, content_type=JSON)
    body = (
        f'{DECLARATION}<error\n   xmlns="{NAMESPACE}">\n <exceptionCode>{escape(code)}</exceptionCode>\n'
        f" <exceptionMessage>{escape(text)}</exceptionMessage>\n</error>"
    )
    return Reply(body, status, content_type=XML)


def wants_json(call: Call) -> bool:
    return call.content_type == JSON


def check_version(version: str) -> str:
    number, dot, minor = version.partition(".")
    if not (number.isdigit() and dot and minor == "0" and OLDEST_VERSION <= int(number) <= NEWEST_VERSION):
        raise AsyncError("InvalidVersion", f"Unsupported API version: {version[:10]}")
    return version
