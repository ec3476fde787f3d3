"""The amount to expect: from givers' sizes and from everybody at once, on the level of what was given."""

from __future__ import annotations

import pathlib
import sys
from dataclasses import replace

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from donor_table import donors
from steward.tables import amounts
from steward.tables.encoding import Encoder
from steward.tables.prepare import Roles, prepare

TABLE = prepare(donors(6000), Roles("gave", amount="amount"))
TRUE_SIZE = donors(6000)["usual gift"].to_numpy() * 1.05  # the mean of the surprise
ONES = np.ones(6000)


def learnt(rows: slice = slice(None)) -> tuple[amounts.Amounts, np.ndarray]:
    encoder = Encoder(TABLE.kinds, 1)
    data = encoder.fit_transform(TABLE.inputs[rows], TABLE.label[rows])
    paid = TABLE.amount[rows] * TABLE.label[rows]
    found = amounts.fit(
        TABLE.inputs[rows], TABLE.kinds, data, np.arange(data.shape[1]), paid, TABLE.label[rows], ONES[rows], seed=1
    )
    return found, data


def test_sizes_follow_the_usual_gift_on_the_level_of_what_was_given():
    found, _ = learnt()
    said = found.sizes.expected(TABLE.inputs)
    gave = TABLE.label == 1
    assert said[gave].mean() == pytest.approx(TABLE.amount[gave].mean(), rel=0.02)
    assert np.corrcoef(np.log(said), np.log(TRUE_SIZE))[0, 1] > 0.97


def test_what_is_expected_of_all_adds_up_to_what_was_given():
    found, data = learnt()
    worth = found.worth(np.full(6000, TABLE.label.mean()), TABLE.inputs, data)
    assert found.both is not None
    assert found.both.expected(data).sum() == pytest.approx((TABLE.amount * TABLE.label).sum(), rel=0.01)
    assert worth.sum() == pytest.approx((TABLE.amount * TABLE.label).sum(), rel=0.1)


def test_what_was_learnt_from_all_at_once_is_heard_by_how_many_gave():
    found, data = learnt()
    chance = np.full(6000, TABLE.label.mean())
    parts = chance * found.sizes.expected(TABLE.inputs)
    few, many = (
        replace(found, givers=givers).worth(chance, TABLE.inputs, data) for givers in (found.givers, 1_000_000)
    )
    between = np.sqrt(parts * found.both.expected(data))
    assert many == pytest.approx(between, rel=0.01)
    assert np.abs(np.log(few / parts)).mean() < 0.4 * np.abs(np.log(between / parts)).mean()


def test_few_givers_teach_sizes_only_and_never_beyond_what_was_given():
    found, data = learnt(slice(0, 500))
    assert found.both is None
    assert found.sizes.booster is None
    said = found.sizes.expected(TABLE.inputs)
    assert TABLE.amount[:500][TABLE.amount[:500] > 0].min() <= said.min() <= said.max() <= TABLE.amount[:500].max()
    assert np.array_equal(found.worth(ONES[:500], TABLE.inputs[:500], data), said[:500])


def test_those_who_said_yes_without_an_amount_bring_the_share_down():
    known = TABLE.label.copy()
    paid = np.where(np.arange(6000) % 2 == 0, TABLE.amount * known, 0.0)
    data = Encoder(TABLE.kinds, 1).fit_transform(TABLE.inputs, known)
    found = amounts.fit(TABLE.inputs, TABLE.kinds, data, np.arange(3), paid, known, ONES, seed=1)
    assert found.share == pytest.approx(0.5, abs=0.05)
