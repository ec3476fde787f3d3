"""What is wrong with a deployment, gathered so that all of it is told at once, as Salesforce does."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from localorg.errors import DeployError, Problem


@dataclass(frozen=True)
class Component:
    """One piece of metadata and where it stands."""

    kind: str  # CustomObject, CustomField, PermissionSet …
    name: str  # Contact.AI_Opt_Out__c
    file: PurePosixPath
    line: int = 1


@dataclass
class Problems:
    found: list[Problem] = field(default_factory=list)

    def add(self, component: Component, message: str, line: int | None = None) -> None:
        place = line if line is not None else component.line
        self.found.append(Problem(component.kind, component.name, str(component.file), place, message))

    def raise_any(self) -> None:
        """Refuse the whole deployment when anything is wrong with any of it."""
        if self.found:
            shown = "\n".join(str(problem) for problem in sorted(self.found, key=lambda item: (item.file, item.line)))
            count = f"{len(self.found)} component error{'s' if len(self.found) > 1 else ''}"
            raise DeployError("DEPLOY_FAILED", f"Deploy failed: {count}\n{shown}", problems=tuple(self.found))
