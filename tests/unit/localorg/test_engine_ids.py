"""Record ids: shape, checksum, order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from localorg import ids

FIFTEEN = st.text(alphabet=ids.DIGITS, min_size=15, max_size=15)


def test_the_checksum_is_salesforces_own() -> None:
    assert ids.normalized("001D000000IRFma") == "001D000000IRFmaIAH"
    for real in ("750P0000006HoSBIA0", "005P000000AyPpYIAV"):
        assert ids.normalized(real[:15]) == real


@given(FIFTEEN)
def test_a_15_character_id_and_its_18_character_form_are_the_same_id(fifteen: str) -> None:
    whole = ids.normalized(fifteen)
    assert whole is not None
    assert len(whole) == 18
    assert whole[:15] == fifteen
    assert ids.normalized(whole) == whole


@given(st.integers(0, 62**5), st.integers(1, 9000))
def test_a_run_of_ids_is_what_one_by_one_would_give(first: int, count: int) -> None:
    run = list(ids.sequence("006", first, count))
    assert len(run) == count
    for offset in {0, count // 2, count - 1}:
        assert run[offset] == ids.make("006", first + offset)
        assert run[offset] == ids.normalized(run[offset][:15])


def test_ids_sort_as_they_were_given_out() -> None:
    run = list(ids.sequence("003", 1, 10_000))
    assert sorted(run) == run
    assert len(set(run)) == len(run)


def test_what_is_no_id_is_none() -> None:
    for text in ("", "short", "0038d0000000001AA", "0038d000000000!", "0038d0000000001AAAB"):
        assert ids.normalized(text) is None
