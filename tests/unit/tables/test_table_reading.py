"""Files as people have them: delimiters, encodings, compression, and damage told in words."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest
from steward.errors import InputError
from steward.tables import reading

ROWS = "name;Spende;größe\na;1,5;klein\nb;2,5;groß\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_any_encoding_gzipped_or_not(tmp_path, encoding, packed):
    path = tmp_path / "rows.csv"
    content = ROWS.encode(encoding)
    path.write_bytes(gzip.compress(content) if packed else content)
    frame = reading.read(path)
    assert list(frame) == ["name", "Spende", "größe"]
    assert frame["größe"].tolist() == ["klein", "groß"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter(tmp_path, delimiter):
    path = tmp_path / "rows.txt"
    path.write_text(f'"a, b; c"{delimiter}d\n1{delimiter}2\n')
    assert list(reading.read(path)) == ["a, b; c", "d"]


def test_parquet_with_money(tmp_path):
    path = tmp_path / "rows.parquet"
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}).to_parquet(path)
    assert reading.read(path)["a"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"a,b\n", "has no rows"),
        (b"a,b\n1,2\n1,2,3\n", "not a regular table"),
        (gzip.compress(b"a,b\n1,2\n" * 1000)[:-20], "gzip|read to its end"),
        (b"PAR1 nothing", "Parquet"),
        (b"PK\x03\x04 sheet", "Excel workbook"),
    ],
)
def test_damage_is_told_in_words(tmp_path, content, said):
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        reading.read(path)
    assert caught.value.todo


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no file"):
        reading.read(tmp_path / "none.csv")
