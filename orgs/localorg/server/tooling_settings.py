"""The org's settings as the Tooling API shows them: `enableChatter` of ChatterSettings as `IsChatterEnabled`, one row each."""

from __future__ import annotations

from collections.abc import Iterator

from localorg import ids
from localorg.deploy import structure
from localorg.server.http import Call
from localorg.server.setup_objects import OBJECTS, Row, rows_of

_SWITCH = "enable"
_ON = frozenset({"ChatterSettings.enableChatter", "EnhancedNotesSettings.enableEnhancedNotes"})  # of a new org


def _register() -> None:
    types, _ = structure.described()
    kinds = (name for name in types if name.endswith("Settings") and "fullName" in types[name])
    for number, kind in enumerate(kinds, 1):
        switches = [
            name for name, shape in types[kind].items() if name.startswith(_SWITCH) and shape.startswith("boolean")
        ]
        if switches and kind not in OBJECTS:
            OBJECTS[kind] = ("000", " ".join(f"Is{name.removeprefix(_SWITCH)}Enabled:boolean" for name in switches))
            _fill(kind, switches, ids.make("000", number))


def _fill(kind: str, switches: list[str], identity: str) -> None:
    @rows_of(kind)
    def row(call: Call) -> Iterator[Row]:
        stored = call.runtime.org.shelf.find("Settings", kind.removesuffix("Settings"))
        root = stored.part().root if stored else None
        given = {name: root.get(name) if root else "" for name in switches}
        yield (
            identity,
            *(int((text or str(f"{kind}.{name}" in _ON)).lower() == "true") for name, text in given.items()),
        )


_register()
