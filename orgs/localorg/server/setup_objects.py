"""Objects about the org itself: installed packages, Apex, tabs, entities. Answered from what this org has.

They are no records: each query builds them anew in a database in memory, so that SOQL has one implementation.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from localorg import ids, soql
from localorg.context import Context
from localorg.engine import Session
from localorg.model import Field, Schema, SObject
from localorg.soql import Plan
from localorg.store import column_type, quote

Row = tuple[object, ...]
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
        "IsCustomSetting:boolean IsQueryable:boolean",
    ),
}
# What the data API's own /query answers as well.
IN_DATA_API = frozenset({"ApexClass", "ApexTrigger", "AsyncApexJob", "TabDefinition", "EntityDefinition"})
# What the tooling API answers from the org's records.
IN_TOOLING_API = frozenset({"User", "Profile", "PermissionSet", "RecordType", "Organization", "Group", "UserRole"})
PACKAGES = {
    "npe01": "Contacts and Organizations",
    "npo02": "Households",
    "npe03": "Recurring Donations",
    "npe4": "Relationships",
    "npe5": "Affiliations",
    "npsp": "Nonprofit Success Pack",
    "GW_Volunteers": "Volunteers for Salesforce",
}
NPSP_VERSION = (3, 236)
OTHER_VERSION = (3, 0)


def compiled(session: Session, text: str, *, only: frozenset[str] | None = None) -> Plan:
    """The plan of a query on these objects; raises INVALID_TYPE for any other object."""
    schema = described()
    if only is not None:
        schema = Schema({name: found for name, found in schema.objects.items() if found.name in only})
    context = Context(schema, session.user, session.clock.now(), readable=lambda sobject, field: True)
    return soql.compile(soql.parse(text), context)


@contextmanager
def database(session: Session) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    try:
        for sobject in described():
            columns = ", ".join(f"{quote(field.name)} {column_type(field)}" for field in sobject)
            connection.execute(f"CREATE TABLE {quote(sobject.name)} ({columns})")
        for name, rows in contents(session):
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {quote(name)} VALUES ({marks})", row)  # noqa: S608
        yield connection
    finally:
        connection.close()


def contents(session: Session) -> Iterator[tuple[str, Sequence[Row]]]:
    """The org has no Apex of its own and no custom tabs; packages and entities are those of its schema."""
    names = sorted({prefix for sobject in session.org.schema if (prefix := namespace(sobject.name))})
    numbered = [(number, name) for number, name in enumerate(names, 1) if name in PACKAGES]
    ends = [(ids.make("0A3", n), ids.make("033", n), ids.make("04t", n)) for n, _ in numbered]
    yield "InstalledSubscriberPackage", ends
    yield (
        "SubscriberPackage",
        [(end[1], name, PACKAGES[name], None, 1) for end, (_, name) in zip(ends, numbered, strict=True)],
    )
    versions = [NPSP_VERSION if name == "npsp" else OTHER_VERSION for _, name in numbered]
    yield (
        "SubscriberPackageVersion",
        [
            (end[2], end[1], f"{major}.{minor}", major, minor, 0, 1, 0, 0, 1, 0, "Released")
            for end, (major, minor) in zip(ends, versions, strict=True)
        ],
    )
    yield "EntityDefinition", [entity(found) for found in session.org.schema if session.sobject(found.name)]


def entity(sobject: SObject) -> Row:
    prefix = namespace(sobject.name)
    developer_name = sobject.name.removeprefix(f"{prefix}__").rpartition("__")[0] or sobject.name
    return (
        "000000000000000AAA", sobject.name, sobject.name, developer_name, prefix, sobject.label, sobject.label,
        sobject.label_plural, sobject.key_prefix, int(bool(sobject.setting)), int(sobject.queryable),
    )  # fmt: skip


def namespace(name: str) -> str | None:
    """The package of `npsp__Fund__c`; None for `Account` and `AI_Donor_Profile__c`."""
    parts = name.split("__")
    return parts[0] if len(parts) == 3 else None


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
