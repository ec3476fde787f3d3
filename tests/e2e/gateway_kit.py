"""A small nonprofit in a local org, and a gateway that logs in to it as the integration user."""

from __future__ import annotations

import csv
import io
import pathlib
from collections.abc import Sequence
from typing import Any

from localorg.server.certificates import client_certificate
from localorg_live import Client, LiveOrg
from steward.salesforce.auth import Connection
from steward.salesforce.client import Gateway

ROOT = pathlib.Path(__file__).parents[2]
INTEGRATION = "integration@steward.example"
KEY = bytes(range(32))
HOUSEHOLDS = 25


def prepare(org: LiveOrg) -> None:
    """Deploys the package and gives the integration user its permission set."""
    control = org.control()
    for verb, given in (
        ("deploy", {"folder": str(ROOT / "force-app")}),
        ("assign", {"username": INTEGRATION, "permission_set": "AI_Donor_Integration"}),
    ):
        answer = control.post(f"/localorg/{verb}", json=given)
        assert answer.status_code == 200, answer.text


def connection(org: LiveOrg, run_as: str = INTEGRATION, **more: Any) -> Connection:
    key, certificate = client_certificate(run_as)
    given = {"name": "Steward", "run_as": run_as, "certificate": certificate.decode()}
    made = org.control().post("/localorg/client", json=given).json()
    return Connection(
        login_url=org.url, client_id=made["client_id"], username=run_as, private_key=key.decode(),
        ca_bundle=org.ca, **more,
    )  # fmt: skip


def gateway(to: Connection, **more: Any) -> Gateway:
    """Waiting is shortened to a hundredth: the org answers at once, or a fault repeats."""
    import time

    return Gateway(to, sleep=lambda seconds: time.sleep(seconds / 100), **{"budget": 5_000, **more})


class Nonprofit:
    """Loads records as the admin and remembers their ids by object, in order."""

    def __init__(self, admin: Client) -> None:
        self.admin = admin
        self.ids: dict[str, list[str]] = {}

    def load(self, sobject: str, columns: str, rows: Sequence[Sequence[object]]) -> list[str]:
        """Inserts rows by Bulk; `columns` are names apart by spaces."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([columns.split(), *rows])
        job = self.admin.ingest(text.getvalue(), object=sobject, operation="insert")
        failed = self.admin.results(job, "failedResults")
        assert job["numberRecordsFailed"] == 0, failed[:500]
        done = list(csv.DictReader(io.StringIO(self.admin.results(job, "successfulResults"))))
        made = [row["sf__Id"] for row in done]
        self.ids.setdefault(sobject, []).extend(made)
        return made

    def fill(self) -> None:
        """Households of two, some organizations, gifts of three years, and everything that hangs off them."""
        homes = self.load(
            "Account", "Name npe01__SYSTEM_AccountType__c npe01__SYSTEMIsIndividual__c",
            [(f"Home {n}", "Household Account", "true") for n in range(HOUSEHOLDS)]
            + [(f"Firm {n}", "", "false") for n in range(3)],
        )  # fmt: skip
        people = self.load(
            "Contact", "LastName Email AccountId npsp__Deceased__c HasOptedOutOfEmail",
            [(f"Person {n}", f"p{n}@example.org", homes[n // 2], str(n == 4).lower(), str(n % 7 == 0).lower())
             for n in range(2 * HOUSEHOLDS)],
        )  # fmt: skip
        campaigns = self.load(
            "Campaign", "Name Type StartDate", [("Spring", "Mail", "2025-03-01"), ("Gala", "Event", "")]
        )
        sustainers = self.load(
            "npe03__Recurring_Donation__c",
            "Name npe03__Contact__c npe03__Amount__c npe03__Installment_Period__c npsp__CardExpirationMonth__c "
            "npsp__CardExpirationYear__c npe03__Date_Established__c",
            [(f"Monthly {n}", people[2 * n], 15 + n, "Monthly", "12", "2026", "2024-01-05") for n in range(5)],
        )  # fmt: skip
        gifts = self.load(
            "Opportunity", "Name AccountId npsp__Primary_Contact__c Amount CloseDate StageName CampaignId "
            "npe03__Recurring_Donation__c",
            [(f"Gift {n}", homes[n % len(homes)], people[2 * (n % HOUSEHOLDS)], f"{10 + n / 4:.2f}",
              f"{2023 + n % 3}-{n % 12 + 1:02d}-15", "Closed Won" if n % 5 else "Pledged", campaigns[n % 2] if n % 3 else "",
              sustainers[n % 5] if n % 10 == 0 else "") for n in range(150)],
        )  # fmt: skip
        self.load(
            "OpportunityContactRole", "OpportunityId ContactId Role IsPrimary",
            [(gifts[n], people[2 * (n % HOUSEHOLDS)], "Donor", "true") for n in range(150)]
            + [(gifts[n], people[2 * (n % HOUSEHOLDS) + 1], "Household Member", "false") for n in range(150)],
        )  # fmt: skip
        self.load(
            "npsp__Partial_Soft_Credit__c", "npsp__Opportunity__c npsp__Contact__c npsp__Amount__c npsp__Role_Name__c",
            [(gifts[n], people[n], n + 0.5, "Soft Credit") for n in range(6)],
        )  # fmt: skip
        self.load(
            "npsp__Account_Soft_Credit__c", "npsp__Opportunity__c npsp__Account__c npsp__Amount__c npsp__Role__c",
            [(gifts[27], homes[1], 100, "Donation Source")],
        )  # fmt: skip
        self.load(
            "npe01__OppPayment__c", "npe01__Opportunity__c npe01__Payment_Amount__c npe01__Payment_Date__c npe01__Paid__c",
            [(gifts[n], 10, "2024-02-03", "true") for n in range(40)],
        )  # fmt: skip
        self.load(
            "CampaignMember", "CampaignId ContactId Status", [(campaigns[0], people[n], "Sent") for n in range(20)]
        )
        self.load(
            "Task",
            "WhoId Subject Status ActivityDate",
            [(people[n], "Call", "Completed", "2025-05-05") for n in range(8)],
        )
        funds = self.load(
            "npsp__General_Accounting_Unit__c", "Name npsp__Active__c", [("Wells", "true"), ("Old", "false")]
        )
        self.load(
            "npsp__Allocation__c", "npsp__Opportunity__c npsp__General_Accounting_Unit__c npsp__Amount__c",
            [(gifts[n], funds[n % 2], 5) for n in range(12)],
        )  # fmt: skip
