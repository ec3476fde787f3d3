"""Whoever is to be answered is in one batch, with all their people; units of the same facts come one after the other."""

from __future__ import annotations

import itertools
import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from steward.night import anew, layers, scored

FACTS = ("unit_id", "months_since_last_gift", "gift_count", "last_gift", "affinity")


def known(chance, units):
    """A few kinds of facts, one of them with nothing known of the last gift; the last unit has none."""
    kinds = [(float(n % 3), n % 2, None if n == 4 else 10.0 * n, "ab"[n % 2]) for n in range(5)]
    return [(unit, *chance.choice(kinds)) for unit in units[:-1]]


def write(rows, names, path):
    pq.write_table(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))), path)
    return path


@pytest.mark.parametrize("seed", range(4))
def test_batches_hold_each_unit_to_answer_once_with_its_people(tmp_path, seed):
    chance = random.Random(seed)
    units = [f"u{n:03d}" for n in range(60)]
    before, run = tmp_path / "before", tmp_path / "run"
    before.mkdir()
    run.mkdir()
    people = [(unit, f"{unit}{one}") for unit in units for one in "ab"]
    write(known(chance, units), FACTS, before / scored.FEATURES)
    write(people, ("unit_id", "contact_id"), run / scored.PEOPLE)
    fresh = sorted(chance.sample(units[:-1], 20))
    made = write(known(chance, [*fresh, ""]), FACTS, tmp_path / "made.parquet")
    wanted = chance.sample(units, 31) if seed else units
    with duckdb.connect() as db:
        number = layers.take_over(
            db, before / scored.FEATURES, run / scored.FEATURES, f"(SELECT unit_id FROM read_parquet('{made}'))"
        )
        layers.add(run / scored.FEATURES, number, made)
        db.execute("CREATE TABLE anew AS SELECT unnest($1) AS unit_id", [wanted])
        assert anew.write(db, run) == len(wanted)
        so = db.execute(f"FROM {layers.rows(run / scored.FEATURES)} SEMI JOIN anew USING (unit_id)").fetchall()
    batches = [anew.read(run, first, first + 7) for first in range(0, len(wanted), 7)]
    facts = [tuple(row.values()) for found, _ in batches for row in found.to_pylist()]
    assert sorted(facts) == sorted(so)
    assert len({row[1:] for row in facts}) == 1 + sum(a[1:] != b[1:] for a, b in itertools.pairwise(facts))
    for found, theirs in batches:
        assert set(found["unit_id"].to_pylist()) | {units[-1]} >= set(theirs["unit_id"].to_pylist())
    contacts = [contact for _, theirs in batches for contact in theirs["contact_id"].to_pylist()]
    assert sorted(contacts) == sorted(contact for unit, contact in people if unit in wanted)
    anew.remove(run)
    assert not (run / scored.ANEW).exists()
