"""Files as people have them: delimiters, encodings, compression, and damage told in words."""

from __future__ import annotations

import gzip
import pathlib
import zipfile

import pandas as pd
import pytest
from steward.errors import InputError
from steward.tables import reading

ROWS = "name;Spende;größe\na;1,5;klein\nb;2,5;groß\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_any_encoding_gzipped_or_not(tmp_path, encoding, packed):
    path = tmp_path / "rows.csv"
    content = ROWS.encode(encoding)
    path.write_bytes(gzip.compress(content) if packed else content)
    frame = reading.read(path)
    assert list(frame) == ["name", "Spende", "größe"]
    assert frame["größe"].tolist() == ["klein", "groß"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", "   "])
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
        (gzip.compress(b"a,b\n1,2\n" * 1000, mtime=0)[:-20], "gzip|read to its end"),
        (b"PAR1 nothing", "Parquet"),
        (b"\xd0\xcf\x11\xe0 sheet", "Excel workbook"),
        (b"PK\x03\x04 sheet", "zip file"),
        (b"a,b,a\n1,2,3\n", "two columns named 'a', in places 1 and 3"),
        (b"a,b\n1,2,3\n4,5,6\n", "Row 1 of rows.csv has more values"),
        (b"a,b\n1,2\n3,4,5,6\n", "line 3"),
        (b"Exported,2024\na,b,c,d\n1,2,3,4\n", "if a title stands above the header"),
        (b'[{"a": 1}]', "is JSON"),
        (b"\xef\xbb\xbf<html><table>", "is HTML or XML"),
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


def written(folder: pathlib.Path, content: str | bytes, name: str = "rows.csv") -> pathlib.Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped(folder: pathlib.Path, files: dict[str, str]) -> pathlib.Path:
    path = folder / "rows.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def test_one_file_in_a_zip_is_read(tmp_path):
    path = zipped(tmp_path, {"rows.csv": ROWS, "__MACOSX/._rows.csv": "x"})
    assert reading.read(path)["größe"].tolist() == ["klein", "groß"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"[Content_Types].xml": "", "xl/sheet1.xml": ""}, "Excel workbook"),
        ({"a.csv": "", "b.csv": ""}, "zip of 2 files"),
    ],
)
def test_a_zip_of_something_else_is_refused(tmp_path, files, said):
    with pytest.raises(InputError, match=said):
        reading.read(zipped(tmp_path, files))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_line_in_which_excel_names_the_delimiter_is_not_the_header(tmp_path, mark):
    frame = reading.read(written(tmp_path, f"{mark}sep=;\r\na;b, c\r\n1;2,5\r\n"))
    assert frame.to_dict("list") == {"a": [1], "b, c": ["2,5"]}


def test_lines_that_end_with_a_delimiter_have_no_column_more(tmp_path):
    assert reading.read(written(tmp_path, "a,b\n1,2,\n3,4,\n")).to_dict("list") == {"a": [1, 3], "b": [2, 4]}


def test_short_lines_are_read_and_told_with_the_first_one(tmp_path):
    frame = reading.read(written(tmp_path, 'a,b,c\n1,"2\n2",3\n4,5\n6,7,8\n9\n'))
    assert frame["c"].isna().tolist() == [False, True, False, True]
    assert "2, from line 4 on" in frame.attrs[reading.NOTES][0]


def test_quotes_may_hold_line_breaks_and_blank_lines_are_no_rows(tmp_path):
    frame = reading.read(written(tmp_path, '\n\na,b\n\n1,"x\ny"\n2,z\n'))
    assert frame["b"].tolist() == ["x\ny", "z"]


def test_an_accent_far_down_the_file_tells_that_it_is_not_utf_8(tmp_path):
    rows = "a,b\n" + "1,plain\n" * 200_000 + "2,Zoë\n"
    assert reading.read(written(tmp_path, rows.encode("cp1252")))["b"].iloc[-1] == "Zoë"
