"""`sf project convert source`, the one verb of Salesforce's CLI that CumulusCI needs towards this org, for machines without it.

    python -m localorg.deploy.conversion project convert source --root-dir force-app --output-dir src

A stand-in by that name is put on the PATH by `localorg cci-env` when there is no `sf`; it takes the options that CumulusCI
passes and refuses every other command. The conversion is the org's own, as it reads source and packs what is retrieved.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from localorg.deploy import packaging
from localorg.deploy.problems import Problems
from localorg.deploy.source import Source, from_folder, read

PROJECT = "sfdx-project.json"


def convert(roots: list[Path], target: Path, full_name: str, version: str) -> int:
    """Writes the package of some source folders; returns how many components it holds."""
    problems, parts = Problems(), Source()
    for root in roots:
        for part in read(from_folder(root), problems):
            parts.add(part)
    if problems.found:
        raise click.ClickException("\n".join(str(problem) for problem in problems.found))
    listed = list(parts)
    for path, body in packaging.package(listed, version, full_name).items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    return len(listed)


def project(start: Path) -> tuple[list[Path], str]:
    """The package folders and API version of the project around a folder."""
    for folder in (start, *start.parents):
        if (folder / PROJECT).is_file():
            found = json.loads((folder / PROJECT).read_text(encoding="utf-8"))
            folders = sorted(found["packageDirectories"], key=lambda entry: not entry.get("default", False))
            return [folder / entry["path"] for entry in folders[:1]], found.get("sourceApiVersion", "67.0")
    raise click.ClickException(f"{start} is not in a Salesforce project: there is no {PROJECT}")


@click.group(help=__doc__)
def main() -> None:
    pass


@main.group("project")
def in_project() -> None:
    """Work with a project."""


@in_project.group("convert")
def in_convert() -> None:
    """Convert metadata."""


@in_convert.command("source")
@click.option("-r", "--root-dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-d", "--output-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("-n", "--package-name", default="")
def source(root_dir: Path | None, output_dir: Path, package_name: str) -> None:
    """Source format to the Metadata API's."""
    folders, version = project((root_dir or Path.cwd()).resolve())
    count = convert([root_dir] if root_dir else folders, output_dir, package_name, version)
    click.echo(f"Source was converted to Metadata API format: {count} components in {output_dir}")


if __name__ == "__main__":
    main(sys.argv[1:], prog_name="sf")
