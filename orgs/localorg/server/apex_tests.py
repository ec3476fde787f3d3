"""The Tooling API's test runs: started here, read by `/tooling/query` like everything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from localorg import ids
from localorg.apex.runs import TestRun
from localorg.apex.testing import Selection
from localorg.errors import ApiError
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes
from localorg.server.setup_objects import Row, rows_of

routes = Routes("/services/data/v<version>/tooling")
USED = (
    "Callouts", "FutureCalls", "QueueableJobs", "DmlRows", "EmailInvocations", "QueryRows", "SoslQueries", "CpuTime",
    "DmlStatements", "Queries",
)  # fmt: skip


@routes.on("GET POST", "/runTestsAsynchronous")
def run_asynchronously(call: Call) -> Reply:
    run = call.runtime.org.apex.runs.start(*selected(call))
    return Reply(run.id)


@routes.on("GET POST", "/runTestsSynchronous")
def run_synchronously(call: Call) -> Reply:
    return Reply(shown(call.runtime.org.apex.runs.run(*selected(call)), call))


def selected(call: Call) -> tuple[Selection, dict[str, str]]:
    """The classes and methods asked for, and the classes' ids by name."""
    apex = call.runtime.org.apex
    if not apex.available:
        raise ApiError("APEX_OFF", apex.why_off or "Apex is off")
    given: dict[str, Any] = dict(call.query) if call.method == "GET" else call.json_object()
    by_id = {stored.id: stored.name for stored in call.runtime.org.shelf.of("ApexClass")}
    by_name = {name.lower(): name for name in by_id.values()}
    known = {name: identity for identity, name in by_id.items()}
    selection: dict[str, set[str] | None] = {}
    for test in given.get("tests") or []:
        name = by_id.get(ids.normalized(test.get("classId") or "") or "") or by_name.get(
            (test.get("className") or "").lower()
        )
        if name is None:
            raise ApiError(
                "INVALID_INPUT", f"This class name's value is invalid: {test.get('className') or test.get('classId')}"
            )
        selection[name] = set(test["testMethods"]) if test.get("testMethods") else None
    for identity in str(given.get("classids") or "").split(","):
        if name := by_id.get(ids.normalized(identity.strip()) or ""):
            selection[name] = None
    for name in str(given.get("classNames") or "").split(","):
        if found := by_name.get(name.strip().lower()):
            selection[found] = None
    if not selection:
        selection = {found["class"]: None for found in apex.request("tests", names=None) if found["class"] in known}
    return selection, known


def shown(run: TestRun, call: Call) -> dict[str, Any]:
    """A finished run, as runTestsSynchronous answers it."""
    successes = [test(run, result) for _, result, _ in run.results if result.passed]
    failures = [
        {
            **test(run, result),
            "message": result.message,
            "stackTrace": result.trace,
            "type": "Class",
            "packageName": result.class_name,
        }
        for _, result, _ in run.results
        if not result.passed
    ]
    return {
        "numTestsRun": len(run.results),
        "numFailures": len(failures),
        "totalTime": sum(result.milliseconds for _, result, _ in run.results),
        "successes": successes,
        "failures": failures,
        "codeCoverage": [covered(one) for one in call.runtime.org.apex.runs.coverage.values()],
        "codeCoverageWarnings": [],
        "emulated": True,
    }


def test(run: TestRun, result: Any) -> dict[str, Any]:
    return {
        "id": run.items[result.class_name].class_id,
        "name": result.class_name,
        "methodName": result.method,
        "namespace": None,
        "time": result.milliseconds,
        "seeAllData": False,
    }


def covered(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "type": one["kind"].title(),
        "numLocations": len(one["covered"]) + len(one["uncovered"]),
        "numLocationsNotCovered": len(one["uncovered"]),
        "locationsNotCovered": [
            {"line": line, "column": 0, "numExecutions": 0, "time": -1} for line in one["uncovered"]
        ],
    }


# What `/tooling/query` reads


def all_runs(call: Call) -> Iterator[TestRun]:
    yield from list(call.runtime.org.apex.runs.all.values())


@rows_of("AsyncApexJob")
def jobs(call: Call) -> Iterator[Row]:
    for run in all_runs(call):
        done = sum(item.status == "Completed" for item in run.items.values())
        yield (
            run.id, None, "TestRequest", run.status, run.problem, None, done, len(run.items), 0, None,
            run.started.isoformat(), run.ended and run.ended.isoformat(),
        )  # fmt: skip


@rows_of("ApexTestQueueItem")
def queue(call: Call) -> Iterator[Row]:
    for run in all_runs(call):
        for item in run.items.values():
            yield item.id, item.class_id, item.status, item.extended, run.id, run.result_id


@rows_of("ApexTestRunResult")
def run_results(call: Call) -> Iterator[Row]:
    for run in all_runs(call):
        done = sum(item.status == "Completed" for item in run.items.values())
        failed = sum(not result.passed for _, result, _ in run.results)
        spent = int(sum(result.milliseconds for _, result, _ in run.results))
        yield (
            run.result_id, run.id, run.status, run.started.isoformat(), run.ended and run.ended.isoformat(), spent, done,
            len(run.items), len(run.results), len(run.results), failed,
        )  # fmt: skip


@rows_of("ApexTestResult")
def results(call: Call) -> Iterator[Row]:
    for run in all_runs(call):
        for identity, result, moment in list(run.results):
            item = run.items[result.class_name]
            yield (
                identity, item.class_id, run.id, item.id, run.result_id, moment.isoformat(), result.message, result.method,
                result.outcome, int(result.milliseconds), result.trace,
            )  # fmt: skip


@rows_of("ApexTestResultLimits")
def limits(call: Call) -> Iterator[Row]:
    for run in all_runs(call):
        for number, (identity, result, _) in enumerate(list(run.results), 1):
            used = {name: result.used.get(name, 0) for name in USED}
            jobs_asked = used["FutureCalls"] + used["QueueableJobs"]
            yield (
                ids.make("05n", number), identity, used["Callouts"], jobs_asked, used["DmlRows"], used["EmailInvocations"],
                "SYNC", None, 0, used["QueryRows"], used["SoslQueries"], used["CpuTime"], used["DmlStatements"],
                used["Queries"],
            )  # fmt: skip


@rows_of("ApexCodeCoverageAggregate")
def coverage(call: Call) -> Iterator[Row]:
    org = call.runtime.org
    known = {
        (stored.kind, stored.name): stored.id for kind in ("ApexClass", "ApexTrigger") for stored in org.shelf.of(kind)
    }
    for number, ((kind, name), one) in enumerate(org.apex.runs.coverage.items(), 1):
        identity = known.get((f"Apex{kind.title()}", name))
        if identity:
            lines = json.dumps({"coveredLines": one["covered"], "uncoveredLines": one["uncovered"]})
            yield ids.make("715", number), identity, len(one["covered"]), len(one["uncovered"]), lines


@rows_of("ApexOrgWideCoverage")
def org_wide(call: Call) -> Iterator[Row]:
    yield ids.make("716", 1), call.runtime.org.apex.runs.percent
