"""Requests without a pause: the service grows neither slower nor larger. At length: bench_serving.py --parts soak."""

import pathlib
import sys

import numpy as np
import pytest
from job_world import published

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "benchmarks"))
from bench_serving import hammer
from serving_kit import place, tree_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.mark.timeout(600)
def test_a_thousand_requests_later_the_service_is_as_quick_and_as_small(
    tmp_path: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with place(tmp_path, published(tmp_path_factory)) as here:
        hammer("warm-up", here.client, 2, 3)
        before = tree_of(here.serve).megabytes
        spent = hammer("soak", here.client, 2, 12)
        grown = tree_of(here.serve).megabytes / before
    half = len(spent) // 2
    assert len(spent) > 200
    assert np.median(spent[half:]) < 3 * np.median(spent[:half])
    assert grown < 1.1, f"memory grew to {grown:.2f} times"
