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
    warnings: list[Problem] = field(default_factory=list)

    def add(self, component: Component, message: str, line: int | None = None) -> None:
        place = line if line is not None else component.line
        self.found.append(Problem(component.kind, component.name, str(component.file), place, message))

    def warn(self, component: Component, message: str, line: int | None = None) -> None:
        """Something the platform takes, though hardly anyone means it."""
        place = line if line is not None else component.line
        self.warnings.append(Problem(component.kind, component.name, str(component.file), place, message, "Warning"))


def refusal(found: list[Problem]) -> DeployError:
    """The refusal of a whole deployment, whatever is wrong with however little of it."""
    shown = "\n".join(str(problem) for problem in sorted(found, key=lambda item: (item.file, item.line)))
    count = f"{len(found)} component error{'s' if len(found) > 1 else ''}"
    return DeployError("DEPLOY_FAILED", f"Deploy failed: {count}\n{shown}", problems=tuple(found))
