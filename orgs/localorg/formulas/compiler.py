"""A formula's tree → SQL, checking types on the way as the platform does when a formula is saved."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from localorg.formulas import functions
from localorg.formulas.ast import Binary, Call, FormulaError, Literal, Node, Path, Unary
from localorg.formulas.globals import check_field
from localorg.formulas.parser import parse
from localorg.formulas.values import (
    BOOLEAN,
    DATE,
    DATETIME,
    ID,
    MULTIPICKLIST,
    NULL,
    NUMBER,
    PICKLIST,
    TEXT,
    Moment,
    Resolve,
    Value,
    as_condition,
    as_text,
    expect,
    text_literal,
    type_of,
)
from localorg.model import Field, Schema
from localorg.store import quote

_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_DAY = "%Y-%m-%dT%H:%M:%fZ"
PRIOR = "$Prior"
_CHANGES = {"ISNEW": 0, "ISCHANGED": 1, "PRIORVALUE": 1}
_TAKES_PICKLISTS = frozenset({"ISPICKVAL", "CASE", "TEXT", "INCLUDES", "ISBLANK", "ISNULL"})
_ROLLUPS = {"sum": "coalesce(sum({0}), 0)", "min": "min({0})", "max": "max({0})", "count": "count({0})"}


class Compiler:
    """`schema` is needed by roll-ups of formula fields; `depth` keeps the aliases of nested roll-ups apart."""

    def __init__(
        self,
        resolve: Resolve,
        moment: Moment,
        schema: Schema | None = None,
        *,
        blanks_as_zero: bool = False,
        depth: int = 0,
    ) -> None:
        self._resolve = resolve
        self._moment = moment
        self._schema = schema
        self._blanks_as_zero = blanks_as_zero
        self._depth = depth

    def compile(self, node: Node) -> Value:
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Path):
            return self._path(node)
        if isinstance(node, Unary):
            return self._unary(node)
        if isinstance(node, Binary):
            return self._binary(node)
        return self._call(node)

    def _path(self, node: Path) -> Value:
        if node.parts[0] == "$Setup":
            return _setting(node)
        check_field(node.parts)
        sql, field = self._resolve(node.parts)
        if field.formula and not sql:  # a formula of a roll-up's children is worked out where it stands
            return self.compile(parse(field.formula))
        kind = type_of(field)
        if kind == NUMBER and self._blanks_as_zero:
            sql = f"coalesce({sql}, 0)"
        return Value(sql, kind)

    def _call(self, node: Call) -> Value:
        if node.function == "ROLLUP":
            return self._rollup(node)
        if node.function in _CHANGES:
            return self._change(node)
        arguments = [self.compile(argument) for argument in node.arguments]
        if node.function not in _TAKES_PICKLISTS:
            _refuse_picklists(node.arguments, arguments)
        return functions.call(node.function, arguments, self._moment)

    def _change(self, node: Call) -> Value:
        """What a save changes: `$Prior` is the row before it, missing when the row is new."""
        if len(node.arguments) != _CHANGES[node.function]:
            given, expected = len(node.arguments), _CHANGES[node.function]
            message = f"Incorrect number of parameters for function '{node.function}()'. Expected {expected}"
            raise FormulaError(f"{message}, received {given}")
        identity, _ = self._resolve((PRIOR, "Id"))
        if node.function == "ISNEW":
            return Value(f"({identity} IS NULL)", BOOLEAN)
        [argument] = node.arguments
        if not isinstance(argument, Path) or len(argument.parts) != 1:
            raise FormulaError(f"Function {node.function}() takes a field of this record.")
        now, field = self._resolve(argument.parts)
        before, _ = self._resolve((PRIOR, *argument.parts))
        if node.function == "ISCHANGED":
            return Value(f"({identity} IS NOT NULL AND {now} IS NOT {before} COLLATE BINARY)", BOOLEAN)
        return Value(f"CASE WHEN {identity} IS NULL THEN {now} ELSE {before} END", type_of(field))

    def _unary(self, node: Unary) -> Value:
        value = self.compile(node.operand)
        if node.operator == "!":
            expect("operator '!'", value, BOOLEAN)
            return Value(f"NOT {as_condition(value)}", BOOLEAN)
        expect(f"operator '{node.operator}'", value, NUMBER)
        return Value(f"({node.operator}{value.sql})", NUMBER)

    def _binary(self, node: Binary) -> Value:
        left, right = self.compile(node.left), self.compile(node.right)
        _refuse_picklists((node.left, node.right), (left, right))
        where = f"operator '{node.operator}'"
        if node.operator in ("&&", "||"):
            expect(where, left, BOOLEAN)
            expect(where, right, BOOLEAN)
            word = "AND" if node.operator == "&&" else "OR"
            return Value(f"({as_condition(left)} {word} {as_condition(right)})", BOOLEAN)
        if node.operator in _COMPARISONS:
            return _comparison(node.operator, left, right)
        if node.operator == "&" or (node.operator == "+" and left.is_text):
            expect(where, left, TEXT)
            expect(where, right, TEXT)
            return Value(f"({as_text(left)} || {as_text(right)})", TEXT)
        return _arithmetic(node.operator, left, right)

    def _rollup(self, node: Call) -> Value:
        """A count, sum, minimum or maximum over the live children of the record for which a condition of theirs holds."""
        texts = [str(argument.value) for argument in node.arguments if isinstance(argument, Literal)]
        child, key, operation, field, only_if = [*texts, "", ""][:5]
        alias = f"c{self._depth}"
        identity, _ = self._resolve(("Id",))
        inner = Compiler(_local(self._schema, child, alias), self._moment, self._schema, depth=self._depth + 1)
        summarized = _ROLLUPS[operation].format(inner.compile(Path((field,))).sql if field else "*")
        rows = f"{alias}.{quote(key)} = {identity} AND {alias}.IsDeleted = 0"
        if only_if:
            rows += f" AND {as_condition(expect('roll-up filter', inner.compile(parse(only_if)), BOOLEAN))} = 1"
        return Value(f"(SELECT {summarized} FROM {quote(child)} {alias} WHERE {rows})", NULL)


def _local(schema: Schema | None, child: str, alias: str) -> Resolve:
    """The child's own fields, without those of its parents; a formula among them has no column to read."""

    def resolve(path: tuple[str, ...]) -> tuple[str, Field]:
        field = schema[child].get(path[0]) if schema and len(path) == 1 else None
        if field is None:
            raise FormulaError(f"Field {'.'.join(path)} does not exist. Check spelling.")
        return f"{alias}.{quote(field.name)}" if field.stored else "", field

    return resolve


def _literal(node: Literal) -> Value:
    if node.value is None:
        return Value("NULL", NULL)
    if isinstance(node.value, bool):
        return Value(str(int(node.value)), BOOLEAN)
    if isinstance(node.value, str):
        return Value(text_literal(node.value), TEXT)
    whole = node.value == int(node.value) and abs(node.value) < 2**53
    return Value(str(int(node.value)) if whole else repr(node.value), NUMBER)


def _setting(node: Path) -> Value:
    """`$Setup.Object.Field`: the organization's row of a hierarchy custom setting."""
    if len(node.parts) != 3:
        raise FormulaError(f"Field {node} does not exist. Check spelling.")
    _, setting, field = node.parts
    return Value(f"(SELECT {quote(field)} FROM {quote(setting)} WHERE SetupOwnerId LIKE '00D%' LIMIT 1)", NULL)


def _refuse_picklists(nodes: tuple[Node, ...], values: list[Value] | tuple[Value, ...]) -> None:
    for node, value in zip(nodes, values, strict=True):
        if value.type in (PICKLIST, MULTIPICKLIST):
            kind = "picklist" if value.type == PICKLIST else "multi-select picklist"
            message = (
                f"Field {node} is a {kind} field. {kind.capitalize()} fields are only supported in certain functions."
            )
            raise FormulaError(message)


def _comparison(operator: str, left: Value, right: Value) -> Value:
    if NULL not in (left.type, right.type):
        comparable = (TEXT, ID) if left.is_text else (left.type,)
        expect(f"operator '{operator}'", right, *comparable)
    if BOOLEAN in (left.type, right.type):
        return Value(f"({as_condition(left)} {operator} {as_condition(right)})", BOOLEAN)
    if left.is_text or right.is_text:
        return Value(f"({as_text(left)} {operator} {as_text(right)})", BOOLEAN)
    if operator == "<>":
        return Value(f"({left.sql} IS NOT {right.sql})", BOOLEAN)
    return Value(f"({left.sql} {operator} {right.sql})", BOOLEAN)


def _arithmetic(operator: str, left: Value, right: Value) -> Value:
    where = f"operator '{operator}'"
    if DATE in (left.type, right.type) or DATETIME in (left.type, right.type):
        return _date_arithmetic(operator, left, right)
    expect(where, left, NUMBER)
    expect(where, right, NUMBER)
    if operator == "^":
        return Value(f"pow({left.sql}, {right.sql})", NUMBER)
    if operator == "/":
        return Value(f"(1.0 * {left.sql} / {right.sql})", NUMBER)
    return Value(f"({left.sql} {operator} {right.sql})", NUMBER)


def _date_arithmetic(operator: str, left: Value, right: Value) -> Value:
    """Day minus day is a number of days; day plus or minus a number is a day (whole days only for dates)."""
    where = f"operator '{operator}'"
    if operator == "-" and left.type == right.type:
        return Value(f"(julianday({left.sql}) - julianday({right.sql}))", NUMBER)
    if operator == "+" and left.type == NUMBER:
        left, right = right, left
    if operator not in ("+", "-") or left.type not in (DATE, DATETIME):
        expect(where, left, NUMBER)
    expect(where, right, NUMBER)
    if left.type == DATE:
        return Value(f"date({left.sql}, ({operator}CAST({right.sql} AS INTEGER)) || ' days')", DATE)
    return Value(f"strftime('{_DAY}', julianday({left.sql}) {operator} {right.sql})", DATETIME)
