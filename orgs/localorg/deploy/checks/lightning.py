"""Lightning components: what a bundle must hold, and that everything it imports exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from localorg.deploy.checks.common import Check, missing
from localorg.deploy.problems import Problems
from localorg.deploy.source import Part
from localorg.deploy.world import World

_IMPORT = re.compile(r"""from\s+['"]@salesforce/(\w+)/([^'"]+)['"]""")
_MODULE = re.compile(r"""from\s+['"]c/(\w+)['"]""")
_TAG = re.compile(r"<c-([a-z0-9-]+)")
_ENABLED = re.compile(
    r"@AuraEnabled(?:\s*\([^)]*\))?\s+(?:public|global)\s+static\s+[\w<>,.\s\[\]]+?\s+(\w+)\s*\(", re.IGNORECASE
)
_TARGET = re.compile(r"(lightning|lightningCommunity|lightningSnapin|lightningStatic|analytics|service)__[A-Za-z_]+")
_TARGETS = frozenset({
    "analytics__Dashboard", "lightning__AgentforceInput", "lightning__AgentforceOutput", "lightning__AppPage",
    "lightning__Dashboard", "lightning__FlowAction", "lightning__FlowScreen", "lightning__GlobalAction",
    "lightning__HomePage", "lightning__Inbox", "lightning__RecordAction", "lightning__RecordPage", "lightning__Tab",
    "lightning__UrlAddressable", "lightning__UtilityBar", "lightning__VoiceExtension", "lightningCommunity__Default",
    "lightningCommunity__Page", "lightningCommunity__Page_Layout", "lightningCommunity__Theme_Layout",
    "lightningSnapin__ChatHeader", "lightningSnapin__ChatMessage", "lightningSnapin__Minimized",
    "lightningSnapin__PreChat", "lightningStatic__Email",
})  # fmt: skip
_MODULE_NAME = re.compile(r"[a-z]\w*")
_KINDS = {
    "customPermission": "CustomPermission",
    "resourceUrl": "StaticResource",
    "contentAssetUrl": "ContentAsset",
    "messageChannel": "LightningMessageChannel",
}
Place = tuple[str, int, str]  # file in the bundle, line, text


def bundle(part: Part, world: World, problems: Problems) -> None:
    if not _MODULE_NAME.fullmatch(part.name):
        problems.add(part.component, "The component's name must begin with a lower-case letter and be alphanumeric")
    names = {path for path in part.files if "/" not in path}
    if not names & {f"{part.name}.{ending}" for ending in ("js", "ts", "html", "css")}:
        problems.add(part.component, f"The bundle has no {part.name}.js")
    for target in part.root.all("targets/target"):
        if not _TARGET.fullmatch(target.text):
            problems.add(part.component, f"'{target.text}' is not a valid target", target.line)
        elif target.text not in _TARGETS:
            problems.warn(part.component, f"The local org does not know the target {target.text}", target.line)
    for objects in part.root.deep("object"):
        if world.schema.get(objects.text) is None:
            problems.add(part.component, missing("object", "CustomObject", objects.text), objects.line)
    for file, line, text in _lines(part):
        for what, name in _IMPORT.findall(text):
            message = _import_problem(what, name, world)
            if message:
                problems.add(part.component, f"{file}:{line}: {message}", line)
        for module in [*_MODULE.findall(text), *map(_camel, _TAG.findall(text) if file.endswith(".html") else ())]:
            if not world.has("LightningComponentBundle", module) and not world.has("AuraDefinitionBundle", module):
                message = f"No MODULE named markup://c:{module} found : [markup://c:{part.name}]"
                problems.add(part.component, f"{file}:{line}: {message}", line)


def _lines(part: Part) -> Iterator[Place]:
    for path, body in sorted(part.files.items()):
        if path.endswith((".js", ".ts", ".html")):
            for number, text in enumerate(body.decode("utf-8", "replace").splitlines(), start=1):
                yield path, number, text


def _camel(tag: str) -> str:
    first, *rest = tag.split("-")
    return first + "".join(word.capitalize() for word in rest)


def _import_problem(what: str, name: str, world: World) -> str:
    if what == "apex":
        return _apex_problem(name, world)
    if what == "schema":
        owner_name, _, path = name.partition(".")
        owner = world.schema.get(owner_name)
        if owner is None or (path and world.field(owner, path) is None):
            return (
                f"Invalid reference {name} of type sobjectField in file"
                if path
                else missing("schema", "CustomObject", name)
            )
    if what == "label":
        own = name.removeprefix("c.")
        if name.startswith("c.") and not world.has("CustomLabel", own):
            return f"Invalid reference {name} of type label"
    kind = _KINDS.get(what)
    own = name.removesuffix("__c") if what == "messageChannel" else name
    if kind and not world.has(kind, own):
        return f"Invalid reference {name} of type {what}"
    return ""


def _apex_problem(name: str, world: World) -> str:
    class_name, _, method = name.rpartition(".")
    found = world.part("ApexClass", class_name)
    if found is None:
        return "" if world.packaged(class_name) else f"Unable to find Apex class named '{class_name}'."
    if method.lower() not in {one.lower() for one in _ENABLED.findall(found.code)}:
        return f"Unable to find Apex action method referenced as '{name}'."
    return ""


CHECKS: dict[str, Check] = {"LightningComponentBundle": bundle}
