"""Write the local org's description of metadata types: python scripts/build_metadata_types.py FACTS_FOLDER.

It comes from npm `@salesforce/types` (BSD-3-Clause), made by Salesforce from the Metadata WSDL. Only what the kinds in
`localorg/deploy/kinds.py` can contain is kept. The names of user permissions are the PermissionSet's fields in the
facts' standard_objects.json. The output is deterministic.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "orgs"))

from localorg.deploy.kinds import by_name  # noqa: E402

SOURCE = ROOT / "node_modules/@salesforce/types/lib/metadata.d.ts"
TARGET = ROOT / "orgs/localorg/deploy/metadata_types.json"
PERMISSIONS = TARGET.with_name("user_permissions.txt")
BLOCK = re.compile(r"^export (?:declare )?type (\w+) = (.*?);\n(?=export|\Z)", re.MULTILINE | re.DOTALL)
ALIAS = re.compile(r"\w+$")
ELEMENT = re.compile(r"^\s+(\w+)(\?)?: (.*?);$", re.MULTILINE)
MORE_ROOTS = ("Package",)
SETTINGS = "Settings"  # each file of this kind has a type of its own: AccountSettings …


class Declarations:
    """The file's types by name: `elements` of each, inherited ones included; `enums` with their values."""

    def __init__(self, text: str) -> None:
        self.bodies = {block[1]: block[2] for block in BLOCK.finditer(text)}

    def is_type(self, name: str) -> bool:
        body = self.bodies.get(name, "")
        return "{" in body or bool(ALIAS.fullmatch(body) and self.is_type(body))

    def enum(self, name: str) -> list[str]:
        return re.findall(r"'([^']*)'", self.bodies.get(name, ""))

    def elements(self, name: str) -> dict[str, str]:
        """Element → type, with `!` when it must be there and `[]` when there may be many."""
        body = self.bodies[name]
        if ALIAS.fullmatch(body):
            return self.elements(body)
        base = re.match(r"(\w+) & \{", body)
        return {**(self.elements(base.group(1)) if base else {}), **dict(self._own(body))}

    def _own(self, body: str) -> Iterator[tuple[str, str]]:
        for name, optional, kind in ELEMENT.findall(body[body.index("{") + 1 : body.rindex("}")]):
            yield name, kind if optional or kind.endswith("[]") else f"{kind}!"


def reachable(found: Declarations) -> dict[str, Mapping[str, object]]:
    types: dict[str, dict[str, str]] = {}
    enums: dict[str, list[str]] = {}
    settings = [name for name, body in found.bodies.items() if name.endswith("Settings") and "Metadata &" in body]
    waiting = [name for name in (*by_name(), *settings, *MORE_ROOTS) if found.is_type(name)]
    while waiting:
        name = waiting.pop()
        if name in types:
            continue
        types[name] = found.elements(name)
        for kind in (value.removesuffix("[]").removesuffix("!") for value in types[name].values()):
            if found.is_type(kind):
                waiting.append(kind)
            elif found.enum(kind):
                enums[kind] = found.enum(kind)
    return {"types": dict(sorted(types.items())), "enums": dict(sorted(enums.items()))}


def main() -> None:
    if not SOURCE.exists():
        raise SystemExit("npm @salesforce/types is not installed. Run: .venv/bin/python scripts/npm.py ci")
    found = Declarations(SOURCE.read_text(encoding="utf-8"))
    missing = sorted(name for name in by_name() if name != SETTINGS and not found.is_type(name))
    if missing:
        raise SystemExit(f"no such types in {SOURCE.name}: {', '.join(missing)}")
    described = reachable(found)
    lines = []
    for part, entries in described.items():
        body = ",\n".join(f" {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())
        lines.append(f'"{part}": {{\n{body}\n}}')
    TARGET.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    fields = json.loads((Path(sys.argv[1]) / "standard_objects.json").read_text())["PermissionSet"]
    names = sorted(name.removeprefix("Permissions") for name in fields if name.startswith("Permissions"))
    PERMISSIONS.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    print(", ".join(f"{len(entries)} {part}" for part, entries in described.items()))


if __name__ == "__main__":
    main()
