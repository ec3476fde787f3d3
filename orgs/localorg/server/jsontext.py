"""JSON as the platform reads it: the same texts, of the same parser, when it cannot."""

from __future__ import annotations

import json
import re
from typing import Any

from localorg.errors import ApiError

_WORD = re.compile(r"[\w$]+")
_AFTER_A_VALUE = {"{": "comma to separate OBJECT entries", "[": "comma to separate ARRAY entries"}


def read(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(text)
    except UnicodeDecodeError as problem:
        raise _error(f"Invalid UTF-8 start byte 0x{raw[problem.start]:x}", 1, problem.start + 1) from problem
    except json.JSONDecodeError as problem:
        raise _refusal(text, problem) from problem
    except RecursionError as problem:
        raise ApiError("JSON_PARSER_ERROR", "The JSON is nested too deeply") from problem


def no_body() -> ApiError:
    message = "The HTTP entity body is required, but this request has no entity body."
    return ApiError("JSON_PARSER_ERROR", message)


def _refusal(text: str, problem: json.JSONDecodeError) -> ApiError:
    """The platform's parser has read the character it stumbles over: its columns are one further on."""
    at, column = problem.pos, problem.colno + 1
    if problem.msg.startswith("Unterminated string"):
        return _error("Unexpected end-of-input: was expecting closing quote for a string value", *_end(text))
    if at >= len(text):
        kind = "ARRAY" if _open(text, at) == "[" else "OBJECT"
        return _error(f"Unexpected end-of-input: expected close marker for {kind}", *_end(text))
    found = f"Unexpected character ('{text[at]}' (code {ord(text[at])}))"
    if problem.msg.startswith("Expecting property name"):
        return _error(f"{found}: was expecting double-quote to start field name", problem.lineno, column)
    if problem.msg.startswith("Expecting ':'"):
        return _error(f"{found}: was expecting a colon to separate field name and value", problem.lineno, column)
    if problem.msg.startswith("Expecting ','"):
        wanted = _AFTER_A_VALUE.get(_open(text, at), "the end")
        return _error(f"{found}: was expecting {wanted}", problem.lineno, column)
    if problem.msg.startswith("Expecting value") and (word := _WORD.match(text, at)):
        message = f"Unrecognized token '{word.group()[:40]}': was expecting 'null', 'true', 'false' or NaN"
        return _error(message, problem.lineno, column + len(word.group()))
    if problem.msg.startswith("Expecting value"):
        wanted = "a valid value (number, String, array, object, 'true', 'false' or 'null')"
        return _error(f"{found}: expected {wanted}", problem.lineno, column)
    return _error(f"{found}: {problem.msg}", problem.lineno, column)


def _open(text: str, end: int) -> str:
    """The bracket that is still open at a place, outside strings."""
    opened: list[str] = []
    for part in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', text[:end]):
        if part.group() in "{[":
            opened.append(part.group())
        elif part.group() in "}]" and opened:
            opened.pop()
    return opened[-1] if opened else ""


def _end(text: str) -> tuple[int, int]:
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def _error(message: str, line: int, column: int) -> ApiError:
    return ApiError("JSON_PARSER_ERROR", f"{message} at [line:{line}, column:{column}]")
