"""`localorg test`: every @IsTest class of some folders, run in a throw-away org."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

from localorg.apex import mutation, sources, testing
from localorg.apex.testing import TestReport, TestResult
from localorg.engine import Org
from localorg.errors import DeployError

console = Console(highlight=False, soft_wrap=True)
DEFAULT = "force-app"
SHOWN_TRACE = 6


@click.command("test")
@click.option(
    "--path", "paths", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=f"A folder of source to deploy; may be given several times. Default: {DEFAULT}.",
)  # fmt: skip
@click.option("--class", "classes", multiple=True, help="Only this test class; may be given several times.")
@click.option("--apex-only", is_flag=True, help="Take only classes and triggers from the folders, no other metadata.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def test(paths: tuple[Path, ...], classes: tuple[str, ...], apex_only: bool, as_json: bool) -> None:
    """Run Apex tests without Salesforce: emulated, in a new org that is thrown away. Exit code 1 when one fails."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="localorg-test-") as folder:
        org = Org.open(Path(folder))
        try:
            if org.apex.why_off:
                raise click.ClickException(org.apex.why_off)
            load(org, paths or (Path(DEFAULT),), apex_only)
            only = dict.fromkeys(classes) if classes else None
            report = testing.run(org, only, None if as_json else tell)
        finally:
            org.close()
    seconds = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps(as_data(report, seconds), indent=2))
    else:
        conclude(report, seconds)
    if not report.passed or not report.results:
        raise SystemExit(1)


@click.command("mutate")
@click.option("--path", "paths", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--sample", type=int, help="Only so many faults, chosen by --seed. Default: all.")
@click.option("--seed", type=int, default=0, show_default=True)
def mutate(paths: tuple[Path, ...], sample: int | None, seed: int) -> None:
    """Put small faults into the classes, one at a time, and see whether some test fails. Names those nobody noticed."""
    with tempfile.TemporaryDirectory(prefix="localorg-mutate-") as folder:
        org = Org.open(Path(folder))
        try:
            load(org, paths or (Path(DEFAULT),), apex_only=False)
            laboratory = mutation.Laboratory(org)
            chosen = laboratory.mutations(sample, seed)
            verdicts = laboratory.try_all(chosen, judged)
        finally:
            org.close()
    survived = sum(verdict.survived for verdict in verdicts)
    console.print(f"{len(verdicts) - survived} of {len(verdicts)} faults were noticed by a test.")


def judged(verdict: mutation.Verdict) -> None:
    if verdict.survived:
        console.print(f"[red]not noticed[/] {verdict.mutation}")


def load(org: Org, paths: tuple[Path, ...], apex_only: bool) -> None:
    """Deploy the folders in order, or hand only their Apex to the engine."""
    if apex_only:
        org.apex.use([*sources.npsp(), *(found for path in paths for found in sources.in_folder(path))])
        return
    for path in paths:
        try:
            org.deploy(path)
        except DeployError as refused:
            problems = "\n".join(str(problem) for problem in refused.problems[:20]) or refused.message
            raise click.ClickException(
                f"{path} cannot be deployed (its Apex alone: --apex-only):\n{problems}"
            ) from refused


def tell(result: TestResult) -> None:
    colour = "green" if result.passed else "red"
    console.print(f"[{colour}]{result.outcome:<5}[/] {result.class_name}.{result.method} {result.milliseconds:.0f} ms")
    if not result.passed:
        console.print(f"      {result.message}", markup=False)
        for line in (result.trace or "").splitlines()[:SHOWN_TRACE]:
            console.print(f"      {line}", markup=False)


def conclude(report: TestReport, seconds: float) -> None:
    for problem in report.problems:
        where = f"{problem['name']}:{problem['line']}:{problem['column']}"
        console.print(f"[yellow]{where}[/] {problem['message']}")
    for one in sorted(report.coverage, key=lambda one: str(one["name"])):
        missed = ", ".join(map(str, one["uncovered"]))
        console.print(f"{testing.percent([one]):>4} % {one['name']}" + (f" (not reached: {missed})" if missed else ""))
    passed = sum(result.passed for result in report.results)
    console.print(
        f"{passed} of {len(report.results)} tests pass, {report.percent} % of lines reached, {seconds:.1f} s. "
        "Emulated: a local org ran this, not Salesforce."
    )


def as_data(report: TestReport, seconds: float) -> dict[str, object]:
    return {
        "emulated": True,
        "passed": sum(result.passed for result in report.results),
        "failed": sum(not result.passed for result in report.results),
        "seconds": round(seconds, 2),
        "percent_covered": report.percent,
        "tests": [
            {"class": one.class_name, "method": one.method, "outcome": one.outcome, "message": one.message,
             "stack_trace": one.trace, "milliseconds": round(one.milliseconds, 1), "used": one.used}
            for one in report.results
        ],
        "coverage": report.coverage,
        "problems": report.problems,
    }  # fmt: skip
