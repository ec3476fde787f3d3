"""Text of a formula → its tree, by precedence climbing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from localorg.formulas.ast import Binary, Call, FormulaError, Literal, Node, Path, Unary

MAX_DEPTH = 60
_TOKEN = re.compile(
    r"""(?P<space>\s+|/\*.*?\*/)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>\$?[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)
      | (?P<operator>&&|\|\||==|<>|!=|<=|>=|[-+*/^&=<>!(),])""",
    re.VERBOSE | re.DOTALL,
)
_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "=": 3,
    "==": 3,
    "<>": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "&": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "^": 9,
}
_SPELLING = {"==": "=", "!=": "<>"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FormulaError(f"Syntax error. Found '{text[position]}'")
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group()))
        position = match.end()
    return found


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError with the platform's syntax message."""
    parser = _Parser(tokens(text))
    if parser.peek() is None:
        raise FormulaError("Syntax error. Missing expression")
    tree = parser.expression(0)
    rest = parser.peek()
    if rest is not None:
        raise FormulaError(f"Syntax error. Extra '{rest.text}'")
    return tree


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._next = 0
        self._depth = 0

    def peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def expression(self, lowest: int) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError("Formula is too deeply nested")
        left = self._operand()
        while (token := self.peek()) and token.kind == "operator" and _PRECEDENCE.get(token.text, 0) > lowest:
            self._next += 1
            right = self.expression(_PRECEDENCE[token.text])
            left = Binary(_SPELLING.get(token.text, token.text), left, right)
        self._depth -= 1
        return left

    def _operand(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return Literal(float(token.text))
        if token.kind == "text":
            return Literal(_unescaped(token.text[1:-1]))
        if token.kind == "name":
            return self._name(token.text)
        if token.text == "(":
            inner = self.expression(0)
            self._expect(")")
            return inner
        if token.text in ("-", "+", "!"):
            return Unary(token.text, self.expression(8))
        raise FormulaError(f"Syntax error. Found '{token.text}'")

    def _name(self, text: str) -> Node:
        following = self.peek()
        if following and following.text == "(" and "." not in text:
            self._next += 1
            return Call(text.upper(), self._arguments())
        if text.lower() in _WORDS:
            return Literal(_WORDS[text.lower()])
        return Path(tuple(part.strip() for part in text.split(".")))

    def _arguments(self) -> tuple[Node, ...]:
        following = self.peek()
        if following and following.text == ")":
            self._next += 1
            return ()
        found = [self.expression(0)]
        while (token := self.peek()) and token.text == ",":
            self._next += 1
            found.append(self.expression(0))
        self._expect(")")
        return tuple(found)

    def _expect(self, text: str) -> None:
        token = self.peek()
        if token is None or token.text != text:
            raise FormulaError(f"Syntax error. Missing '{text}'")
        self._next += 1

    def _take(self) -> Token:
        token = self.peek()
        if token is None:
            raise FormulaError("Syntax error. Missing expression")
        self._next += 1
        return token


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), text)
