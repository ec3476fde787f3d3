"""What is read of some units without an engine is what DuckDB reads of them."""

from __future__ import annotations

import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from steward.night import layers


def write(units, night, path):
    """Two people a unit, who know the night of it."""
    people = [(unit, f"{unit}{one}", night) for unit in units for one in "ab"]
    pq.write_table(
        pa.table(dict(zip(("unit_id", "contact_id", "night"), zip(*people, strict=True), strict=True))), path
    )
    return path


@pytest.mark.parametrize("seed", range(4))
def test_of_any_units_after_any_nights_what_is_so_is_read_in_order(tmp_path, seed):
    chance = random.Random(seed)
    everybody = [f"u{n:03d}" for n in range(60)]
    table = write(everybody, 0, tmp_path / "night0.parquet")
    for night in range(1, 5):
        made = write(sorted(chance.sample(everybody, chance.choice([3, 20]))), night, tmp_path / f"made{night}.parquet")
        above = tmp_path / f"night{night}"
        with duckdb.connect() as db:
            number = layers.take_over(db, table, above, f"(SELECT DISTINCT unit_id FROM read_parquet('{made}'))")
        layers.add(above, number, made)
        table = above
    so = duckdb.sql(f"FROM {layers.rows(table)} ORDER BY unit_id, contact_id").fetchall()
    assert len(so) == 120
    for size in (0, 1, 17, 60):
        wanted = sorted(chance.sample([*everybody, "u0305", "zz"], size))
        found = layers.read(table, pa.array(wanted, pa.string()))
        assert list(zip(*found.to_pydict().values(), strict=True)) == [row for row in so if row[0] in wanted]
