"""`steward evaluate --table` as a person runs it: a file as it came, an answer in words or JSON, a slip met with help."""

from __future__ import annotations

import json
import pathlib
import sys
import zipfile

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from donor_table import donors
from steward.cli import main
from steward.tables import crossval

ASKED = ("--target", "gave", "--amount", "amount", "--cost", "5")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(crossval, "FOLDS", 2)
    monkeypatch.setattr(crossval, "MOST_REPEATS", 1)


@pytest.fixture(scope="module")
def packed(tmp_path_factory) -> pathlib.Path:
    """As Excel saves it in much of Europe, and as people send it."""
    path = tmp_path_factory.mktemp("table") / "donors.zip"
    table = donors(700)
    content = "sep=;\r\n" + table.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("donors.csv", content.encode("cp1252"))
    return path


def command(path: pathlib.Path, *words: str):
    done = CliRunner().invoke(main, ["evaluate", "--table", str(path), *words], prog_name="steward")
    assert "Something unexpected" not in done.output
    return done


def test_words_tell_what_was_read_how_well_it_predicts_and_what_it_earns(packed):
    done = command(packed, *ASKED)
    assert done.exit_code == 0, done.output
    for said in (
        "700 rows",
        "left out   row: numbers the rows",
        "Steward's model",
        "Profit at 5 a contact",
        "by probability alone",
    ):
        assert said in done.stdout
    assert "Reading the file" in done.stderr


def test_json_is_the_whole_answer_with_money_read_in_european_dress(packed):
    done = command(packed, *ASKED, "--json")
    found = json.loads(done.stdout)
    table = donors(700)
    assert found["profit"]["everyone"]["profit"] == pytest.approx((table["amount"] - 5).sum(), abs=0.01)
    assert {"usual gift", "last gift on"} <= set(found["table"]["inputs"])
    assert set(found["profit"]) >= {"model", "likeliest", "rule", "everyone", "curve"}


def test_one_word_of_many_may_be_asked_about(packed):
    done = command(packed, "--target", "channel", "--yes", "event", "--drop", "gave,amount", "--json")
    assert json.loads(done.stdout)["table"]["yes"] == (donors(700)["channel"] == "event").sum()


def test_a_second_file_is_judged_on_instead(packed, tmp_path):
    later = tmp_path / "later.csv"
    donors(300, seed=2).to_csv(later, index=False)
    done = command(packed, *ASKED, "--test", str(later), "--report", str(tmp_path / "page.html"))
    assert "300 rows" in done.stdout
    assert "Learnt from 700 other rows" in done.stdout
    assert "Learnt from 700 other rows" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--target", "Gave"), "Did you mean 'gave'"),
        (("--target", "gave", "--drop", "amuont"), "Did you mean 'amount'"),
        (("--target", "gave", "--cost", "5"), "--cost needs --amount"),
        ((), "--table needs --target"),
    ],
)
def test_a_slip_is_met_with_help(packed, words, said):
    done = command(packed, *words)
    assert done.exit_code == 2
    assert said in done.stderr
