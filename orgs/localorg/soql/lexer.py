"""Splits SOQL text into tokens and walks over them."""

from __future__ import annotations

import re
from typing import NamedTuple

from localorg.errors import QueryError
from localorg.soql.refusals import malformed, unexpected

MAX_LENGTH = 100_000

_TOKENS = re.compile(
    r"""
      (?P<space>[ \t\r\n\f]+)
    | (?P<name>[A-Za-z][A-Za-z0-9_.]*)
    | (?P<string>'(?:[^'\\\r\n]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d))
    | (?P<date>\d{4}-\d\d-\d\d)
    | (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?[Zz])
    | (?P<decimal>\d*\.\d+)
    | (?P<integer>\d+)
    | (?P<symbol>!\s*=|<>|[-+(),=<>:])
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING_ESCAPES = {
    "n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b", "f": "\f", "F": "\f",
    "'": "'", '"': '"', "\\": "\\",
}  # fmt: skip
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.IGNORECASE | re.DOTALL)


class Token(NamedTuple):
    kind: str  # name, string, datetime, date, time, decimal, integer, symbol, end
    text: str
    upper: str
    at: int


def tokenize(text: str) -> list[Token]:
    if not text.strip():
        raise malformed("SOQL statements cannot be empty or null")
    if len(text) > MAX_LENGTH:
        raise malformed(f"SOQL statements cannot be longer than {MAX_LENGTH} characters.")
    if _SURROGATES.search(text):
        raise malformed("SOQL statements must be valid Unicode text")
    tokens: list[Token] = []
    position, length, match = 0, len(text), _TOKENS.match
    while position < length:
        found = match(text, position)
        if found is None:
            raise _unreadable(text, position)
        kind = found.lastgroup
        end = found.end()
        if kind != "space":
            word = found.group()
            tokens.append(Token(kind or "", word, word.upper() if kind == "name" else word, position))
        position = end
    tokens.append(Token("end", "", "", length))
    return tokens


def _unreadable(text: str, at: int) -> QueryError:
    if text[at] == "'":
        return unexpected("", text, len(text))
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1)
    return malformed(f"line {line}:{column} unexpected token: '{text[at]}'")


def unescape(token: Token, text: str, *, pattern: bool = False) -> str:
    r"""The characters a quoted literal stands for. In a LIKE pattern `\_` and `\%` stay escaped for the matcher."""
    body = token.text[1:-1]
    if "\\" not in body:
        return body

    def replace(found: re.Match[str]) -> str:
        code = found.group(1)
        if len(code) > 1:
            return chr(int(code[1:], 16))
        if code in "_%" and pattern:
            return "\\" + code
        if pattern and code == "\\":
            return "\\\\"
        if code in _STRING_ESCAPES:
            return _STRING_ESCAPES[code]
        raise malformed("Invalid string literal: invalid escape sequence", text, token.at + 1 + found.start())

    found = _ESCAPE.sub(replace, body)
    # Two escapes may spell one character beyond the basic plane; half of one is no text.
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _SURROGATES.search(found) else found


class TokenStream:
    """A cursor over the tokens of one query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.token = self.tokens[0]

    def advance(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.index += 1
            self.token = self.tokens[self.index]
        return token

    def peek(self, distance: int = 1) -> Token:
        return self.tokens[min(self.index + distance, len(self.tokens) - 1)]

    def at(self, word: str) -> bool:
        return self.token.upper == word and self.token.kind in ("name", "symbol")

    def take(self, word: str) -> bool:
        if self.at(word):
            self.advance()
            return True
        return False

    def expect(self, word: str) -> Token:
        if not self.at(word):
            raise self.unexpected()
        return self.advance()

    def unexpected(self, token: Token | None = None) -> QueryError:
        token = token or self.token
        return unexpected(token.text, self.text, token.at)
