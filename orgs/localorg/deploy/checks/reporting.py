"""Report types, reports and dashboards: every column, grouping, filter and chart names something that is there."""

from __future__ import annotations

from localorg.deploy.checks.common import Check, check_filter, missing
from localorg.deploy.checks.screens import is_standard_column
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.deploy.world import World
from localorg.model import Field, SObject

_COLUMNS_OF = (
    "columns/field", "groupingsDown/field", "groupingsAcross/field", "filter/criteriaItems/column",
    "timeFrameFilter/dateColumn", "sortColumn",
)  # fmt: skip
_OWN_COLUMNS = frozenset(
    {"CUST_NAME", "CUST_OWNER_NAME", "CUST_CREATED_DATE", "CUST_LAST_UPDATE", "CUST_ID", "RowCount"}
)


def report_type(part: Part, world: World, problems: Problems) -> None:
    base = world.schema.get(part.root.get("baseObject"))
    if base is None:
        problems.add(part.component, missing("baseObject", "CustomObject", part.root.get("baseObject")), part.root.line)
        return
    join = part.root.child("join")
    owner: SObject | None = base
    while join is not None and owner is not None:
        named = join.child("relationship")
        found = world.schema.child(owner, named.text) if named is not None else None
        if named is not None and found is None:
            problems.add(part.component, f"Invalid relationship {named.text} of {owner.name}", named.line)
        owner = found[0] if found else None
        join = join.child("join")
    for column in part.root.all("sections/columns"):
        if table_field(world, column.get("table"), column.get("field")) is None:
            message = f"Invalid column: {column.get('table')}.{column.get('field')} does not exist"
            problems.add(part.component, message, column.line)


def table_field(world: World, table: str, name: str) -> Field | None:
    """`Contact.AI_Donor_Profiles__r` and `Helps__c`: along child relationships, then by parents."""
    first, *children = table.split(".")
    owner = world.schema.get(first)
    for child in children:
        found = world.schema.child(owner, child) if owner else None
        owner = found[0] if found else None
    if owner is None:
        return None
    arrived = world.field(owner, name) or world.field(owner, f"{name}Id")
    return arrived[1] if arrived else None


class _Columns:
    """What a report's columns may name: its report type's columns, or the fields of its one custom object."""

    def __init__(self, part: Part, world: World) -> None:
        kind = part.root.get("reportType")
        self.world = world
        self.type = world.part("ReportType", kind.removesuffix("__c"))
        self.object = world.schema.get(kind.removeprefix("CustomEntity$")) if kind.startswith("CustomEntity$") else None
        self.standard = bool(kind) and "$" not in kind and not kind.endswith("__c")
        self.listed = {
            f"{one.get('table')}${one.get('field')}"
            for one in (self.type.root.all("sections/columns") if self.type else ())
        }

    @property
    def known(self) -> bool:
        return self.type is not None or self.object is not None or self.standard

    def field(self, name: str) -> Field | None:
        if self.object is not None:
            owner, _, own = name.partition(".")
            sobject = self.world.schema.get(owner)
            arrived = self.world.field(sobject, own) if sobject and own else None
            return arrived[1] if arrived else None
        table, _, own = name.partition("$")
        return table_field(self.world, table, own)

    def has(self, name: str) -> bool:
        if name in _OWN_COLUMNS or self.standard:
            return True
        if self.object is not None:
            return is_standard_column(name, self.object) or self.field(name) is not None
        return name in self.listed


def report(part: Part, world: World, problems: Problems) -> None:
    _need_folder(part, "ReportFolder", world, problems)
    columns = _Columns(part, world)
    if not columns.known:
        problems.add(part.component, f"Invalid report type: {part.root.get('reportType')}", part.root.line)
        return
    own = {f"BucketField_{one}" for one in part.root.texts("buckets/developerName")} | set(
        part.root.texts("buckets/developerName") + part.root.texts("customDetailFormulas/developerName")
    )
    for place in _COLUMNS_OF:
        for found in part.root.all(place):
            if found.text not in own and not columns.has(found.text):
                problems.add(part.component, f"{place.partition('/')[0]}-Invalid column: {found.text}", found.line)
    for item in part.root.all("filter/criteriaItems"):
        field = columns.field(item.get("column"))
        if field is not None:
            check_filter(part, field, item.get("operator"), item.child("value"), problems)
    sort = part.root.child("sortColumn")
    shown = set(part.root.texts("columns/field")) | set(part.root.texts("groupingsDown/field"))
    if sort is not None and sort.text and sort.text not in shown:
        problems.add(
            part.component, f"sortColumn-The report is sorted by a column it does not show: {sort.text}", sort.line
        )


def _need_folder(part: Part, kind: str, world: World, problems: Problems) -> None:
    folder = part.name.rpartition("/")[0].rpartition("/")[2]
    if not folder:
        problems.add(part.component, f"A {part.kind} must be in a folder")
    elif folder not in ("unfiled$public",) and not world.has(kind, folder):
        problems.add(part.component, f"Cannot find folder:{folder}")


def dashboard(part: Part, world: World, problems: Problems) -> None:
    _need_folder(part, "DashboardFolder", world, problems)
    grid = part.root.all("dashboardGridLayout/dashboardGridComponents/dashboardComponent")
    sections = [part.root.all(f"{side}Section/components") for side in ("left", "middle", "right")]
    for shown in [*grid, *(one for section in sections for one in section)]:
        _dashboard_component(part, shown, world, problems)


def _dashboard_component(part: Part, shown: Element, world: World, problems: Problems) -> None:
    named = shown.child("report")
    if named is None:
        return
    found = world.part("Report", named.text)
    if found is None:
        problems.add(part.component, missing("report", "Report", named.text), named.line)
        return
    groups = {*found.root.texts("groupingsDown/field"), *found.root.texts("groupingsAcross/field")}
    columns = {"RowCount", *found.root.texts("columns/field"), *found.root.texts("aggregates/developerName")}
    for group in shown.all("groupingColumn"):
        if group.text and group.text not in groups:
            message = f"The report {named.text} is not grouped by {group.text}"
            problems.add(part.component, message, group.line)
    for summed in shown.all("chartSummary/column"):
        if summed.text not in columns:
            problems.add(part.component, f"The report {named.text} has no column {summed.text}", summed.line)


CHECKS: dict[str, Check] = {"ReportType": report_type, "Report": report, "Dashboard": dashboard}
