"""The functions of formulas, each from checked arguments to SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from localorg.formulas.ast import FormulaError
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
    Value,
    as_condition,
    as_text,
    expect,
    text_literal,
)

Arguments = Sequence[Value]
Build = Callable[[Arguments, Moment], Value]


@dataclass(frozen=True)
class Function:
    """`types` are the allowed types an argument, the last one repeating; an empty tuple allows any but a picklist."""

    least: int
    most: int | None
    types: tuple[tuple[str, ...], ...]
    build: Build


def call(name: str, arguments: Arguments, moment: Moment) -> Value:
    function = FUNCTIONS.get(name)
    if function is None:
        raise FormulaError(f"Unknown function {name}. Check spelling.")
    _check_count(name, function, len(arguments))
    for position, argument in enumerate(arguments):
        allowed = function.types[min(position, len(function.types) - 1)] if function.types else ()
        if allowed:
            expect(f"function '{name}()'", argument, *allowed)
    return function.build(arguments, moment)


def _check_count(name: str, function: Function, given: int) -> None:
    too_many = function.most is not None and given > function.most
    if given < function.least or too_many:
        expected = function.most if too_many else function.least
        raise FormulaError(
            f"Incorrect number of parameters for function '{name}()'. Expected {expected}, received {given}"
        )


def _simple(kind: str, template: str) -> Build:
    """SQL from a template: `{0}`, `{1}` … are the arguments, texts with blanks as empty texts."""

    def build(arguments: Arguments, moment: Moment) -> Value:
        parts = [as_text(value) if value.is_text else value.sql for value in arguments]
        return Value(template.format(*parts), kind)

    return build


# Logic


def _if(arguments: Arguments, moment: Moment) -> Value:
    condition, yes, no = arguments
    kind = common_type("function 'IF()'", [yes, no])
    return Value(f"CASE WHEN {as_condition(condition)} THEN {yes.sql} ELSE {no.sql} END", kind)


def common_type(where: str, values: Sequence[Value]) -> str:
    """The type of several alternatives; texts and ids are text."""
    kinds = [value.type for value in values if value.type != NULL]
    if not kinds:
        return NULL
    for value in values:
        expect(where, value, *({TEXT, ID} if kinds[0] in (TEXT, ID) else {kinds[0]}))
    return TEXT if len(set(kinds)) > 1 else kinds[0]


def _joined(operator: str) -> Build:
    def build(arguments: Arguments, moment: Moment) -> Value:
        return Value("(" + f" {operator} ".join(as_condition(value) for value in arguments) + ")", BOOLEAN)

    return build


def _not(arguments: Arguments, moment: Moment) -> Value:
    return Value(f"NOT {as_condition(arguments[0])}", BOOLEAN)


def _case(arguments: Arguments, moment: Moment) -> Value:
    if len(arguments) % 2:
        message = f"Incorrect number of parameters for function 'CASE()'. Expected {len(arguments) + 1}"
        raise FormulaError(f"{message}, received {len(arguments)}")
    subject, pairs, otherwise = arguments[0], arguments[1:-1], arguments[-1]
    left = as_text(subject) if subject.is_text or subject.type == PICKLIST else subject.sql
    branches = []
    for key, result in zip(pairs[::2], pairs[1::2], strict=True):
        expect("function 'CASE()'", key, TEXT if subject.type in (PICKLIST, ID) else subject.type)
        right = as_text(key) if key.is_text else key.sql
        branches.append(f"WHEN {left} = {right} THEN {result.sql}")
    kind = common_type("function 'CASE()'", [*pairs[1::2], otherwise])
    return Value(f"CASE {' '.join(branches)} ELSE {otherwise.sql} END", kind)


def _is_blank(arguments: Arguments, moment: Moment) -> Value:
    value = arguments[0]
    if value.type == PICKLIST:
        raise FormulaError(picklist_refusal(value))
    return Value(f"({as_text(value)} = '')" if value.is_text else f"({value.sql} IS NULL)", BOOLEAN)


def picklist_refusal(value: Value) -> str:
    name = value.sql.rpartition(".")[2].strip('"')
    return f"Field {name} is a picklist field. Picklist fields are only supported in certain functions."


def _blank_value(arguments: Arguments, moment: Moment) -> Value:
    value, instead = arguments
    kind = common_type("function 'BLANKVALUE()'", [value, instead])
    first = f"nullif({value.sql}, '')" if value.is_text else value.sql
    return Value(f"coalesce({first}, {instead.sql})", kind)


def _is_picklist_value(arguments: Arguments, moment: Moment) -> Value:
    return Value(f"(coalesce({arguments[0].sql}, '') COLLATE BINARY = {as_text(arguments[1])})", BOOLEAN)


def _includes(arguments: Arguments, moment: Moment) -> Value:
    return Value(
        f"(instr(';' || coalesce({arguments[0].sql}, '') || ';', ';' || {arguments[1].sql} || ';') > 0)", BOOLEAN
    )


# Text


def _text(arguments: Arguments, moment: Moment) -> Value:
    value = arguments[0]
    if value.type == NUMBER:
        whole = f"CAST(CAST({value.sql} AS INTEGER) AS TEXT)"
        return Value(
            f"CASE WHEN {value.sql} = CAST({value.sql} AS INTEGER) THEN {whole} ELSE CAST({value.sql} AS TEXT) END",
            TEXT,
        )
    if value.type == DATETIME:
        return Value(f"(substr({value.sql}, 1, 10) || ' ' || substr({value.sql}, 12, 8) || 'Z')", TEXT)
    return Value(value.sql, TEXT)


def _left(arguments: Arguments, moment: Moment) -> Value:
    return Value(f"substr({as_text(arguments[0])}, 1, max({arguments[1].sql}, 0))", TEXT)


def _right(arguments: Arguments, moment: Moment) -> Value:
    text, count = as_text(arguments[0]), arguments[1].sql
    return Value(f"CASE WHEN {count} > 0 THEN substr({text}, -CAST({count} AS INTEGER)) ELSE '' END", TEXT)


def _find(arguments: Arguments, moment: Moment) -> Value:
    wanted, text = as_text(arguments[0]), as_text(arguments[1])
    if len(arguments) == 2:
        return Value(f"instr({text}, {wanted})", NUMBER)
    start = f"CAST({arguments[2].sql} AS INTEGER)"
    found = f"instr(substr({text}, {start}), {wanted})"
    return Value(f"CASE WHEN {found} > 0 THEN {found} + {start} - 1 ELSE 0 END", NUMBER)


def _pad(left: bool) -> Build:
    def build(arguments: Arguments, moment: Moment) -> Value:
        text, width = as_text(arguments[0]), f"CAST({arguments[1].sql} AS INTEGER)"
        fill = as_text(arguments[2]) if len(arguments) > 2 else "' '"
        padding = f"substr(replace(hex(zeroblob({width})), '00', {fill}), 1, {width} - length({text}))"
        whole = f"{padding} || {text}" if left else f"{text} || {padding}"
        return Value(f"CASE WHEN length({text}) >= {width} THEN substr({text}, 1, {width}) ELSE {whole} END", TEXT)

    return build


def _hyperlink(arguments: Arguments, moment: Moment) -> Value:
    target = as_text(arguments[2]) if len(arguments) > 2 else "'_blank'"
    url, label = as_text(arguments[0]), as_text(arguments[1])
    return Value(f"""('<a href="' || {url} || '" target="' || {target} || '">' || {label} || '</a>')""", TEXT)


def _image(arguments: Arguments, moment: Moment) -> Value:
    return Value(
        f"""('<img src="' || {as_text(arguments[0])} || '" alt="' || {as_text(arguments[1])} || '" border="0"/>')""",
        TEXT,
    )


# Dates


def _date_value(arguments: Arguments, moment: Moment) -> Value:
    value = arguments[0]
    if value.type == DATETIME:
        return Value(f"local_date({value.sql}, {text_literal(moment.time_zone)})", DATE)
    return Value(f"date({value.sql})", DATE)


def _date_part(start: int, length: int) -> Build:
    def build(arguments: Arguments, moment: Moment) -> Value:
        return Value(f"CAST(substr({arguments[0].sql}, {start}, {length}) AS INTEGER)", NUMBER)

    return build


def _add_months(arguments: Arguments, moment: Moment) -> Value:
    return Value(f"add_months({arguments[0].sql}, {arguments[1].sql})", arguments[0].type)


def _today(arguments: Arguments, moment: Moment) -> Value:
    return Value(text_literal(moment.today), DATE)


def _now(arguments: Arguments, moment: Moment) -> Value:
    return Value(text_literal(moment.stamp), DATETIME)


_ANY: tuple[tuple[str, ...], ...] = ()
_T, _N, _B = (TEXT,), (NUMBER,), (BOOLEAN,)
_D = (DATE,)
FUNCTIONS: dict[str, Function] = {
    "IF": Function(3, 3, (_B, (), ()), _if),
    "AND": Function(1, None, (_B,), _joined("AND")),
    "OR": Function(1, None, (_B,), _joined("OR")),
    "NOT": Function(1, 1, (_B,), _not),
    "CASE": Function(4, None, _ANY, _case),
    "ISBLANK": Function(1, 1, _ANY, _is_blank),
    "ISNULL": Function(1, 1, _ANY, _is_blank),
    "BLANKVALUE": Function(2, 2, _ANY, _blank_value),
    "NULLVALUE": Function(2, 2, _ANY, _blank_value),
    "ISPICKVAL": Function(2, 2, ((PICKLIST,), _T), _is_picklist_value),
    "PICKLISTCOUNT": Function(
        1, 1, ((MULTIPICKLIST,),), _simple(NUMBER, "coalesce(length({0}) - length(replace({0}, ';', '')) + 1, 0)")
    ),
    "INCLUDES": Function(2, 2, ((MULTIPICKLIST,), _T), _includes),
    "ISNUMBER": Function(1, 1, (_T,), _simple(BOOLEAN, "({0} GLOB '*[0-9]*' AND {0} NOT GLOB '*[^0-9.eE+-]*')")),
    "TEXT": Function(1, 1, ((NUMBER, DATE, DATETIME, PICKLIST),), _text),
    "VALUE": Function(1, 1, (_T,), _simple(NUMBER, "CASE WHEN {0} GLOB '*[0-9]*' THEN CAST({0} AS REAL) END")),
    "LEN": Function(1, 1, (_T,), _simple(NUMBER, "length({0})")),
    "LEFT": Function(2, 2, (_T, _N), _left),
    "RIGHT": Function(2, 2, (_T, _N), _right),
    "MID": Function(3, 3, (_T, _N, _N), _simple(TEXT, "substr({0}, {1}, {2})")),
    "CONTAINS": Function(2, 2, (_T,), _simple(BOOLEAN, "(instr({0}, {1}) > 0)")),
    "BEGINS": Function(2, 2, (_T,), _simple(BOOLEAN, "(substr({0}, 1, length({1})) = {1})")),
    "REGEX": Function(2, 2, (_T,), _simple(BOOLEAN, "full_match({0}, {1})")),
    "FIND": Function(2, 3, (_T, _T, _N), _find),
    "SUBSTITUTE": Function(3, 3, (_T,), _simple(TEXT, "replace({0}, {1}, {2})")),
    "TRIM": Function(1, 1, (_T,), _simple(TEXT, "trim({0})")),
    "UPPER": Function(1, 2, (_T,), _simple(TEXT, "upper({0})")),
    "LOWER": Function(1, 2, (_T,), _simple(TEXT, "lower({0})")),
    "LPAD": Function(2, 3, (_T, _N, _T), _pad(left=True)),
    "RPAD": Function(2, 3, (_T, _N, _T), _pad(left=False)),
    "ASCII": Function(1, 1, (_T,), _simple(NUMBER, "unicode({0})")),
    "CHR": Function(1, 1, (_N,), _simple(TEXT, "char({0})")),
    "PI": Function(0, 0, _ANY, _simple(NUMBER, "pi()")),
    "BR": Function(0, 0, _ANY, _simple(TEXT, "'<br>'")),
    "CASESAFEID": Function(1, 1, (_T,), lambda arguments, moment: Value(arguments[0].sql, TEXT)),
    "HYPERLINK": Function(2, 3, (_T,), _hyperlink),
    "IMAGE": Function(2, 4, (_T, _T, _N), _image),
    "ROUND": Function(2, 2, (_N,), _simple(NUMBER, "round({0}, {1})")),
    "FLOOR": Function(1, 1, (_N,), _simple(NUMBER, "trunc({0})")),
    "CEILING": Function(1, 1, (_N,), _simple(NUMBER, "(sign({0}) * ceil(abs({0})))")),
    "MFLOOR": Function(1, 1, (_N,), _simple(NUMBER, "floor({0})")),
    "MCEILING": Function(1, 1, (_N,), _simple(NUMBER, "ceil({0})")),
    "TRUNC": Function(1, 1, (_N,), _simple(NUMBER, "trunc({0})")),
    "ABS": Function(1, 1, (_N,), _simple(NUMBER, "abs({0})")),
    "MOD": Function(2, 2, (_N,), _simple(NUMBER, "mod({0}, {1})")),
    "SQRT": Function(1, 1, (_N,), _simple(NUMBER, "sqrt({0})")),
    "EXP": Function(1, 1, (_N,), _simple(NUMBER, "exp({0})")),
    "LN": Function(1, 1, (_N,), _simple(NUMBER, "ln({0})")),
    "LOG": Function(1, 1, (_N,), _simple(NUMBER, "log10({0})")),
    "MIN": Function(1, None, (_N,), lambda a, m: Value(_extreme("min", a), NUMBER)),
    "MAX": Function(1, None, (_N,), lambda a, m: Value(_extreme("max", a), NUMBER)),
    "TODAY": Function(0, 0, _ANY, _today),
    "NOW": Function(0, 0, _ANY, _now),
    "DATETIMEVALUE": Function(
        1, 1, ((TEXT, DATE, DATETIME),), _simple(DATETIME, "strftime('%Y-%m-%dT%H:%M:%fZ', {0})")
    ),
    "UNIXTIMESTAMP": Function(1, 1, ((DATE, DATETIME),), _simple(NUMBER, "CAST(strftime('%s', {0}) AS INTEGER)")),
    "FROMUNIXTIME": Function(1, 1, (_N,), _simple(DATETIME, "strftime('%Y-%m-%dT%H:%M:%fZ', {0}, 'unixepoch')")),
    "DAYOFYEAR": Function(1, 1, (_D,), _simple(NUMBER, "CAST(strftime('%j', {0}) AS INTEGER)")),
    "DATEVALUE": Function(1, 1, ((DATETIME, TEXT, DATE),), _date_value),
    "DATE": Function(3, 3, (_N,), _simple(DATE, "date(printf('%04d-%02d-%02d', {0}, {1}, {2}))")),
    "YEAR": Function(1, 1, (_D,), _date_part(1, 4)),
    "MONTH": Function(1, 1, (_D,), _date_part(6, 2)),
    "DAY": Function(1, 1, (_D,), _date_part(9, 2)),
    "WEEKDAY": Function(1, 1, (_D,), _simple(NUMBER, "(CAST(strftime('%w', {0}) AS INTEGER) + 1)")),
    "ADDMONTHS": Function(2, 2, ((DATE, DATETIME), _N), _add_months),
}


def _extreme(name: str, arguments: Arguments) -> str:
    """SQLite's one-argument min and max are aggregates."""
    return arguments[0].sql if len(arguments) == 1 else f"{name}({', '.join(value.sql for value in arguments)})"
