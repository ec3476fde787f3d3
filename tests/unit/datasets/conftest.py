"""A small nonprofit, simulated once, and the same one as files, generated once."""

import pathlib
import sys
from datetime import date

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "datasets" / "steward" / "plugins")]

AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="session")
def world():
    from nonprofit.world import simulate

    return simulate(1500, AS_OF, 10, 7)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    from datasets.generate import generate

    made = tmp_path_factory.mktemp("nonprofit")
    generate(made, as_of=AS_OF, contacts=300, years=6, seed=3)
    return made
