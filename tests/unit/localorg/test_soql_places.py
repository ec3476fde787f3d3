"""DISTANCE and GEOLOCATION, checked by a second way to measure the earth, and the scopes of USING SCOPE."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from localorg import ids
from soql_world import ME, World

WORLD = World()
MILES = 6371.0088 / 3958.7613
LATITUDES = st.floats(-89, 89).map(lambda number: round(number, 6))
LONGITUDES = st.floats(-180, 180).map(lambda number: round(number, 6))
PLACES = st.tuples(LATITUDES, LONGITUDES)


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The angle between two vectors from the earth's middle; no haversine."""

    def vector(place: tuple[float, float]) -> tuple[float, float, float]:
        up, round_ = map(math.radians, place)
        return math.cos(up) * math.cos(round_), math.cos(up) * math.sin(round_), math.sin(up)

    one, other = vector(here), vector(there)
    cross = math.dist((0, 0, 0), (
        one[1] * other[2] - one[2] * other[1], one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    ))  # fmt: skip
    return 6371.0088 * math.atan2(cross, sum(a * b for a, b in zip(one, other, strict=True)))


def fill(places: list[tuple[float, float] | None]) -> dict[str, tuple[float, float] | None]:
    WORLD.clear()
    made = {}
    for number, place in enumerate(places):
        latitude, longitude = place or (None, None)
        made[WORLD.add("Account", number, BillingLatitude=latitude, BillingLongitude=longitude)] = place
    return made


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), PLACES), max_size=6), PLACES, st.floats(1, 20_000), st.sampled_from(["km", "mi"]))
def test_records_within_a_distance_are_found(
    places: list[tuple[float, float] | None], point: tuple[float, float], limit: float, unit: str
) -> None:
    made = fill(places)
    factor = 1.0 if unit == "km" else MILES
    away = {one: kilometres(place, point) / factor for one, place in made.items() if place}
    if any(abs(distance - limit) < 0.001 for distance in away.values()):
        return  # too close to the limit for two ways of measuring
    # SOQL writes no exponents
    call = f"DISTANCE(BillingAddress, GEOLOCATION({point[0]:.6f}, {point[1]:.6f}), '{unit}')"
    near = WORLD.values(f"SELECT Id FROM Account WHERE {call} < {limit:.6f} ORDER BY {call}, Id")
    assert near == sorted((one for one in away if away[one] < limit), key=lambda one: (round(away[one], 6), one))
    far = WORLD.values(f"SELECT Id FROM Account WHERE {call} > {limit:.6f}")
    assert set(far) == {one for one in away if away[one] > limit}


def test_the_distance_can_be_selected() -> None:
    fill([(37.775, -122.418), None])
    call = "DISTANCE(BillingAddress, GEOLOCATION(37.775, -122.418), 'mi')"
    near, unknown = WORLD.query(f"SELECT Id, {call}, {call} away FROM Account ORDER BY Id")
    assert near["expr0"] == near["away"] == pytest.approx(0)
    assert unknown["expr0"] is None


def test_a_scope_is_the_users_own_records_or_all() -> None:
    WORLD.clear()
    mine = WORLD.add("Account", 1)
    other = WORLD.add("Account", 2, OwnerId=ids.make("005", 9))
    assert WORLD.values("SELECT Id FROM Account USING SCOPE everything ORDER BY Id") == [mine, other]
    assert WORLD.values("SELECT Id FROM Account USING SCOPE Mine") == [mine]
    assert WORLD.values("SELECT Id FROM Account USING SCOPE team") == [mine]
    assert ids.make("005", 9) != ME
