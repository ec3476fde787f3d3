"""The command's words for what it cannot use: always exit code 2, what is wrong and what to do."""

import pytest
from click.testing import CliRunner
from steward.cli import main

HISTORY = "donor,date,amount\nd1,2020-05-01,5\nd2,2020-05-02,6\n"


def command(path, *words):
    done = CliRunner().invoke(main, ["import-gifts", str(path), *words], prog_name="steward")
    assert "unexpected" not in done.output
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
