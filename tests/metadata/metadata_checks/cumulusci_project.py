"""Runs in `.venv-cci`, given a project folder: prints what CumulusCI finds wrong with the project, one a line.

CumulusCI itself only warns of a broken `cumulusci.yml` and meets a wrong class or step when it runs.
"""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Iterator
from typing import Any

from cumulusci.core.flowrunner import FlowCoordinator
from cumulusci.core.runtime import BaseCumulusCI
from cumulusci.core.utils import import_global
from cumulusci.utils.yaml.cumulusci_yml import cci_safe_load


def main(folder: pathlib.Path) -> None:
    errors: list[dict[str, object]] = []
    own = cci_safe_load(str(folder / "cumulusci.yml"), on_error=errors.append)
    for problem in [*(f"cumulusci.yml: {error['loc']}: {error['msg']}" for error in errors), *check(folder, own)]:
        print(problem)


def check(folder: pathlib.Path, own: dict[str, Any]) -> Iterator[str]:
    os.chdir(folder)
    project = BaseCumulusCI(load_keychain=False).project_config
    standard = set(project.config_universal["tasks"])
    for name, task in own.get("tasks", {}).items():
        if name not in standard and not (task.get("group") and task.get("description")):
            yield f"task {name}: no group or no description"
        yield from _task(folder, name, project.get_task(name))
    for name in own.get("flows", {}):
        try:
            FlowCoordinator(project, project.get_flow(name), name=name)
        except Exception as problem:
            yield f"flow {name}: {problem}"
    for name, org in own.get("orgs", {}).get("scratch", {}).items():
        if not (folder / org["config_file"]).is_file():
            yield f"org {name}: no file {org['config_file']}"
    yield from _plans(folder, project, own)


def _task(folder: pathlib.Path, name: str, task: Any) -> Iterator[str]:
    try:
        import_global(task.class_path)
    except (ImportError, AttributeError) as problem:
        yield f"task {name}: {problem}"
    path = (task.options or {}).get("path")
    if path and not (folder / path).exists():
        yield f"task {name}: no folder {path}"


def _plans(folder: pathlib.Path, project: Any, own: dict[str, Any]) -> Iterator[str]:
    known = {"task": project.config["tasks"], "flow": project.config["flows"]}
    for name, plan in own.get("plans", {}).items():
        for kind, step in ((kind, step[kind]) for step in plan["steps"].values() for kind in known if kind in step):
            if step not in known[kind]:
                yield f"plan {name}: no {kind} {step}"
            elif kind == "task":
                yield from _task(folder, step, project.get_task(step))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
