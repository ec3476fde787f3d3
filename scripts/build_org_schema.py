"""Write the local org's schema files from the facts: python scripts/build_org_schema.py FACTS_FOLDER.

Standard objects come from `org_schema/standard.txt` (every name is checked against standard_objects.json), NPSP's
objects and fields from npsp_schema.json. The output is deterministic.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "orgs"), str(ROOT / "scripts")]

from localorg.model import SObject  # noqa: E402
from localorg.schema import field_to_dict, object_to_dict  # noqa: E402
from org_schema import npsp, standard  # noqa: E402

TARGET = ROOT / "orgs/localorg/schema/objects"


def build(facts: Path) -> dict[str, SObject]:
    apex = json.loads((facts / "standard_objects.json").read_text())
    packaged = json.loads((facts / "npsp_schema.json").read_text())["objects"]
    objects = {sobject.name: sobject for sobject in standard.read(ROOT / "scripts/org_schema/standard.txt")}
    standard.drop_absent_system_fields(objects.values(), apex)
    npsp.add(objects, packaged)
    problems = standard.unknown_names(objects.values(), apex) + npsp.dangling(objects)
    if problems:
        raise SystemExit("\n".join(problems))
    return objects


def write(sobject: SObject) -> str:
    lines = ",\n".join("  " + _line(field_to_dict(field)) for field in sobject)
    return f'{{"object": {_line(object_to_dict(sobject))},\n "fields": [\n{lines}\n]}}\n'


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=False)


def main() -> None:
    objects = build(Path(sys.argv[1]))
    TARGET.mkdir(parents=True, exist_ok=True)
    for stale in TARGET.glob("*.json"):
        stale.unlink()
    for sobject in objects.values():
        (TARGET / f"{sobject.name}.json").write_text(write(sobject), encoding="utf-8")
    print(f"{len(objects)} objects, {sum(len(sobject.fields) for sobject in objects.values())} fields")


if __name__ == "__main__":
    main()
