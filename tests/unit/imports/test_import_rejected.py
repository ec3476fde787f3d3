"""The file of rejected rows: never the input, never half written, and good for another import."""

import csv
import pathlib
from datetime import date

import pytest
from click.testing import CliRunner
from memory_org import MemoryOrg
from steward.cli import main
from steward.errors import InputError
from steward.imports import columns, gifts, values
from steward.imports.plan import Options
from steward.imports.reading import GiftFile

HISTORY = "donor,date,amount\nd1,2020-05-01,5\nd2,2020-05-02,none\n"
OPTIONS = Options("test", values.DateReader("%Y-%m-%d", date(2026, 11, 22)))


def command(*words: object):
    return CliRunner().invoke(main, ["import-gifts", *map(str, words)], prog_name="steward")


def imported(path, rejected, org=None):
    file = GiftFile(path)
    return gifts.import_gifts(file, columns.choose(file.header(), {}), OPTIONS, org or MemoryOrg(), rejected)


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(HISTORY, encoding="utf-8")
    return path


def test_a_rejected_file_that_is_the_input_is_refused_and_the_input_stays(history, tmp_path):
    other_name = tmp_path / "link.csv"
    other_name.symlink_to(history)
    for rejected in (history, other_name):
        with pytest.raises(InputError, match="is the file to import"):
            imported(history, rejected)
        done = command(history, "--dry-run", "--rejected", rejected)
        assert done.exit_code == 2
    assert history.read_text(encoding="utf-8") == HISTORY


def test_a_corrected_rejected_file_is_imported_and_stays(history, tmp_path):
    command(history, "--dry-run")
    corrected = tmp_path / "x.rejected.csv"
    before = corrected.read_text(encoding="utf-8") + "3,again,d3,2020-05-03,7\n"
    corrected.write_text(before, encoding="utf-8")
    done = command(corrected, "--dry-run")
    assert done.exit_code == 0, done.output
    assert corrected.read_text(encoding="utf-8") == before
    with (tmp_path / "x.rejected-2.csv").open(encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert header == ["row", "reason", "donor", "date", "amount"]
    assert row[2:] == ["d2", "2020-05-02", "none"]


@pytest.mark.parametrize(
    ("name", "rejected"),
    [
        ("x.csv", "x.rejected.csv"),
        ("x.csv.gz", "x.rejected.csv"),
        ("x.rejected.csv", "x.rejected-2.csv"),
        ("x.rejected-2.csv", "x.rejected-3.csv"),
        ("X.Rejected.csv.gz", "X.rejected-2.csv"),
    ],
)
def test_the_rejected_rows_of_a_file_have_a_name_of_their_own(name, rejected):
    assert gifts.rejected_beside(pathlib.Path("folder") / name) == pathlib.Path("folder") / rejected


def test_an_import_that_fails_midway_leaves_an_earlier_rejected_file_as_it_was(history, tmp_path):
    rejected = tmp_path / "rejected.csv"
    rejected.write_text("earlier", encoding="utf-8")
    history.write_bytes(HISTORY.encode() + b'"d3')
    with pytest.raises(InputError, match="line"):
        imported(history, rejected)
    assert rejected.read_text(encoding="utf-8") == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rejected.csv", "x.csv"]
