"""What a deployment's caller sees of it: the DeployResult, from the options to every component's success or failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg.apex.testing import TestReport, TestResult
from localorg.clock import stamp
from localorg.deploy import Options, Outcome, deploy_files
from localorg.deploy.apex_step import LEVELS
from localorg.deploy.archive import unpack
from localorg.deploy.source import Files
from localorg.errors import ApiError, Problem
from localorg.server.metadata.jobs import DEPLOY, FAILED, SUCCEEDED, Job

if TYPE_CHECKING:
    from localorg.context import User
    from localorg.server.runtime import Runtime

_COUNTS = (
    "numberComponentErrors", "numberComponentsDeployed", "numberComponentsTotal", "numberTestErrors",
    "numberTestsCompleted", "numberTestsTotal",
)  # fmt: skip
_NO_TESTS: dict[str, Any] = {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0}


def start(runtime: Runtime, user: User, data: bytes, given: dict[str, Any]) -> Job:
    """`given` are the DeployOptions that were said; raises ApiError for what makes no sense before anything is read."""
    level = given.get("testLevel") or "NoTestRun"
    if level not in LEVELS:
        raise ApiError("INVALID_TYPE", f"'{level}' is not a valid value for the enum 'TestLevel'")
    if given.get("runTests") and level != "RunSpecifiedTests":
        raise ApiError("INVALID_OPERATION", "runTests can be used only with the test level RunSpecifiedTests")
    names = tuple(given.get("runTests") or ())
    options = Options(
        check_only=bool(given.get("checkOnly", False)),
        rollback_on_error=bool(given.get("rollbackOnError", True)),
        single_package=bool(given.get("singlePackage", False)),
        ignore_warnings=bool(given.get("ignoreWarnings", True)),
        compile_apex=True,
        test_level=level,
        run_tests=names,
    )
    info = {
        "checkOnly": options.check_only,
        "createdBy": user.id,
        "createdByName": user.name,
        "ignoreWarnings": options.ignore_warnings,
        "rollbackOnError": options.rollback_on_error,
        "runTestsEnabled": level != "NoTestRun",
        "testLevel": level,
    }
    return runtime.metadata.start(DEPLOY, info, lambda job: _run(runtime, user, unpack(data), options, job))


def _run(runtime: Runtime, user: User, files: Files, options: Options, job: Job) -> None:
    result = deploy_files(runtime.org, files, options, user.id)
    now = stamp(runtime.org.clock.now())
    successes = [_success(one, now) for one in result.outcomes]
    successes += [_message(problem, files, now) for problem in result.warnings]
    failures = [_message(problem, files, now) for problem in result.problems]
    tests = tested(result.tests)
    partial = bool(failures) and not options.rollback_on_error and bool(successes)
    job.status = SUCCEEDED if result.succeeded else "SucceededPartial" if partial else FAILED
    job.info |= {
        "numberComponentErrors": len(failures),
        "numberComponentsDeployed": len(result.outcomes),
        "numberComponentsTotal": len(result.outcomes) + len(failures),
        "numberTestErrors": tests["numFailures"],
        "numberTestsCompleted": tests["numTestsRun"] - tests["numFailures"],
        "numberTestsTotal": tests["numTestsRun"],
        "details": {"componentSuccesses": successes, "componentFailures": failures, "runTestResult": tests},
    }


def tested(report: TestReport | None) -> dict[str, Any]:
    """The RunTestResult of a deployment."""
    if report is None:
        return _NO_TESTS
    passed = [one for one in report.results if one.passed]
    failed = [one for one in report.results if not one.passed]
    return {
        "codeCoverage": [
            {
                "name": one["name"],
                "numLocations": len(one["covered"]) + len(one["uncovered"]),
                "numLocationsNotCovered": len(one["uncovered"]),
                "type": one["kind"].capitalize(),
            }
            for one in report.coverage
        ],
        "failures": [
            {**_test(one), "message": one.message, "stackTrace": one.trace, "type": "Class"} for one in failed
        ],
        "numFailures": len(failed),
        "numTestsRun": len(report.results),
        "successes": [_test(one) for one in passed],
        "totalTime": sum(one.milliseconds for one in report.results),
    }


def _test(one: TestResult) -> dict[str, Any]:
    return {"methodName": one.method, "name": one.class_name, "time": one.milliseconds}


def _success(one: Outcome, now: str) -> dict[str, Any]:
    return {
        "changed": one.changed or one.created or one.deleted,
        "componentType": one.component.kind,
        "created": one.created,
        "createdDate": now,
        "deleted": one.deleted,
        "fileName": str(one.component.file),
        "fullName": one.component.name,
        "id": one.id or None,
        "success": True,
    }


def _message(problem: Problem, files: Files, now: str) -> dict[str, Any]:
    warned = problem.problem_type == "Warning"
    return {
        "changed": False,
        "columnNumber": column(files, problem),
        "componentType": problem.component_type,
        "created": False,
        "createdDate": now,
        "deleted": False,
        "fileName": problem.file,
        "fullName": problem.full_name,
        "lineNumber": problem.line,
        "problem": problem.message,
        "problemType": problem.problem_type,
        "success": warned,
    }


def column(files: Files, problem: Problem) -> int:
    """Behind the line's first tag, where the platform's parser stands once it has read it."""
    lines = files.get(problem.file, b"").splitlines()
    if not 0 < problem.line <= len(lines):
        return 1
    return lines[problem.line - 1].find(b">") + 2


def shown(job: Job, details: bool) -> dict[str, Any]:
    """The DeployResult in the platform's order, which is the alphabet's."""
    counts = dict.fromkeys(_COUNTS, 0)
    known = counts | {"details": {"runTestResult": _NO_TESTS}} | job.info
    known |= {"done": job.done, "id": job.id, "status": job.status, "success": job.status == SUCCEEDED}
    known.pop("testLevel", None)
    if not details:
        known.pop("details")
    return dict(sorted(known.items()))
