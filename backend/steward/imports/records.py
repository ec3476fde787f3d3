"""What a plan becomes in NPSP: household Accounts, Contacts, Campaigns, Opportunities, tied by external ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from steward.imports import plan
from steward.imports.spool import Spool
from steward.imports.uploader import Fields

KEY = "AI_Import_Key__c"
_PRIMARY_CONTACT = "npe01__One2OneContact__c"


@dataclass(frozen=True)
class Stage:
    """One upload. `filled`: a record counts as present only once this field is set."""

    sobject: str
    name: str
    filled: str = ""


# Parents before children; households get their primary contact once there is one.
STAGES = (
    Stage("Account", "households"),
    Stage("Contact", "donors"),
    Stage("Account", "primary contacts", _PRIMARY_CONTACT),
    Stage("Campaign", "campaigns"),
    Stage("Opportunity", "gifts"),
)


def rows(stage: Stage, spool: Spool) -> Iterator[Fields]:
    """The stage's records that the org does not hold yet."""
    make = {
        "households": _households,
        "donors": _donors,
        "primary contacts": _primary_contacts,
        "campaigns": _campaigns,
        "gifts": _gifts,
    }[stage.name]
    return make(spool)


def anonymous_key(spool: Spool) -> str:
    return plan.key(spool.options.source, "d", "")


def _households(spool: Spool) -> Iterator[Fields]:
    for key, name in spool.new("key, name", "donor", "Account", "key"):
        yield {
            KEY: key,
            "Name": f"{name} Household",
            "npe01__SYSTEM_AccountType__c": "Household Account",
            "npe01__SYSTEMIsIndividual__c": "true",
        }
    if spool.has_anonymous() and not spool.is_present("Account", anonymous_key(spool)):
        yield {
            KEY: anonymous_key(spool),
            "Name": "Anonymous donors",
            "npe01__SYSTEM_AccountType__c": "",
            "npe01__SYSTEMIsIndividual__c": "false",  # nobody's behaviour: no household to score
        }


def _donors(spool: Spool) -> Iterator[Fields]:
    for key, name in spool.new("key, name", "donor", "Contact", "key"):
        yield {KEY: key, "LastName": name, f"Account.{KEY}": key}


def _primary_contacts(spool: Spool) -> Iterator[Fields]:
    for (key,) in spool.new("key", "donor", f"Account.{_PRIMARY_CONTACT}", "key"):
        yield {KEY: key, f"npe01__One2OneContact__r.{KEY}": key}


def _campaigns(spool: Spool) -> Iterator[Fields]:
    for key, name, first, last in spool.new("key, name, first, last", "campaign", "Campaign", "key"):
        yield {KEY: key, "Name": name, "StartDate": first, "EndDate": last, "IsActive": "false"}


def _gifts(spool: Spool) -> Iterator[Fields]:
    """Sorted by household, so that the platform's parallel batches do not fight over one."""
    columns = "key, donor, day, amount, campaign"
    for key, donor, day, amount, campaign in spool.new(columns, "gift", "Opportunity", "donor, day, key"):
        gift = {
            KEY: key,
            "Name": f"Gift {day}",
            "StageName": spool.options.stage,
            "CloseDate": day,
            "Amount": amount,
            f"Account.{KEY}": donor or anonymous_key(spool),
        }
        if donor:
            gift[f"npsp__Primary_Contact__r.{KEY}"] = donor
        if campaign:
            gift[f"Campaign.{KEY}"] = campaign
        yield gift
