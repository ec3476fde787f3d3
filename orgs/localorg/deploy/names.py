"""Rules that names, labels and texts of metadata obey."""

from __future__ import annotations

import re

from localorg.deploy.problems import Problems
from localorg.deploy.source import Part

_DEVELOPER_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*$")
_NAME_RULE = (
    "The {what} API Name can only contain underscores and alphanumeric characters. It must be unique, begin with a letter, "
    "not include spaces, not end with an underscore, and not contain two consecutive underscores."
)
MAX_NAME, MAX_LABEL, MAX_DESCRIPTION, MAX_HELP = 40, 40, 1000, 510


def check_name(part: Part, name: str, what: str, problems: Problems) -> None:
    bare = re.sub(r"__(c|mdt|e)$", "", name)
    if not _DEVELOPER_NAME.match(bare):
        problems.add(part.component, _NAME_RULE.format(what=what))
    elif len(bare) > MAX_NAME:
        problems.add(part.component, f"Value too long for field: DeveloperName maximum length is:{MAX_NAME}")


def check_label(part: Part, problems: Problems, element: str = "label") -> None:
    found = part.root.child(element)
    if found is None or not found.text:
        kind = part.component.kind
        problems.add(part.component, f"Must specify a non-empty {element} for the {kind}", part.root.line)
    elif len(found.text) > MAX_LABEL:
        problems.add(part.component, f"Value too long for field: MasterLabel maximum length is:{MAX_LABEL}", found.line)


def check_texts(part: Part, problems: Problems) -> None:
    for element, most in (("description", MAX_DESCRIPTION), ("inlineHelpText", MAX_HELP)):
        found = part.root.child(element)
        if found is not None and len(found.text) > most:
            problems.add(part.component, f"Value too long for field: {element} maximum length is:{most}", found.line)


def check_relationship(part: Part, name: str, problems: Problems) -> None:
    found = part.root.child("relationshipName")
    if not _DEVELOPER_NAME.match(name) or len(name) > MAX_NAME:
        problems.add(part.component, _NAME_RULE.format(what="Child Relationship"), found.line if found else 1)


def check_full_name(part: Part, problems: Problems) -> None:
    """The name inside the file is the name of the file."""
    found = part.root.child("fullName")
    own = part.component.name.rpartition(".")[2]
    if found is not None and found.text != own:
        problems.add(part.component, f"The fullName {found.text} does not match the file name {own}", found.line)
