"""Names on screens must arrive: list views, layouts, compact layouts, tabs, apps, report types, reports, pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .references import Objects, resolve
from .source import Component, FieldShape, Finding, Source, value

# Columns of list views and reports that are the platform's own words, not field names.
STANDARD_COLUMNS = frozenset({
    "NAME", "FULL_NAME", "ACCOUNT.NAME", "CREATED_DATE", "LAST_UPDATE", "OWNER.ALIAS", "CUST_NAME", "RowCount",
})  # fmt: skip
STANDARD_RELATED_LISTS = frozenset({"RelatedEntityHistoryList", "RelatedActivityList", "RelatedNoteList"})
_RELATIVE_DATE = re.compile(r"(TODAY|YESTERDAY|THIS_\w+|LAST_\w+|NEXT_\w+)(:\d+)?")


def check(source: Source) -> Iterator[Finding]:
    screens = Screens(source)
    for one in source.components:
        checker = getattr(screens, f"{one.kind}_", None)
        if checker:
            yield from checker(one)


class Screens:
    """One method a kind of file, named after it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.objects: Objects = source.objects()
        self.report_types = {one.name: one for one in source.of("reportType")}
        self.reports = {f"{one.path.parent.name}/{one.name}": one for one in source.of("report")}

    def listView_(self, one: Component) -> Iterator[Finding]:  # noqa: N802
        for name in one.texts("columns"):
            if name not in STANDARD_COLUMNS and name not in self.objects.get(one.object, {}):
                yield one.finding(f"column {name!r} is no field of {one.object}")
        for filter_ in one.all("filters"):
            name = value(filter_, "field")
            field = self.objects.get(one.object, {}).get(name)
            if field is None and name not in STANDARD_COLUMNS:
                yield one.finding(f"filter: {name!r} is no field of {one.object}", filter_)
            elif field is not None:
                yield from self._filter_value(one, field, value(filter_, "value"), value(filter_, "operation"))

    def _filter_value(self, one: Component, field: FieldShape, text: str, operation: str) -> Iterator[Finding]:
        """A picklist filter names values, separated by commas; a date filter a date, or one relative to today."""
        if field.type == "Picklist" and operation in ("equals", "notEqual") and text:
            for wanted in text.split(","):
                if wanted not in field.values:
                    yield one.finding(f"filter: {wanted!r} is no value of {field.name}")
        if field.type in ("Date", "DateTime") and not (_RELATIVE_DATE.fullmatch(text) or re.match(r"\d", text)):
            yield one.finding(f"filter: {text!r} is no date for {field.name}")

    def layout_(self, one: Component) -> Iterator[Finding]:
        owner = one.name.partition("-")[0]
        items = one.all("layoutSections/layoutColumns/layoutItems")
        seen: set[str] = set()
        for item in items:
            name = value(item, "field")
            if name not in self.objects.get(owner, {}):
                yield one.finding(f"{name!r} is no field of {owner}", item)
            elif name in seen:
                yield one.finding(f"{name} stands there twice", item)
            elif self.objects[owner][name].formula and value(item, "behavior") != "Readonly":
                yield one.finding(f"{name} is a formula: it can only be Readonly", item)
            seen.add(name)
        for field in self.objects.get(owner, {}).values():
            if field.type == "MasterDetail" and field.name not in seen:
                yield one.finding(f"the required field {field.name} is missing on the layout")
        for related in one.all("relatedLists"):
            yield from self._related_list(one, owner, value(related, "relatedList"), one_fields(related))

    def _related_list(self, one: Component, owner: str, name: str, fields: list[str]) -> Iterator[Finding]:
        if name in STANDARD_RELATED_LISTS:
            return
        child, _, via = name.partition(".")
        link = self.objects.get(child, {}).get(via)
        if link is None or owner not in link.reference_to:
            yield one.finding(f"related list {name!r} does not lead to {owner}")
            return
        for field in fields:
            if field not in STANDARD_COLUMNS and field not in self.objects[child]:
                yield one.finding(f"related list: {field!r} is no field of {child}")

    def compactLayout_(self, one: Component) -> Iterator[Finding]:  # noqa: N802
        for name in one.texts("fields"):
            if name not in self.objects.get(one.object, {}):
                yield one.finding(f"{name!r} is no field of {one.object}")
        if len(one.texts("fields")) > 10:
            yield one.finding("a compact layout holds at most 10 fields")

    def object_(self, one: Component) -> Iterator[Finding]:
        assigned = one.text("compactLayoutAssignment", "SYSTEM")
        owned = {layout.name for layout in self.source.of("compactLayout") if layout.object == one.name}
        if assigned not in owned | {"SYSTEM"}:
            yield one.finding(f"unknown compact layout {assigned!r}")
        for search in one.all("searchLayouts"):
            for item in search:
                name = (item.text or "").strip()
                if name not in STANDARD_COLUMNS and name not in self.objects[one.name]:
                    yield one.finding(f"search layout: {name!r} is no field of {one.name}", item)

    def tab_(self, one: Component) -> Iterator[Finding]:
        if one.text("customObject") == "true" and one.name not in self.objects:
            yield one.finding(f"tab of an unknown object {one.name}")

    def app_(self, one: Component) -> Iterator[Finding]:
        for tab in one.texts("tabs"):
            if not tab.startswith("standard-") and tab not in self.source.names("tab"):
                yield one.finding(f"unknown tab {tab!r}")
        for override in one.all("actionOverrides"):
            page = value(override, "content")
            pages = {page.name: page for page in self.source.of("flexipage")}
            if page not in pages:
                yield one.finding(f"unknown page {page!r}", override)
            elif pages[page].text("sobjectType") != value(override, "pageOrSobjectType"):
                yield one.finding(f"page {page} is for {pages[page].text('sobjectType')}", override)

    def reportType_(self, one: Component) -> Iterator[Finding]:  # noqa: N802
        for column in one.all("sections/columns"):
            name = f"{value(column, 'table')}${value(column, 'field')}"
            if self._report_field(one, name) is None:
                yield one.finding(f"{name!r} does not exist", column)

    def report_(self, one: Component) -> Iterator[Finding]:
        kind = one.text("reportType")
        base = self.report_types.get(kind.removesuffix("__c"))
        if base is None and not (kind.startswith("CustomEntity$") and kind.partition("$")[2] in self.objects):
            yield one.finding(f"unknown report type {kind!r}")
            return
        places = ("columns/field", "groupingsDown/field", "filter/criteriaItems/column", "timeFrameFilter/dateColumn")
        for place in (*places, "sortColumn"):
            for name in one.texts(place):
                if name not in STANDARD_COLUMNS and not self._in_report(base, name):
                    yield one.finding(f"{place.partition('/')[0]}: {name!r} is not in the report type")
        for item in one.all("filter/criteriaItems"):
            field = self._report_field(base, value(item, "column"))
            if field:
                yield from self._filter_value(one, field, value(item, "value"), value(item, "operator"))
        if one.text("sortColumn") and one.text("sortColumn") not in one.texts("columns/field"):
            yield one.finding("sorted by a column it does not show")

    def _in_report(self, base: Component | None, name: str) -> bool:
        if base is None:
            return self._report_field(None, name) is not None
        columns = {f"{value(one, 'table')}${value(one, 'field')}" for one in base.all("sections/columns")}
        return name in columns

    def _report_field(self, base: Component | None, name: str) -> FieldShape | None:
        """`Contact$Name` or `Contact.AI_Donor_Profiles__r$Helps__c` in a report type, else `Object__c.Field__c`."""
        if base is None:
            owner, _, field = name.partition(".")
            return self.objects.get(owner, {}).get(field)
        table, _, field = name.partition("$")
        owner, *children = table.split(".")
        for child in children:
            owner = self._child(owner, child) or ""
        found = resolve(owner, field, self.objects) or resolve(owner, f"{field}Id", self.objects)
        return found if owner else None

    def _child(self, parent: str, relationship: str) -> str | None:
        wanted = relationship.removesuffix("__r")
        for one in self.source.of("field"):
            if one.text("relationshipName") == wanted and parent in one.texts("referenceTo"):
                return one.object
        return None

    def dashboard_(self, one: Component) -> Iterator[Finding]:
        for shown in one.all("dashboardGridLayout/dashboardGridComponents/dashboardComponent"):
            report = self.reports.get(value(shown, "report"))
            if report is None:
                yield one.finding(f"unknown report {value(shown, 'report')!r}", shown)
                continue
            group, summed = value(shown, "groupingColumn"), value(shown, "chartSummary/column")
            if group and group not in report.texts("groupingsDown/field"):
                yield one.finding(f"{report.name} is not grouped by {group!r}", shown)
            if summed != "RowCount" and summed not in report.texts("columns/field"):
                yield one.finding(f"{report.name} has no column {summed!r} to sum", shown)

    def flexipage_(self, one: Component) -> Iterator[Finding]:
        bundles = {bundle.path.parent.name for bundle in self.source.of("js")}
        owner = one.text("sobjectType")
        if owner and owner not in self.objects:
            yield one.finding(f"unknown object {owner!r}")
        for name in one.texts("flexiPageRegions/itemInstances/componentInstance/componentName"):
            if name.startswith("c:") and name[2:] not in bundles:
                yield one.finding(f"unknown component {name!r}")
        regions = {value(region, "name") for region in one.all("flexiPageRegions")}
        for property_ in one.all("flexiPageRegions/itemInstances/componentInstance/componentInstanceProperties"):
            if value(property_, "name") in ("body", "tabs") and value(property_, "value") not in regions:
                yield one.finding(f"unknown region {value(property_, 'value')!r}", property_)
        for name in one.texts("flexiPageRegions/itemInstances/fieldInstance/fieldItem"):
            if resolve(owner, name.removeprefix("Record."), self.objects) is None:
                yield one.finding(f"{name!r} is no field of {owner}")


def one_fields(element: object) -> list[str]:
    return [(child.text or "").strip() for child in element if child.tag.endswith("}fields")]  # type: ignore[attr-defined]
