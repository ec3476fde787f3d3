"""Objects about the org itself: installed packages, Apex, components, entities. Answered from what this org has.

They are no records: each query builds those it names anew in a database in memory, so that SOQL has one implementation.
`tooling_rows.py` fills them; another room adds rows of its own with `rows_of`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from localorg import soql
from localorg.context import Context
from localorg.engine import Session
from localorg.model import Field, Schema, SObject
from localorg.soql import Plan
from localorg.store import column_type, quote

if TYPE_CHECKING:
    from localorg.server.http import Call

Row = tuple[object, ...]
Fill = Callable[["Call"], Iterable[Row]]
_STAMPS = "ManageableState CreatedDate:datetime CreatedById LastModifiedDate:datetime LastModifiedById"
_SHARED = "RowCause IsDeleted:boolean LastModifiedDate:datetime LastModifiedById:id"
# Key prefix and fields of each object; a type other than text after a colon, a parent's object after an arrow.
OBJECTS = {
    "InstalledSubscriberPackage": (
        "0A3",
        "SubscriberPackageId>SubscriberPackage SubscriberPackageVersionId>SubscriberPackageVersion",
    ),
    "SubscriberPackage": ("033", "NamespacePrefix Name Description IsPackageValid:boolean"),
    "SubscriberPackageVersion": (
        "04t",
        "SubscriberPackageId>SubscriberPackage Name MajorVersion:int MinorVersion:int PatchVersion:int "
        "BuildNumber:int IsBeta:boolean IsDeprecated:boolean IsManaged:boolean IsPasswordProtected:boolean "
        "ReleaseState",
    ),
    "ApexClass": (
        "01p",
        "Name NamespacePrefix ApiVersion:double Status IsValid:boolean BodyCrc:double Body LengthWithoutComments:int "
        "SymbolTable ManageableState CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime",
    ),
    "ApexTrigger": (
        "01q",
        "Name NamespacePrefix TableEnumOrId ApiVersion:double Status IsValid:boolean Body LengthWithoutComments:int "
        "CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime",
    ),
    "ApexTestSuite": ("05F", "TestSuiteName"),
    "TestSuiteMembership": ("05G", "ApexTestSuiteId>ApexTestSuite ApexClassId>ApexClass"),
    "AsyncApexJob": (
        "707",
        "ApexClassId>ApexClass JobType Status ExtendedStatus MethodName JobItemsProcessed:int TotalJobItems:int "
        "NumberOfErrors:int ParentJobId CreatedDate:datetime CompletedDate:datetime",
    ),
    "ApexTestQueueItem": ("709", "ApexClassId>ApexClass Status ExtendedStatus ParentJobId TestRunResultId"),
    "ApexTestRunResult": (
        "05m",
        "AsyncApexJobId>AsyncApexJob Status StartTime:datetime EndTime:datetime TestTime:int ClassesCompleted:int "
        "ClassesEnqueued:int MethodsCompleted:int MethodsEnqueued:int MethodsFailed:int",
    ),
    "ApexTestResult": (
        "07M",
        "ApexClassId>ApexClass AsyncApexJobId>AsyncApexJob QueueItemId>ApexTestQueueItem ApexTestRunResultId "
        "TestTimestamp:datetime Message MethodName Outcome RunTime:int StackTrace",
    ),
    "ApexTestResultLimits": (
        "05n",
        "ApexTestResultId>ApexTestResult/ApexTestResults Callouts:int AsyncCalls:int DmlRows:int Email:int "
        "LimitContext LimitExceptions MobilePush:int QueryRows:int Sosl:int Cpu:int Dml:int Soql:int",
    ),
    "ApexCodeCoverageAggregate": (
        "715",
        "ApexClassOrTriggerId>ApexClass,ApexTrigger NumLinesCovered:int NumLinesUncovered:int Coverage",
    ),
    "ApexOrgWideCoverage": ("716", "PercentCovered:int"),
    "TabDefinition": ("01r", "DurableId Name Label SobjectName Url IsCustom:boolean IsAvailableInMobile:boolean"),
    "EntityDefinition": (
        "000",
        "DurableId QualifiedApiName DeveloperName NamespacePrefix Label MasterLabel PluralLabel KeyPrefix "
        "IsCustomSetting:boolean IsQueryable:boolean InternalSharingModel ExternalSharingModel IsEverCreatable:boolean "
        "IsEverUpdatable:boolean IsEverDeletable:boolean IsApexTriggerable:boolean IsTriggerable:boolean "
        "IsWorkflowEnabled:boolean IsCustomizable:boolean IsLayoutable:boolean IsSearchable:boolean "
        "IsDeprecatedAndHidden:boolean DeploymentStatus DetailUrl EditUrl NewUrl",
    ),
    "FieldDefinition": (
        "000",
        "DurableId EntityDefinitionId>EntityDefinition/Fields QualifiedApiName DeveloperName NamespacePrefix Label DataType "
        "ValueTypeId Length:int Precision:int Scale:int IsNillable:boolean IsCalculated:boolean IsIndexed:boolean "
        "Description",
    ),
    "RecordType": (
        "012",
        "Name DeveloperName NamespacePrefix FullName SobjectType BusinessProcessId Description IsActive:boolean "
        "CreatedDate:datetime CreatedById LastModifiedDate:datetime LastModifiedById",
    ),
    "CustomObject": ("01I", f"DeveloperName NamespacePrefix Description {_STAMPS}"),
    "CustomField": ("00N", f"DeveloperName NamespacePrefix TableEnumOrId EntityDefinitionId>EntityDefinition/CustomFields {_STAMPS}"),
    "CustomTab": ("01r", f"DeveloperName NamespacePrefix MasterLabel Type {_STAMPS}"),
    "CustomApplication": ("02u", f"DeveloperName NamespacePrefix Label {_STAMPS}"),
    "CustomPermission": ("0CP", f"DeveloperName NamespacePrefix MasterLabel Description {_STAMPS}"),
    "CompactLayout": ("0AH", f"DeveloperName NamespacePrefix MasterLabel SobjectType {_STAMPS}"),
    "ExternalString": ("101", f"Name NamespacePrefix MasterLabel Value Language Category IsProtected:boolean {_STAMPS}"),
    "FlexiPage": ("0M0", f"DeveloperName NamespacePrefix MasterLabel Type EntityDefinitionId {_STAMPS}"),
    "Flow": ("301", f"DefinitionId MasterLabel Status ProcessType VersionNumber:int ApiVersion:double {_STAMPS}"),
    "FlowDefinition": ("300", f"DeveloperName NamespacePrefix MasterLabel ActiveVersionId LatestVersionId {_STAMPS}"),
    "Layout": ("00h", f"Name NamespacePrefix TableEnumOrId LayoutType {_STAMPS}"),
    "LightningComponentBundle": (
        "0Rb", f"DeveloperName NamespacePrefix MasterLabel ApiVersion:double IsExposed:boolean Description {_STAMPS}",
    ),
    "NamedCredential": ("0XA", f"DeveloperName NamespacePrefix MasterLabel Endpoint {_STAMPS}"),
    "StaticResource": ("081", f"Name NamespacePrefix ContentType BodyLength:int Description {_STAMPS}"),
    "ValidationRule": (
        "03d",
        "ValidationName NamespacePrefix EntityDefinitionId>EntityDefinition/ValidationRules Active:boolean Description ErrorMessage "
        f"ErrorDisplayField {_STAMPS}",
    ),
    "DeployRequest": (
        "0Af",
        "Status StartDate:datetime CompletedDate:datetime CheckOnly:boolean RollbackOnError:boolean ErrorMessage "
        "NumberComponentErrors:int NumberComponentsDeployed:int NumberComponentsTotal:int NumberTestErrors:int "
        f"NumberTestsCompleted:int NumberTestsTotal:int {_STAMPS}",
    ),
    "Report": ("00O", f"DeveloperName NamespacePrefix FolderName Name Description Format {_STAMPS}"),
    "Dashboard": ("01Z", f"DeveloperName NamespacePrefix FolderName Title Description {_STAMPS}"),
    "ListView": ("00B", f"DeveloperName NamespacePrefix SobjectType Name IsSoqlCompatible:boolean {_STAMPS}"),
    "AccountShare": (
        "00r", "AccountId:id UserOrGroupId:id AccountAccessLevel OpportunityAccessLevel CaseAccessLevel ContactAccessLevel "
        f"{_SHARED}",
    ),
    "ContactShare": ("03s", f"ContactId:id UserOrGroupId:id ContactAccessLevel {_SHARED}"),
    "OpportunityShare": ("00t", f"OpportunityId:id UserOrGroupId:id OpportunityAccessLevel {_SHARED}"),
    "Package2": ("0Ho", "Name NamespacePrefix Description SubscriberPackageId ContainerOptions"),
    "Package2Version": (
        "05i", "Package2Id>Package2 Name SubscriberPackageVersionId MajorVersion:int MinorVersion:int PatchVersion:int "
        "BuildNumber:int IsReleased:boolean",
    ),
}  # fmt: skip
# What the data API's own /query answers as well.
IN_DATA_API = frozenset({
    "AccountShare", "ApexClass", "ApexTrigger", "AsyncApexJob", "ContactShare", "CustomPermission", "Dashboard",
    "EntityDefinition", "FieldDefinition", "ListView", "OpportunityShare", "Report", "StaticResource", "TabDefinition",
})  # fmt: skip
# What the tooling API answers from the org's records.
IN_TOOLING_API = frozenset({"User", "Profile", "PermissionSet", "Organization", "Group", "UserRole"})
ROWS: dict[str, list[Fill]] = {}


def rows_of(name: str) -> Callable[[Fill], Fill]:
    """Registers a function that gives rows of an object, in the order of its fields, the id first."""

    def register(fill: Fill) -> Fill:
        ROWS.setdefault(name, []).append(fill)
        return fill

    return register


def compiled(session: Session, text: str, *, only: frozenset[str] | None = None) -> Plan:
    """The plan of a query on these objects; raises INVALID_TYPE for any other object."""
    schema = described()
    if only is not None:
        schema = Schema({name: found for name, found in schema.objects.items() if found.name in only})
    context = Context(schema, session.user, session.clock.now(), readable=lambda sobject, field: True)
    return soql.compile(soql.parse(text), context)


@contextmanager
def database(call: Call, text: str) -> Iterator[sqlite3.Connection]:
    """The objects a query names, and their parents, filled."""
    connection = sqlite3.connect(":memory:")
    wanted = named(text)
    try:
        for sobject in (described()[name] for name in wanted):
            columns = ", ".join(f"{quote(field.name)} {column_type(field)}" for field in sobject)
            connection.execute(f"CREATE TABLE {quote(sobject.name)} ({columns})")
            marks = ", ".join("?" * len(sobject.fields))
            for fill in ROWS.get(sobject.name, ()):
                connection.executemany(f"INSERT INTO {quote(sobject.name)} VALUES ({marks})", fill(call))  # noqa: S608
        yield connection
    finally:
        connection.close()


def named(text: str) -> set[str]:
    """Objects whose name, or whose children's name, stands in the query, and everything these point at."""
    words = {word.lower() for word in re.findall(r"\w+", text)}
    waiting = [
        sobject.name
        for sobject in described()
        if sobject.name.lower() in words
        or any((field.child_relationship_name or "-").lower() in words for field in sobject)
    ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [parent for field in described()[name] for parent in field.reference_to]
    return found


@cache
def described() -> Schema:
    schema = Schema()
    for name, (prefix, given) in OBJECTS.items():
        sobject = SObject(name, name, name, prefix, createable=False, updateable=False, deletable=False, public=True)
        for field in (Field("Id", "id", "Record ID", length=18, nillable=False), *map(described_field, given.split())):
            sobject.add(field)
        schema.add(sobject)
    return schema


def described_field(given: str) -> Field:
    name, arrow, parents = given.partition(">")
    if arrow:
        parents, _, children = parents.partition("/")
        return Field(
            name, "reference", name, length=18, reference_to=tuple(parents.split(",")),
            relationship_name=name.removesuffix("Id"), child_relationship_name=children or None,
        )  # fmt: skip
    name, _, kind = name.partition(":")
    return Field(name, kind or "string", name, length=0 if kind else 255, name_field=name == "Name")
