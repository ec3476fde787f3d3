"""What is said of a value is true of it, plain, and said of no other feature."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steward.features import CATALOGUE, Feature, phrase
from steward.words import Language

COUNTED = [
    f for f in CATALOGUE if f.unit not in {"money", "money change", "share", "times", "months ago", "duration", "yes"}
]
BY_NAME = {feature.name: feature for feature in CATALOGUE}


def values(feature: Feature) -> st.SearchStrategy:
    money = st.decimals(0, 10_000_000, places=2)
    kinds = {
        "money": money,
        "money change": money.flatmap(lambda amount: st.sampled_from([amount, -amount])),
        "share": st.floats(0, 1),
        "times": st.integers(1, 10_000).map(lambda n: n / 100),
        "months ago": st.integers(0, 700),
        "duration": st.integers(1, 700).map(lambda n: n / 10),
        "yes": st.integers(0, 1),
    }
    return st.one_of(st.none(), kinds.get(feature.unit, st.integers(0, 100_000)))


def shown(sentence: str) -> str:
    return sentence.split(" (typical", maxsplit=1)[0]


@given(data=st.data(), feature=st.sampled_from(CATALOGUE))
def test_a_phrase_is_true_of_its_value(data, feature):
    value, typical = data.draw(values(feature)), data.draw(values(feature))
    said = phrase(feature, value, typical)
    first = shown(said)
    nothing = value is None or (value == 0 and feature.unit != "months ago")
    assert (first == feature.none) == nothing
    if not nothing and feature.unit not in ("yes", "money change"):
        low = typical is not None and value < typical
        assert first == (feature.low if low else feature.high).format(value=number(feature, value))
        assert ("only" in first) <= low
    assert "{" not in said


def number(feature: Feature, value) -> str:
    """The value as a person would check it: read back from the sentence it must be the value itself."""
    text = re.sub(r"\(typical.*", "", phrase(feature, value, None))
    start, end = feature.high.split("{value}")
    middle = text.removeprefix(start).removesuffix(end)
    read_back(feature.unit, middle, value)
    return middle


def read_back(unit: str, text: str, value) -> None:
    figures = [Decimal(figure.replace(",", "")) for figure in re.findall(r"\d[\d,]*\.?\d*", text)]
    if unit == "money":
        assert figures == [Decimal(value).quantize(Decimal("0.01"))]
    elif unit == "share":
        percent = Decimal(value) * 100
        if text.startswith("less than"):
            assert 0 < percent < 1
        elif text.startswith("more than"):
            assert 99 < percent < 100
        else:
            assert abs(figures[0] - percent) <= Decimal("0.5")
    elif unit == "months ago":
        months = 0 if "less than" in text else figures[0] if len(figures) == 1 and "month" in text else sum(
            figure * size for figure, size in zip(figures, (12, 1), strict=False)
        )  # fmt: skip
        assert months == value
    else:
        assert abs(figures[0] - Decimal(str(value))) <= Decimal("0.005")


@given(data=st.data(), feature=st.sampled_from([f for f in CATALOGUE if f.unit == "money change"]))
def test_more_is_said_of_more_and_less_of_less(data, feature):
    value = data.draw(st.decimals(-1_000_000, 1_000_000, places=2))
    said = phrase(feature, value, None)
    assert (" more " in said, " less " in said) == (value > 0, value < 0)


@given(value=st.integers(1, 36), typical=st.one_of(st.none(), st.integers(1, 36)))
def test_no_two_features_say_the_same(value, typical):
    said = [phrase(feature, value, typical) for feature in CATALOGUE] + [
        phrase(feature, None, typical) for feature in CATALOGUE if feature.unit != "yes"
    ]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("feature", COUNTED, ids=lambda feature: feature.name)
def test_one_is_singular_and_more_are_plural(feature):
    one, two = phrase(feature, 1, None), phrase(feature, 2, None)
    assert re.search(rf"\b1 {feature.unit}\b", one)
    assert f"2 {feature.unit} " not in f"{two} "


@pytest.mark.parametrize(
    ("name", "value", "typical", "said"),
    [
        ("gifts_24m", 5, None, "gave 5 gifts in the last 2 years"),
        ("gifts_24m", 5, 2, "gave 5 gifts in the last 2 years (typical: 2 gifts)"),
        ("gifts_24m", 1, 2, "gave only 1 gift in the last 2 years (typical: 2 gifts)"),
        ("gifts_24m", 0, 2, "no gift in the last 2 years (typical: 2 gifts)"),
        ("total_given", Decimal("1250.00"), None, "has given $1,250 in all"),
        ("total_given", Decimal("1250.40"), None, "has given $1,250.40 in all"),
        ("months_since_last_gift", 3, None, "last gave 3 months ago"),
        ("months_since_last_gift", 0, None, "last gave less than a month ago"),
        ("months_since_last_gift", 27, None, "last gave 2 years and 3 months ago"),
        ("months_since_last_gift", None, None, "no gift yet"),
        ("months_since_last_gift", float("nan"), float("nan"), "no gift yet"),
        ("december_share", 0.9999, None, "more than 99% of the gifts came in December"),
        ("december_share", 0.0001, 0.5, "only less than 1% of the gifts came in December (typical: 50%)"),
        ("last_to_earlier", 1.0, None, "the last gift was 1.0 times the average of the earlier ones"),
        ("given_change_12m", Decimal("-50"), None, "gave $50 less in the last 12 months than in the 12 before"),
        ("season_last_year", 1, 0, "gave at this time last year"),
        ("members_known", 2, None, "2 people known in this household or organization"),
    ],
)
def test_phrases_read_as_a_fundraiser_would_say_them(name, value, typical, said):
    assert phrase(BY_NAME[name], value, typical) == said


def test_the_currency_symbol_is_the_callers():
    assert (
        phrase(BY_NAME["last_gift"], Decimal(5), Decimal(10), language=Language(symbol="€"))
        == "the last gift was only €5 (typical: €10)"
    )
