"""Who speaks for a donor: the compiled choice beside the same rules written out plainly, on contributions of every kind."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from steward.models.speakers import NOBODY, Beside, Speaking

FEATURES, GROUPS = 7, 3


def plainly(parts: list[float], value: list[float], typical: list[float], how: Speaking) -> tuple[list[int], list[int]]:
    """One donor's speakers: raising, lowering."""
    topics = sorted(set(how.topic.tolist()))
    members = {topic: [f for f in range(FEATURES) if how.topic[f] == topic] for topic in topics}
    total = {topic: sum(parts[f] for f in members[topic]) for topic in topics}
    needed = max(how.least, how.least_share * sum(abs(one) for one in total.values()))

    def makes_sense(f: int, up: bool) -> bool:
        if np.isnan(value[f]) or np.isnan(typical[f]):
            return True
        if value[f] == typical[f]:
            return False
        return how.raises[f] == 0 or ((value[f] > typical[f]) == (how.raises[f] > 0)) == up

    sides: tuple[list[int], list[int]] = ([], [])
    for topic in sorted(topics, key=lambda one: -abs(total[one])):
        up = total[topic] > 0
        able = [f for f in members[topic] if parts[f] * total[topic] > 0 and makes_sense(f, up)]
        if able and abs(total[topic]) >= needed:
            sides[0 if up else 1].append(max(able, key=lambda f: abs(parts[f])))
    return sides[0][: how.top], sides[1][: how.top]


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10_000), top=st.integers(1, 4), least=st.sampled_from([0.0, 0.5, 3.0]))
def test_the_strongest_of_each_topic_that_makes_sense_speaks_strongest_topics_first(seed, top, least):
    rng = np.random.default_rng(seed)
    donors = int(rng.integers(0, 6))
    parts = rng.integers(-4, 5, (donors, FEATURES + 1)).astype(np.float32)  # whole numbers, so that many are equal
    value, typical = (rng.integers(0, 3, shape).astype(float) for shape in ((donors, FEATURES), (GROUPS, FEATURES)))
    for one in (value, typical):
        one[rng.random(one.shape) < 0.2] = np.nan
    group = rng.integers(0, GROUPS, donors)
    how = Speaking(np.array([0, 1, 0, 2, 2, 3, 0]), rng.integers(-1, 2, FEATURES), top, least, 0.05)
    found = how.chosen(parts, Beside(value[::-1].copy(), np.arange(donors)[::-1], group, typical))
    for donor in range(donors):
        said = [[f for f in side if f != NOBODY] for side in (found[donor, :top].tolist(), found[donor, top:].tolist())]
        asked = parts[donor, :-1].tolist(), value[donor].tolist(), typical[group[donor]].tolist()
        assert tuple(said) == plainly(*asked, how)


def test_what_is_said_against_a_loud_donor_must_be_louder_too():
    how = Speaking(np.array([0, 1, 2]), np.zeros(3, int), 3, 0.0, 0.05)
    beside = Beside(np.ones((1, 3)), np.zeros(2, int), np.zeros(2, int), np.zeros((1, 3)))
    parts = np.array([[10.0, -0.4, 0.0, 0.0], [1.0, -0.4, 0.0, 0.0]], np.float32)
    nobody = [NOBODY] * 3
    assert how.chosen(parts, beside).tolist() == [[0, *nobody[1:], *nobody], [0, *nobody[1:], 1, *nobody[1:]]]
