"""DISTANCE(): how far a record's place lies from a point, along the earth's surface."""

from __future__ import annotations

from localorg.model import COMPOUND_TYPES, Field
from localorg.soql import ast, refusals
from localorg.soql.scope import Column, Scope
from localorg.soql.sqlfunctions import DISTANCE, EARTH_RADIUS

OPERATORS = frozenset({"<", ">", "<=", ">="})


def distance(scope: Scope, call: ast.Distance) -> Column:
    """NULL for records whose place is not known. Raises QueryError."""
    radius = EARTH_RADIUS.get(call.unit.lower())
    if radius is None:
        raise refusals.malformed(f"Invalid unit of distance: '{call.unit}'; use 'mi' or 'km'", scope.text, call.at)
    if not (-90 <= call.latitude <= 90 and -180 <= call.longitude <= 180):
        raise refusals.malformed("GEOLOCATION: latitude or longitude out of range", scope.text, call.at)
    place = scope.resolve(call.field)
    if place.field.type not in COMPOUND_TYPES:
        raise refusals.invalid_field(f"field {place.name} does not support DISTANCE", scope.text, call.field.at)
    sides = [_part(scope, place, name, call.field.at) for name in ("latitude", "longitude")]
    there = [scope.bind(float(number)) for number in (call.latitude, call.longitude)]
    sql = f"{DISTANCE}({', '.join([*sides, *there])}, {radius})"
    return Column(sql, Field("DISTANCE", "double", scale=15), place.table, "DISTANCE")


def part_key(whole: Field, part: Field) -> str:
    """`MailingPostalCode` of `MailingAddress` → `postalCode`; `Place__Latitude__s` of `Place__c` → `latitude`."""
    name = part.name.removeprefix(whole.name.removesuffix("Address").removesuffix("__c")).strip("_").removesuffix("__s")
    return name[:1].lower() + name[1:]


def check_operator(scope: Scope, condition: ast.Comparison | ast.Membership) -> None:
    """The platform compares distances with a limit only: two of them are hardly ever equal."""
    if isinstance(condition.left, ast.Distance) and condition.operator not in OPERATORS:
        raise refusals.malformed("invalid operator", scope.text, condition.left.at)


def _part(scope: Scope, place: Column, wanted: str, at: int) -> str:
    owner = place.table.sobject
    for part in owner or ():
        if part.compound == place.field.name and part_key(place.field, part) == wanted:
            return scope.column(place.table, part.name, at).sql
    return "NULL"
