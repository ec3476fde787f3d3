"""A small org in memory for the SOQL tests: accounts, contacts, gifts and tasks, with every kind of field."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from typing import Any

from localorg import ids, soql
from localorg.context import Context, User
from localorg.errors import QueryError
from localorg.model import Field, PicklistValue, Schema, SObject
from localorg.store import column_type, quote

NOW = dt.datetime(2026, 5, 14, 18, 30, tzinfo=dt.UTC)  # a Thursday
ZONE = "America/Los_Angeles"
ME = ids.make("005", 1)
STAGES = (PicklistValue("Posted", "Received & posted"), PicklistValue("Pledged", "Pledged"))


def _reference(name: str, *targets: str, children: str | None = None) -> Field:
    relationship = name[:-1] + "r" if name.endswith("__c") else name.removesuffix("Id")
    return Field(
        name, "reference", reference_to=targets, relationship_name=relationship, child_relationship_name=children
    )


def _object(name: str, prefix: str, *fields: Field) -> SObject:
    sobject = SObject(name, name, name + "s", prefix, custom=name.endswith("__c"))
    common = (
        Field("Id", "id"), Field("IsDeleted", "boolean"), Field("Name", "string", length=255, name_field=True),
        Field("CreatedDate", "datetime"), _reference("OwnerId", "User"),
    )  # fmt: skip
    for field in (*common, *fields):
        sobject.add(field)
    return sobject


def schema() -> Schema:
    org = Schema()
    org.add(
        _object("User", "005", Field("Alias", "string"), Field("Email", "email"), _reference("ProfileId", "Profile"))
    )
    org.add(_object("Profile", "00e"))
    org.add(_object("Group", "00G"))
    org.add(
        _object(
            "Account", "001",
            Field("Type", "picklist"), Field("Is_Household__c", "boolean"), Field("AnnualRevenue", "currency", scale=2),
            Field("NumberOfEmployees", "int"), Field("Description", "textarea", long_text=True),
            Field("BillingAddress", "address"), Field("BillingCity", "string", compound="BillingAddress"),
            Field("BillingPostalCode", "string", compound="BillingAddress"),
            Field("BillingLatitude", "double", scale=15, compound="BillingAddress"),
            Field("BillingLongitude", "double", scale=15, compound="BillingAddress"), _reference("ParentId", "Account"),
            Field("Tier__c", "string", formula="IF(AnnualRevenue > 100, 'Top', 'Base')"),
            Field("Secret__c", "string"),
        )
    )  # fmt: skip
    org.add(
        _object(
            "Contact", "003",
            Field("LastName", "string"), Field("Email", "email"), Field("Birthdate", "date"),
            _reference("AccountId", "Account", children="Contacts"), _reference("ReportsToId", "Contact"),
            Field("Interests__c", "multipicklist"), Field("Code__c", "string", case_sensitive=True, unique=True),
            Field("Active__c", "boolean"), Field("Gifts__c", "double", scale=0), Field("Visits__c", "int"),
            Field("Touched_At__c", "datetime"), Field("Account_Tier__c", "string", formula="Account.Tier__c"),
        )
    )  # fmt: skip
    org.add(
        _object(
            "Gift__c", "a00",
            Field("Amount__c", "currency", scale=2), Field("Given_On__c", "date"),
            Field("Stage__c", "picklist", picklist=STAGES), _reference("Donor__c", "Contact", children="Gifts__r"),
            _reference("Account__c", "Account", children="Gifts__r"),
        )
    )  # fmt: skip
    org.add(_object("Lead", "00Q", Field("Company", "string"), Field("Email", "email")))
    org.add(
        _object(
            "Task", "00T",
            Field("Subject", "string"), _reference("WhoId", "Contact", "Lead", children="Tasks"),
            _reference("WhatId", "Account", "Gift__c", children="Tasks"),
            _reference("HandlerId", "User", "Group"),
        )
    )  # fmt: skip
    return org


SCHEMA = schema()
USER = User(ME, "officer@example.org", "Officer", "officer@example.org", "00e", "Fundraiser", ZONE, "en_US")


def formula_sql(sobject: SObject, field: Field, resolve: Callable[[tuple[str, ...]], tuple[str, Field]]) -> str:
    """Stands in for the formula compiler, which has its own tests."""
    if field.name == "Tier__c":
        return f"CASE WHEN {resolve(('AnnualRevenue',))[0]} > 100 THEN 'Top' ELSE 'Base' END"
    return resolve(("Account", "Tier__c"))[0]


def context(**more: Any) -> Context:
    settings: dict[str, Any] = {"readable": lambda sobject, field: field.name != "Secret__c", **more}
    return Context(SCHEMA, USER, NOW, **settings)


class World:
    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        for sobject in SCHEMA:
            columns = ", ".join(
                '"Id" TEXT PRIMARY KEY' if field.name == "Id" else f"{quote(field.name)} {column_type(field)}"
                for field in sobject
                if field.stored
            )
            self.connection.execute(f"CREATE TABLE {quote(sobject.name)} ({columns})")

    def add(self, name: str, number: int, **values: Any) -> str:
        sobject = SCHEMA.get(name)
        assert sobject is not None
        record_id = ids.make(sobject.key_prefix, number)
        checkboxes = {field.name: 0 for field in sobject if field.type == "boolean"}
        row = {**checkboxes, "Id": record_id, "CreatedDate": "2026-01-02T03:04:05.000Z", "OwnerId": ME, **values}
        names = ", ".join(map(quote, row))
        sql = f"INSERT INTO {quote(name)} ({names}) VALUES ({', '.join('?' * len(row))})"
        self.connection.execute(sql, tuple(row.values()))
        return record_id

    def clear(self) -> None:
        for sobject in SCHEMA:
            self.connection.execute(f"DELETE FROM {quote(sobject.name)}")

    def plan(self, text: str, **more: Any) -> soql.Plan:
        return soql.compile(soql.parse(text), context(**more), formula_sql)

    def query(self, text: str, **more: Any) -> list[dict[str, Any]]:
        return list(self.plan(text, **more).run(self.connection, "67.0"))

    def values(self, text: str, **more: Any) -> list[Any]:
        """The only selected field of each record."""
        return [next(value for key, value in row.items() if key != "attributes") for row in self.query(text, **more)]

    def rows(self, text: str, **more: Any) -> list[tuple[Any, ...]]:
        return list(self.plan(text, **more).rows(self.connection))

    def count(self, text: str, **more: Any) -> int:
        return self.plan(text, **more).count(self.connection)

    def refusal(self, text: str, **more: Any) -> tuple[str, str]:
        """(error code, message) of a query that must not compile."""
        try:
            self.plan(text, **more)
        except QueryError as error:
            return error.code, error.message
        raise AssertionError(f"accepted: {text}")
