"""What a process loads before it does anything: a night pays for no library that only learning or serving needs."""

import pathlib
import subprocess
import sys

import pytest
from donor_base import examples
from steward import outcomes
from steward.models.registry import Registry
from steward.models.training import train

BACKEND = pathlib.Path(__file__).resolve().parents[3] / "backend"
LEARNS = {"xgboost", "sklearn", "scipy.optimize", "scipy.special", "scipy.stats", "scipy.sparse", "steward.training"}
SERVES = {"flask", "huey", "gunicorn", "opentelemetry.sdk", "prometheus_client"}


def loaded(code: str, *arguments: str) -> set[str]:
    """The modules of a new process that ran this."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)", *arguments],
        check=False, capture_output=True, text=True, env={"PYTHONPATH": str(BACKEND)},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return set(told.stdout.split())


def test_a_night_loads_nothing_that_learns_or_serves():
    found = loaded("import steward.cli.runs, steward.pipeline, steward.engines.embedded")
    assert "steward.night.batches" in found
    assert not found & (LEARNS | SERVES)


def test_the_list_of_commands_loads_no_data_library():
    found = loaded("import steward.cli")
    assert not found & (LEARNS | SERVES | {"duckdb", "pyarrow", "pandas", "numpy", "ibis", "sqlalchemy", "numba"})


@pytest.mark.parametrize("learnt", [True, False])
def test_a_published_model_speaks_without_the_library_that_taught_it(tmp_path, learnt):
    given = examples() if learnt else examples(dates=[])
    model = train(outcomes.get("give_90_days"), given, seed=1, threads=1)
    assert (model.method == "model") == learnt
    registry = Registry(str(tmp_path))
    registry.save(model)
    given.current.to_parquet(tmp_path / "donors.parquet")
    found = loaded(
        "import sys, pyarrow.parquet as pq\n"
        "from steward.models.frames import facts_in\n"
        "from steward.models.registry import Registry\n"
        "from steward.scoring import scores\n"
        "model = Registry(sys.argv[1]).load(sys.argv[2])\n"
        "scores(model, facts_in(pq.read_table(sys.argv[1] + '/donors.parquet')))",
        str(tmp_path), model.version,
    )  # fmt: skip
    assert not found & LEARNS


def test_no_litter_is_looked_for_in_what_is_loaded_for_good():
    loaded(
        "import gc\n"
        "from steward.compiling import loaded_for_good\n"
        "with loaded_for_good():\n"
        "    import json.tool\n"
        "    assert not gc.isenabled()\n"
        "assert gc.isenabled() and gc.get_freeze_count() > 1000"
    )
