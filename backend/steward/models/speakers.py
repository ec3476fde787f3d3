"""Which features speak for a donor: of each topic the strongest whose claim is true, the strongest topics of either side.

A topic's contribution is that of its features together. A feature speaks for it where it pulls the same way, and where a
fundraiser would nod: not where the donor's value is everybody's, or means the opposite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steward.compiled import compiled
from steward.models.metrics import Array
from steward.models.treetables import Floats

NOBODY = -1


@dataclass(frozen=True)
class Beside:
    """What donors have and what that is told beside: `place` is each donor's row of `value`, which may hold others, too,
    `group` that of `typical`, one typical value a feature."""

    value: Array  # (rows, features)
    place: NDArray[np.intp]
    group: NDArray[np.intp]
    typical: Array  # (groups, features)


@dataclass(frozen=True)
class Speaking:
    """How speakers are chosen: each feature's topic, and +1 or -1 where more of it must raise or lower the outcome.

    `top` a side; a topic too weak to move the donor, or against what was said in all, is silent.
    """

    topic: NDArray[np.intp]
    raises: NDArray[np.intp]
    top: int
    least: float
    least_share: float

    def chosen(self, parts: Floats, beside: Beside, heard: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
        """(donors, 2 * top): the features that raise a donor's score, strongest first, then those that lower it.

        `parts`: contributions with the bias last. NOBODY where fewer speak, and for who is not `heard`.
        """
        out = np.full((len(parts), 2 * self.top), NOBODY, np.intp)
        asked = np.ones(len(parts), bool) if heard is None else heard
        _choose(
            np.ascontiguousarray(parts, np.float32), asked, beside.value, beside.place, beside.group, beside.typical, self.topic,
            self.raises, self.least, self.least_share, out,
        )  # fmt: skip
        return out


@compiled
def _choose(  # type: ignore[no-untyped-def]
    parts, asked, values, places, groups, typicals, topic, raises, least, least_share, out
):  # pragma: no cover - compiled
    """Features are added up in their order, and of equals the first is the strongest: a donor's answer is their own."""
    features = len(topic)
    topics = topic.max() + 1 if features else 0
    top = out.shape[1] // 2
    totals, strength = np.empty(topics), np.empty(topics)
    speaker = np.empty(topics, np.intp)
    for donor in range(len(parts)):
        if not asked[donor]:
            continue
        totals[:] = 0.0
        strength[:] = 0.0
        speaker[:] = NOBODY
        for feature in range(features):
            totals[topic[feature]] += np.float64(parts[donor, feature])
        needed = max(least, least_share * np.abs(totals).sum())
        for feature in range(features):
            part, total = np.float64(parts[donor, feature]), totals[topic[feature]]
            if part * total <= 0 or abs(part) <= strength[topic[feature]]:
                continue
            value, typical = values[places[donor], feature], typicals[groups[donor], feature]
            if not (np.isnan(value) or np.isnan(typical)):
                if value == typical:
                    continue
                if raises[feature] != 0 and ((value > typical) == (raises[feature] > 0)) != (total > 0):
                    continue
            speaker[topic[feature]] = feature
            strength[topic[feature]] = abs(part)
        raising, lowering = 0, top
        while raising < top or lowering < 2 * top:
            best = NOBODY
            for one in range(topics):
                heard = speaker[one] != NOBODY and abs(totals[one]) >= needed
                if heard and (best == NOBODY or abs(totals[one]) > abs(totals[best])):
                    best = one
            if best == NOBODY:
                break
            if totals[best] > 0 and raising < top:
                out[donor, raising] = speaker[best]
                raising += 1
            elif totals[best] < 0 and lowering < 2 * top:
                out[donor, lowering] = speaker[best]
                lowering += 1
            speaker[best] = NOBODY
