"""The org's Apex as it was deployed, with the stand-ins for NPSP's global classes; and which objects have triggers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localorg.engine import Org

NPSP = Path(__file__).parent / "npsp"
_HEAD = re.compile(r"\btrigger\s+(\w+)\s+on\s+(\w+)\s*\(([^)]*)\)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
KINDS = {"ApexClass": "class", "ApexTrigger": "trigger"}


@dataclass(frozen=True)
class Source:
    kind: str  # class or trigger
    name: str
    body: str
    namespace: str | None = None


def of_org(org: Org) -> list[Source]:
    deployed = [Source(KINDS[kind], name, code) for kind, name, code in org.apex_sources()]
    return [*npsp(), *deployed]


def npsp() -> list[Source]:
    """Stand-ins for what packages may extend or call of NPSP: its global classes' signatures."""
    return [Source("class", path.stem, path.read_text(), "npsp") for path in sorted(NPSP.glob("*.cls"))]


def triggered(sources: Iterable[Source]) -> dict[str, frozenset[str]]:
    """Lower-cased object → events (`before insert`, …) that some trigger wants to hear of."""
    found: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        if source.kind == "trigger" and (head := _HEAD.search(_COMMENT.sub(" ", source.body))):
            events = {" ".join(event.lower().split()) for event in head.group(3).split(",") if event.split()}
            found[head.group(2).lower()].update(events)
    return {sobject: frozenset(events) for sobject, events in found.items()}


def in_folder(folder: Path) -> list[Source]:
    """Every class and trigger below a folder."""
    files = sorted([*folder.rglob("*.cls"), *folder.rglob("*.trigger")])
    return [Source("class" if file.suffix == ".cls" else "trigger", file.stem, file.read_text()) for file in files]
