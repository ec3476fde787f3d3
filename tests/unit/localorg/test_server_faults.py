"""Fault rules: when they act, how often, and that a seed repeats them."""

from __future__ import annotations

from typing import Any

import pytest
from localorg.errors import ApiError
from localorg.server.faults import KINDS, Faults, Rule


def rule(**given: Any) -> Rule:
    return Rule.of({"kind": "unavailable", **given})


def test_a_rule_skips_the_first_calls_and_then_acts_so_many_times() -> None:
    one = rule(after=2, times=3)
    assert [one.strikes() for _ in range(8)] == [False, False, True, True, True, False, False, False]


def test_the_same_seed_strikes_the_same_calls() -> None:
    first, second, other = rule(share=0.3, seed=7), rule(share=0.3, seed=7), rule(share=0.3, seed=8)
    strikes = [first.strikes() for _ in range(200)]
    assert strikes == [second.strikes() for _ in range(200)]
    assert strikes != [other.strikes() for _ in range(200)]
    assert 30 < sum(strikes) < 90


def test_a_rule_looks_at_method_and_path() -> None:
    one = rule(methods=["PUT"], path="/jobs/ingest/.*/batches$")
    assert one.matches("PUT", "/services/data/v67.0/jobs/ingest/750/batches")
    assert not one.matches("GET", "/services/data/v67.0/jobs/ingest/750/batches")
    assert not one.matches("PUT", "/services/data/v67.0/jobs/ingest/750")


@pytest.mark.parametrize(
    "given",
    [{"kind": "nonsense"}, {"kind": "slow", "share": 2}, {"kind": "slow", "path": "("}, {"kind": "slow", "odd": 1}, {}],
)
def test_a_rule_nobody_could_mean_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ApiError, match="INVALID_RULE"):
        Rule.of(given)


def test_rows_and_jobs_fail_only_by_their_own_rules() -> None:
    faults = Faults()
    assert not faults.locks_row("PUT", "/jobs/ingest/Contact")
    faults.add(Rule.of({"kind": "row_lock", "share": 0.5, "seed": 1}))
    locked = [faults.locks_row("PUT", "/jobs/ingest/Contact") for _ in range(100)]
    assert 30 < sum(locked) < 70
    assert not faults.fails_job("/jobs/query/Contact")
    faults.add(Rule.of({"kind": "job_failed", "times": 1}))
    assert faults.fails_job("/jobs/query/Contact")
    assert not faults.fails_job("/jobs/query/Contact")


def test_rules_are_shown_with_their_counts_and_removed_by_id() -> None:
    faults = Faults()
    first, second = faults.add(rule()), faults.add(rule(path="/query"))
    first.strikes()
    assert [(shown["id"], shown["fired"]) for shown in faults.shown()] == [(first.id, 1), (second.id, 0)]
    assert faults.clear(first.id) == 1
    assert [shown["id"] for shown in faults.shown()] == [second.id]
    assert set(faults.shown()[0]) >= {"kind", "methods", "path", "share", "after", "times", "seconds", "seed"}
    assert all(KINDS.values())
