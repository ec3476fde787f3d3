"""The command's words for what it cannot use: always exit code 2, what is wrong and what to do."""

import gzip
import zipfile

import pytest
from click.testing import CliRunner
from steward.cli import main

HISTORY = "donor,date,amount\nd1,2020-05-01,5\nd2,2020-05-02,6\n"
ZIPPED = gzip.compress(HISTORY.encode(), mtime=0)


def command(path, *words):
    done = CliRunner().invoke(main, ["import-gifts", str(path), *words], prog_name="steward")
    assert "Something unexpected" not in done.output
    return done


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "Spring gifts.csv"
    path.write_text(HISTORY, encoding="utf-8")
    return path


def test_a_real_import_needs_its_source_and_says_a_good_one(history):
    done = command(history)
    assert done.exit_code == 2
    assert "--source spring-gifts" in done.stderr
    assert command(history, "--dry-run").exit_code == 0


@pytest.mark.parametrize(
    ("content", "words", "says"),
    [
        (HISTORY.encode(), ("--encoding", "nonsense"), "no encoding nonsense"),
        (HISTORY.encode(), ("--encoding", "base64"), "no encoding base64"),
        (HISTORY.encode(), ("--encoding", "utf-16"), "is not utf-16 on line 1"),
        (ZIPPED[:20], (), "ends in the middle"),
        (ZIPPED[:5], (), "ends in the middle"),
        (b"\x1f\x8bno gzip after all", (), "damaged"),
        (ZIPPED[:-8] + b"\0" * 8, (), "damaged"),
        (ZIPPED[:10] + b"\xff" + ZIPPED[11:], (), "damaged"),
        (HISTORY.encode() + b"d3,2020-05-03,caf\xe9\n", ("--encoding", "utf-8"), "is not utf-8 on line 4"),
        (b'donor,"date,amount\nd1,2020-05-01,5\n', (), "line 1: unexpected end of data"),
        (HISTORY.encode() + b'd3,2020-05-03,"7\nd4,2020-05-04,8\n', (), "line 4: unexpected end of data"),
        (b"donor,date,amount\nd1,44941,5\n", (), "day numbers"),
        (b"donor,date,amount\nd1,2021,5\nd2,2022,6\n", (), "A gift needs its day"),
        (b"donor,date,amount\nd1,2021-05-01,1.250\nd2,2021-05-01,2\n", (), "1.250 may have its cents or its thousands"),
        (b'donor,date,amount\nd1,2021-05-01,"1,5"\nd2,2021-05-01,1.5\n', (), "The amounts are ambiguous"),
        (b"Gift report,,\ndonor,date,amount\n", (), "delete the lines above it"),
        (b"donor,date,amount\n", (), "has no rows"),
        (b"donor,date,amount\n", ("--date-format", "%Y-%m-%d"), "has no rows"),
        (b"PK\x03\x04 sheet", (), "is damaged"),
        (b"\xd0\xcf\x11\xe0 sheet", (), "is an old Excel workbook"),
        (b"PAR1 columns", (), "is a Parquet file"),
        (HISTORY.encode(), ("--date-format", "%Q"), "--date-format %Q"),
        (HISTORY.encode(), ("--date-format", "%m/%Y"), "day, month and year"),
        (HISTORY.encode(), ("--date-format", "%"), "--date-format %"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)
def test_what_cannot_be_read_is_told_in_words(content, words, says, tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_bytes(content)
    done = command(path, "--dry-run", *words)
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["gifts.csv"]


def test_a_file_that_says_it_is_utf_16_is_read_as_such(history):
    history.write_text(HISTORY, encoding="utf-16")
    assert command(history, "--dry-run").exit_code == 0


def test_a_zip_of_one_file_whose_first_line_names_the_delimiter_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "gifts.zip", "w") as packed:
        packed.writestr("gifts.csv", "sep=;\r\n" + HISTORY.replace(",", ";"))
    done = command(tmp_path / "gifts.zip", "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    plain = tmp_path / "gifts.csv"
    plain.write_text(HISTORY, encoding="utf-8")
    assert done.stdout == command(plain, "--dry-run", "--json").stdout


def test_a_column_whose_name_looks_like_markup_is_shown_as_it_is(tmp_path):
    path = tmp_path / "gifts.csv"
    path.write_text(HISTORY.replace("amount", "amount [/usd]"), encoding="utf-8")
    done = command(path, "--dry-run", "--map", "amount=amount [/usd]")
    assert done.exit_code == 0, done.output
    assert "amount ← amount [/usd]" in done.stdout


def test_a_date_format_may_have_a_time_of_day(history):
    history.write_text(HISTORY.replace("-01,", "-01 10:30,"), encoding="utf-8")
    assert "2 rows: 1 gift " in command(history, "--dry-run", "--date-format", "%Y-%m-%d %H:%M").stdout


def test_rows_that_are_all_rejected_are_an_error_with_the_commonest_reasons(history):
    rows = "".join(f'd{n},2020-05-01,"1.{n}34,50"\n' for n in range(10, 15))
    history.write_text(f"donor,date,amount\n{rows}d1,tomorrow,5\n", encoding="utf-8")
    done = command(history, "--dry-run", "--date-format", "%Y-%m-%d")
    assert done.exit_code == 2
    assert "5 × the amount is not a number with '.' before the cents" in done.stdout
    assert "1 × the date is not of the form YYYY-MM-DD" in done.stdout
    assert "None of the 6 rows" in done.stderr
    assert "--decimal-mark ," not in done.stderr
    history.write_text(HISTORY.replace(",5", ',"1.234,50"').replace(",6", ',"6,50"'), encoding="utf-8")
    done = command(history, "--dry-run", "--decimal-mark", ".")
    assert done.exit_code == 2
    assert "--decimal-mark ," in done.stderr


def test_rows_that_say_the_same_are_gifts_of_their_own_and_told(history):
    assert "Said twice" not in command(history, "--dry-run").stdout
    history.write_text(HISTORY + HISTORY.split("\n", 1)[1], encoding="utf-8")
    said = command(history, "--dry-run").stdout
    assert "4 gifts of 2 donors" in said
    assert "taken for a gift each: 2 rows" in said


def test_a_file_of_nobodys_gifts_alone_is_an_error(history):
    history.write_text(HISTORY.replace("d1", "Anonymous").replace("d2", ""), encoding="utf-8")
    done = command(history, "--dry-run")
    assert (done.exit_code, "no donor is named" in done.stderr) == (2, True)
    assert command(history, "--dry-run", "--anonymous", "account").exit_code == 0


def test_commas_before_the_cents_and_windows_letters_are_found_out_and_said(history):
    history.write_bytes(
        "donor;date;amount;campaign\nd1;1.5.2020;1.234,50 €;Frühling\nd2;2.5.2020;7;\n".encode("cp1252")
    )
    done = command(history, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "Cents after ','. Letters: cp1252." in done.stdout
    assert "2 rows: 2 gifts of 2 donors in 1 campaign, 1,241.50 in all" in done.stdout


def test_what_spreadsheets_add_is_left_out(history):
    """Columns without a name, cells behind the last column, lines of nothing but commas."""
    history.write_text("donor,date,amount,,\nd1,2020-05-01,5,,,\n,,,,\nd2,2020-05-02,6,,\n", encoding="utf-8")
    done = command(history, "--dry-run")
    assert "2 rows: 2 gifts of 2 donors" in done.stdout
    assert "0 rows rejected, 0 anonymous gifts left out" in done.stdout


def test_a_gift_above_the_usual_is_refused_until_the_caller_says_how_large_gifts_may_be(history):
    history.write_text(HISTORY.replace(",6", ",25000000"), encoding="utf-8")
    assert "above the limit of 10,000,000 (see --largest)" in command(history, "--dry-run").stdout
    assert "2 gifts" in command(history, "--dry-run", "--largest", "30000000").stdout


def test_donor_ids_that_a_spreadsheet_cut_short_are_nobodys(history):
    history.write_text(HISTORY.replace("d1", "1.00001E+11"), encoding="utf-8")
    assert "1 × the donor id was cut short by a spreadsheet" in command(history, "--dry-run").stdout
