"""Looked up sixteen at a time or one by one: the same sums, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
from steward.models import lanes


@pytest.mark.parametrize("width", [lanes.CELLS, 2 * lanes.CELLS])
@pytest.mark.parametrize("size", [1, lanes.LANES, 3 * lanes.LANES - 1])
def test_both_ways_add_the_same(width, size):
    rng = np.random.default_rng(size)
    cell = rng.normal(size=width).astype(np.float32)
    after = rng.integers(0, width, 3 * lanes.LANES).astype(np.uint32)
    share = rng.normal(size=3 * lanes.LANES).astype(np.float32)
    expected = share + cell[after]
    for add in (lanes.one_by_one, lanes.add_looked_up):
        found = share.copy()
        add(found, cell, after, size)
        assert found[:size].tobytes() == expected[:size].tobytes()
