"""The yes or no of each row: by words and numbers as people write them, guessed only where that is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from steward.errors import InputError, NotEnoughData
from steward.tables.answers import yes_or_no

UNSAID = float("nan")


def read(answers: list, **asked) -> list[float]:
    label, _ = yes_or_no(pd.Series(answers * 20, name="gave"), "gave", **asked)
    assert np.array_equal(label[: len(answers)], label[-len(answers) :], equal_nan=True)
    return label[: len(answers)].tolist()


@pytest.mark.parametrize(
    ("answers", "label"),
    [
        (["Y", "N", "1", "0", "true", "False"], [1, 0, 1, 0, 1, 0]),
        (["X", None, " ", "x"], [1, 0, 0, 1]),
        (["✓", ""], [1, 0]),
        ([5.0, None], [1, 0]),
        (["donor", "prospect"], [1, 0]),
        (["lapsed", "no"], [1, 0]),
        (["tested_negative", "tested_positive"], [0, 1]),
        (["yes", "no", None], [1, 0, UNSAID]),
        ([1, 0, -999], [1, 0, UNSAID]),
        ([1, 2, 2], [0, 1, 1]),
        ([True, False], [1, 0]),
    ],
)
def test_an_answer_however_it_is_written(answers, label):
    assert np.array_equal(read(answers), label, equal_nan=True)


def test_of_two_words_that_nobody_knows_the_rarer_means_yes_and_that_is_told():
    label, guessed = yes_or_no(pd.Series(["Good", "bad", "good"]), "risk")
    assert label.tolist() == [0, 1, 0]
    assert "'bad', the rarer" in guessed[0]
    assert "--yes" in guessed[0]


@pytest.mark.parametrize(
    ("answers", "yes", "label"),
    [
        (["Good", "bad", None], "good", [1, 0, UNSAID]),
        (["a", "b", "c", "b"], "B", [0, 1, 0, 1]),
        ([1, 2, 3], "2", [0, 1, 0]),
        ([1.0, 2.5, None], "1", [1, 0, UNSAID]),
    ],
)
def test_the_caller_may_say_which_word_or_number_means_yes(answers, yes, label):
    assert np.array_equal(read(answers, yes=yes), label, equal_nan=True)


@pytest.mark.parametrize(
    ("answers", "yes", "error", "said"),
    [
        (["a", "b", "c"], None, InputError, "3 different words.*--yes"),
        ([1, 2, 3], None, InputError, "3 different numbers"),
        (["a", "b"], "z", InputError, "says 'z'.*'a', 'b'"),
        (["yes", "y"], None, NotEnoughData, "same answer"),
        (["no", None], None, NotEnoughData, "same answer"),
        ([None, None], None, NotEnoughData, "same answer"),
    ],
)
def test_what_is_no_yes_or_no_is_refused_with_the_words_there_are(answers, yes, error, said):
    with pytest.raises(error, match=said) as caught:
        read(answers, yes=yes)
    assert caught.value.todo
