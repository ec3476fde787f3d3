"""Apex without an org: compiled by apex-ls, held to PMD's rules, SOQL names resolved.

Both Java tools come inside npm `@salesforce/code-analyzer-pmd-engine`. apex-ls sees NPSP through stubs: its objects from
the local org's schema, its global classes from `npsp_stubs/`. It does not look at the names inside SOQL, so those are
read with npm `@apexdevtools/apex-parser` and resolved here.
"""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from .references import Objects, resolve
from .source import FieldShape, Finding, Source

NAMESPACES = ("npe01", "npo02", "npe03", "npe4", "npe5", "npsp")
STUBS = pathlib.Path(__file__).with_name("npsp_stubs")
_RULES = pathlib.Path(__file__).with_name("pmd_rules.xml")
_SOQL = pathlib.Path(__file__).with_name("soql_names.mjs")
_PREFIXED = re.compile(rf"({'|'.join(NAMESPACES)})__(\w+)")
_NAMED_FILE = re.compile(r"^(/\S+)$")
_ISSUE = re.compile(r"^(?:Error|Warning|Missing|Syntax): line (\d+)\S*(?: at \S+)?: (.*)$")


def compile_errors(package: pathlib.Path, jars: pathlib.Path, java: str, workspace: pathlib.Path) -> list[Finding]:
    """Every error and warning of apex-ls in the package, compiled in a workspace of its own."""
    _prepare(package, workspace)
    done = subprocess.run(
        [java, "-cp", f"{jars}/*", "io.github.apexdevtools.apexls.CheckForIssues", "-n", "-d", "warnings", "-w", workspace],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode not in (0, 4):
        raise RuntimeError(f"apex-ls did not run: {(done.stdout + done.stderr).strip()[-600:]}")
    findings, file = [], workspace
    for line in done.stdout.splitlines():
        if named := _NAMED_FILE.match(line):
            file = pathlib.Path(named.group(1)).relative_to(workspace)
        elif issue := _ISSUE.match(line):
            findings.append(Finding(file, int(issue.group(1)), issue.group(2)))
        elif line.strip():
            findings.append(Finding(file, 0, line.strip()))
    return findings


def rule_violations(package: pathlib.Path, jars: pathlib.Path, java: str, workspace: pathlib.Path) -> list[Finding]:
    """What PMD finds against `pmd_rules.xml`."""
    files = sorted(str(path) for path in package.rglob("*") if path.suffix in (".cls", ".trigger"))
    task, result = workspace / "task.json", workspace / "result.json"
    task.write_text(
        json.dumps({"ruleSetInputFile": str(_RULES), "runDataPerLanguage": {"apex": {"filesToScan": files}}})
    )
    done = subprocess.run(
        [java, "-cp", f"{jars}/*", "com.salesforce.sfca.pmdwrapper.PmdWrapper", "run", task, result],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode or not result.exists():
        raise RuntimeError(f"PMD did not run: {(done.stdout + done.stderr).strip()[-600:]}")
    found = json.loads(result.read_text())
    if found["processingErrors"]:
        raise RuntimeError(f"PMD could not read our Apex: {found['processingErrors']}")
    return [
        Finding(
            pathlib.Path(one["codeLocation"]["file"]),
            one["codeLocation"]["startLine"],
            f"{one['rule']}: {one['message']}",
        )
        for one in found["violations"]
    ]


def _prepare(package: pathlib.Path, workspace: pathlib.Path) -> None:
    """A project like ours whose NPSP namespaces are known by stubs (apex-ls calls the folder gulp)."""
    shutil.copytree(package, workspace / "force-app")
    project = {
        "packageDirectories": [{"path": "force-app", "default": True}],
        "sourceApiVersion": "65.0",  # the newest whose platform types apex-ls carries
        "plugins": {"additionalNamespaces": list(NAMESPACES)},
    }
    (workspace / "sfdx-project.json").write_text(json.dumps(project))
    gulp = workspace / ".apexlink" / "gulp"
    shutil.copytree(STUBS, gulp, dirs_exist_ok=True)


def write_object_stubs(objects: Objects, workspace: pathlib.Path) -> None:
    """NPSP's objects, and its fields on standard objects, as apex-ls reads them: by namespace, without the prefix."""
    for owner, fields in objects.items():
        by_namespace: dict[str, list[FieldShape]] = {}
        for field in fields.values():
            if named := _PREFIXED.match(field.name):
                by_namespace.setdefault(named.group(1), []).append(field)
        own = _PREFIXED.match(owner)
        for namespace in {*by_namespace, *([own.group(1)] if own else [])}:
            name = own.group(2) if own and own.group(1) == namespace else owner
            folder = workspace / ".apexlink" / "gulp" / namespace / "objects"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.object").write_text(_object_xml(name, by_namespace.get(namespace, []), name != owner))


def _object_xml(name: str, fields: list[FieldShape], custom: bool) -> str:
    head = f"<label>{escape(name)}</label><nameField><type>Text</type></nameField>" if custom else ""
    body = "".join(_field_xml(field) for field in fields)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">'
        f"{head}{body}</CustomObject>"
    )


def _field_xml(field: FieldShape) -> str:
    local = field.name.partition("__")[2]
    to = "".join(f"<referenceTo>{escape(target)}</referenceTo>" for target in field.reference_to[:1])
    relation = f"<relationshipName>{local.removesuffix('__c')}Children</relationshipName>" if to else ""
    return f"<fields><fullName>{local}</fullName>{to}{relation}<type>{field.type}</type></fields>"


def soql_queries(source: Source, node: pathlib.Path) -> list[dict[str, Any]]:
    """The queries in our Apex: `{file, queries: [{line, from, paths, children, inner}]}`."""
    files = sorted(
        str(path) for root in source.roots for path in root.rglob("*") if path.suffix in (".cls", ".trigger")
    )
    done = subprocess.run(
        [str(node), str(_SOQL)], input=json.dumps(files), capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode:
        raise RuntimeError(f"the Apex parser did not run: {done.stderr.strip()[-600:]}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def soql_names(source: Source, node: pathlib.Path) -> Iterator[Finding]:
    """Every object and field named in a query must exist."""
    objects = source.objects()
    for file in soql_queries(source, node):
        for query in file["queries"]:
            yield from _query(pathlib.Path(file["file"]), query, query["from"], source, objects)


def _query(
    path: pathlib.Path, query: dict[str, Any], owner: str, source: Source, objects: Objects
) -> Iterator[Finding]:
    known = next((name for name in objects if name.lower() == owner.lower()), None)
    if known is None:
        yield Finding(path, query["line"], f"SOQL: unknown object {owner}")
        return
    for name in query["paths"]:
        if resolve(known, name, objects) is None:
            yield Finding(path, query["line"], f"SOQL: unknown field {known}.{name}")
    for child in query["children"]:
        target = _child(source, known, child["from"])
        if target is None:
            yield Finding(path, child["line"], f"SOQL: unknown child relationship {child['from']} of {known}")
        else:
            yield from _query(path, child, target, source, objects)
    for inner in query["inner"]:
        yield from _query(path, inner, inner["from"], source, objects)


def _child(source: Source, parent: str, relationship: str) -> str | None:
    for one in source.of("field"):
        if one.text("relationshipName") == relationship.removesuffix("__r") and parent in one.texts("referenceTo"):
            return one.object
    return None
