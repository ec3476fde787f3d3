"""The platform's refusals of a query: error code, exact text, and the caret that points into the query."""

from __future__ import annotations

from localorg.errors import QueryError

REFERENCE = "Please reference your WSDL or the describe call for the appropriate names."
TOO_COMPLICATED = "Query is either selecting too many fields or the filter conditions are too complicated."
WINDOW = 30  # the platform shows about this many characters on either side of the caret, widened to whole words
_WORD_BREAKS = " \t\r\n,"


def pointed(text: str, at: int, message: str) -> str:
    """The message under the line of the query around `at`, with a caret below the offending token."""
    row = text.count("\n", 0, at) + 1
    line_start = text.rfind("\n", 0, at) + 1
    line_end = text.find("\n", at)
    line_end = len(text) if line_end < 0 else line_end
    start, end = max(line_start, at - WINDOW), min(line_end, at + WINDOW + 1)
    while start > line_start and text[start - 1] not in _WORD_BREAKS:
        start -= 1
    while end < line_end and text[end] not in _WORD_BREAKS:
        end += 1
    caret = " " * (at - start) + "^"
    return f"\n{text[start:end]}\n{caret}\nERROR at Row:{row}:Column:{at - line_start + 1}\n{message}"


def malformed(message: str, text: str = "", at: int | None = None) -> QueryError:
    return QueryError("MALFORMED_QUERY", message if at is None else pointed(text, at, message))


def unexpected(token: str, text: str, at: int) -> QueryError:
    return malformed(f"unexpected token: '{token or '<EOF>'}'", text, at)


def too_complicated() -> QueryError:
    return QueryError("QUERY_TOO_COMPLICATED", TOO_COMPLICATED)


def invalid_field(message: str, text: str, at: int) -> QueryError:
    return QueryError("INVALID_FIELD", pointed(text, at, message))


def invalid_filter(message: str, text: str, at: int) -> QueryError:
    return QueryError("INVALID_QUERY_FILTER_OPERATOR", pointed(text, at, message))


def no_such_column(name: str, entity: str, text: str, at: int) -> QueryError:
    return invalid_field(
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, "
        f"be sure to append the '__c' after the custom field name. {REFERENCE}",
        text,
        at,
    )


def no_such_relationship(name: str, text: str, at: int) -> QueryError:
    return invalid_field(
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, "
        f"be sure to append the '__r' after the custom relationship name. {REFERENCE}",
        text,
        at,
    )


def no_such_child(name: str, text: str, at: int) -> QueryError:
    message = (
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a custom "
        f"relationship, be sure to append the '__r' after the custom relationship name. {REFERENCE}"
    )
    return QueryError("INVALID_TYPE", pointed(text, at, message))


def no_such_object(name: str, text: str, at: int) -> QueryError:
    message = (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, "
        f"be sure to append the '__c' after the entity name. {REFERENCE}"
    )
    return QueryError("INVALID_TYPE", pointed(text, at, message))


def not_emulated(what: str) -> QueryError:
    """Not the platform's text: the local org says so plainly where it does not follow the platform."""
    return QueryError("NOT_IMPLEMENTED", f"The local org does not emulate {what}")
