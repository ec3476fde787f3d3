"""The longest texts and names the platform takes, by kind and element."""

from __future__ import annotations

from localorg.deploy.problems import Problems
from localorg.deploy.source import Part

LONGEST: dict[str, dict[str, int]] = {
    "CompactLayout": {"label": 40},
    "CustomApplication": {"description": 255, "label": 40},
    "CustomField": {"relationshipName": 40},
    "CustomLabel": {"fullName": 80, "shortDescription": 80, "value": 1000, "categories": 255},
    "CustomMetadata": {"label": 40},
    "CustomObject": {"pluralLabel": 40},
    "CustomPermission": {"description": 255, "label": 80},
    "CustomTab": {"description": 255},
    "Dashboard": {"description": 255, "title": 80},
    "FlexiPage": {"description": 255, "masterLabel": 80},
    "Flow": {"description": 255, "label": 255},
    "GlobalValueSet": {"description": 255, "masterLabel": 80},
    "Layout": {"layoutSections/label": 80},
    "ListView": {"label": 40},
    "NamedCredential": {"label": 80},
    "PermissionSet": {"description": 255, "label": 80},
    "PermissionSetGroup": {"description": 255, "label": 80},
    "QuickAction": {"description": 255, "label": 80},
    "RecordType": {"description": 255, "label": 80},
    "Report": {"description": 255, "name": 40},
    "ReportType": {"description": 255, "label": 50},
}


def check(part: Part, problems: Problems) -> None:
    for element, most in LONGEST.get(part.kind, {}).items():
        for found in part.root.all(element):
            if len(found.text) > most:
                message = f"Value too long for field: {found.name} maximum length is:{most}"
                problems.add(part.component, message, found.line)
