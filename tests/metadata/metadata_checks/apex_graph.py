"""Salesforce's graph engine (SFGE) over our Apex: from every entry point along every path to the database.

It comes inside npm `@salesforce/code-analyzer-sfge-engine`, needs Java 11 or later and 2 GB, and takes minutes.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
from dataclasses import dataclass

MAIN = "com.salesforce.Sfge"
THREADS = 2
PATIENCE = 240_000  # milliseconds for the paths of one entry point


@dataclass(frozen=True, order=True)
class Reached:
    """What a rule says of a path: the class it begins in, and the class whose line is meant."""

    rule: str
    source: str
    sink: str
    message: str


def findings(package: pathlib.Path, engine: pathlib.Path, java: str, workspace: pathlib.Path) -> list[Reached]:
    rules, task, result = (workspace / name for name in ("rules.json", "task.json", "result.json"))
    _run(java, engine, workspace, "catalog", "all", str(rules))
    files = sorted(str(path) for path in package.rglob("*") if path.suffix in (".cls", ".trigger"))
    given = {
        "targets": [{"targetFile": path, "targetMethods": []} for path in files],
        "projectFilesAndFolders": [str(package)],
        "rulesToRun": [rule["name"] for rule in json.loads(rules.read_text())],
    }
    task.write_text(json.dumps(given))
    _run(java, engine, workspace, "execute", str(task), str(result))
    return sorted({_reached(one) for one in json.loads(result.read_text())})


def _run(java: str, engine: pathlib.Path, workspace: pathlib.Path, *command: str) -> None:
    options = [f"-Dsfge_log_name={workspace / 'sfge.log'}", "-Xmx2g"]
    options += [f"-DSFGE_RULE_THREAD_COUNT={THREADS}", f"-DSFGE_RULE_THREAD_TIMEOUT={PATIENCE}"]
    done = subprocess.run(
        [java, *options, "-cp", f"{engine}/*", MAIN, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )
    if done.returncode:
        raise RuntimeError(f"SFGE did not run: {done.stderr.strip()[-600:]}")


def _reached(one: dict[str, str]) -> Reached:
    sink = one.get("sinkFileName") or one["sourceFileName"]
    stems = (pathlib.Path(one["sourceFileName"]).stem, pathlib.Path(sink).stem)
    return Reached(one["ruleName"], *stems, one["message"].splitlines()[0])
