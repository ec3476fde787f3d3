"""The classic models give what their papers print, and find again what made-up donors were drawn from."""

from __future__ import annotations

import pathlib

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1
from steward.value.repeat_giving import (
    BetaGeometricBetaBinomial,
    BetaGeometricNegativeBinomial,
    Histories,
    fit_bgbb,
    fit_bgnbd,
    fit_gamma_gamma,
)

DATA = pathlib.Path(__file__).parents[3].parent / "shared/data"
PUBLISHED = BetaGeometricBetaBinomial(1.204, 0.750, 0.657, 2.783, -33225.6)


def test_bgbb_fits_the_1995_cohort_as_published():
    """Fader, Hardie & Shang (2010), table 3: 11,104 donors, six yearly opportunities."""
    if not DATA.exists():
        pytest.skip("the real donors of the paper are not beside the project (../shared/data/bgbb)")
    table = pd.read_csv(DATA / "bgbb/donations.csv")
    known = Histories(*(table[name].to_numpy(float) for name in ("frequency", "recency", "periods", "weights")))
    fit = fit_bgbb(known)
    assert (round(fit.alpha, 3), round(fit.beta, 3)) == (1.204, 0.750)
    assert (round(fit.gamma, 3), round(fit.delta, 3)) == (0.657, 2.783)
    assert fit.log_likelihood == pytest.approx(-33225.6, abs=0.05)


@pytest.mark.parametrize(("repeats", "last", "expected"), [(0, 0, 0.07), (1, 1, 0.09), (4, 5, 2.03), (6, 6, 3.75)])
def test_bgbb_expects_the_papers_gifts_in_the_next_five_years(repeats, last, expected):
    """Table 6 of the paper, at its own parameters."""
    known = Histories(*(np.array([float(v)]) for v in (repeats, last, 6, 1)))
    assert PUBLISHED.expected_gifts(known, 5)[0] == pytest.approx(expected, abs=0.006)


def test_bgbb_counts_gifts_where_a_fit_ends_at_the_edge_of_what_is_allowed():
    """Donors who all stay, or all leave, push parameters to their bounds; then only logarithms hold the numbers."""
    known = Histories(np.array([0.0, 3.0]), np.array([0.0, 3.0]), np.array([4.0, 4.0]), np.ones(2))
    half = BetaGeometricBetaBinomial(2981.0, 2981.0, 2981.0, 2981.0, 0.0)
    never_leaves = BetaGeometricBetaBinomial(2981.0, 2981.0, 0.0003, 2981.0, 0.0)
    assert never_leaves.expected_gifts(known, 4) == pytest.approx([2.0, 2.0], rel=0.01)
    assert 0 < half.expected_gifts(known, 4)[1] < 0.5


def test_bgnbd_finds_the_rates_that_donors_were_drawn_from():
    rng = np.random.default_rng(3)
    count, watched = 20_000, 60.0
    rate, leave = rng.gamma(0.8, 1 / 6.0, count), rng.beta(1.2, 3.0, count)
    repeats, last = np.zeros(count), np.zeros(count)
    alive = np.ones(count, bool)
    now = rng.exponential(1 / rate)
    while (giving := alive & (now <= watched)).any():
        repeats[giving] += 1
        last[giving] = now[giving]
        alive &= giving & (rng.random(count) > leave)
        now = now + rng.exponential(1 / rate)
    fit = fit_bgnbd(Histories(repeats, last, np.full(count, watched), np.ones(count)))
    assert fit.r == pytest.approx(0.8, rel=0.1)
    assert fit.alpha == pytest.approx(6.0, rel=0.12)
    assert fit.a / (fit.a + fit.b) == pytest.approx(1.2 / 4.2, rel=0.12)


def test_the_unit_of_time_does_not_change_the_bgnbd():
    rng = np.random.default_rng(4)
    repeats = rng.poisson(2.0, 3000).astype(float)
    last = np.where(repeats > 0, rng.uniform(0, 24, 3000), 0.0)
    months = Histories(repeats, last, np.full(3000, 24.0), np.ones(3000))
    days = Histories(repeats, last * 30, months.watched * 30, months.donors)
    in_months, in_days = fit_bgnbd(months), fit_bgnbd(days)
    assert in_days.alpha / 30 == pytest.approx(in_months.alpha, rel=0.01)
    ahead = in_months.expected_gifts(months, 12), in_days.expected_gifts(days, 360)
    assert ahead[1] == pytest.approx(ahead[0], rel=0.01)


def test_bgnbd_counts_the_gifts_of_who_gave_hundreds_of_times():
    """As the paper's own series does where that does not overflow; of daily givers, a little less than they gave so far."""
    fit = BetaGeometricNegativeBinomial(0.24, 4.4, 0.79, 2.4, 0.0)
    last, watched = np.array([9.9, 9.9, 9.9, 2.0]), np.full(4, 10.0)
    found = fit.expected_gifts(Histories(np.array([4.0, 120.0, 500.0, 5000.0]), last, watched, np.ones(4)), 3.0)
    series = hyp2f1(4.24, 6.4, 6.19, 3 / 17.4)
    share_alive = 1 / (1 + 0.79 / 5.4 * (14.4 / 14.3) ** 4.24)
    assert found[0] == pytest.approx(6.19 / -0.21 * (1 - (14.4 / 17.4) ** 4.24 * series) * share_alive)
    assert found[1:] == pytest.approx([22.89, 91.87, 0.0], abs=0.01)


def test_few_gifts_are_drawn_to_the_mean_of_all_and_many_are_believed():
    rng = np.random.default_rng(5)
    own = 30 * 2.0 / rng.gamma(3.0, 1.0, 8000)
    gifts = rng.integers(1, 30, 8000).astype(float)
    average = rng.gamma(2.0 * gifts, own / (2.0 * gifts))
    fit = fit_gamma_gamma(average, gifts)
    once, often = fit.expected_size(np.array([500.0, 500.0]), np.array([1.0, 40.0]))
    assert average.mean() < once < often < 500
    assert often == pytest.approx(500, rel=0.1)
