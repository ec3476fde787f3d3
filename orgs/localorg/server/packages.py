"""The managed packages every local org has: NPSP's six and Volunteers for Salesforce, as far as their schema is here."""

from __future__ import annotations

from collections.abc import Iterator

from localorg import ids
from localorg.model import Schema
from localorg.namespaces import package_of

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


def installed_packages(schema: Schema) -> Iterator[tuple[str, str, str, str, tuple[int, int]]]:
    """Of each installed package the ids of its install, itself and its version, its namespace and its version."""
    names = sorted({prefix for sobject in schema if (prefix := package_of(sobject.name))})
    for number, name in enumerate(names, 1):
        if name in PACKAGES:
            version = NPSP_VERSION if name == "npsp" else OTHER_VERSION
            yield ids.make("0A3", number), ids.make("033", number), ids.make("04t", number), name, version
