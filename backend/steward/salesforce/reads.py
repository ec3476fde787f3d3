"""What Steward reads: one entry a snapshot table, one line a column, each with its reason."""

from __future__ import annotations

from steward.salesforce.terms import Column, Kind, Setting, Table

KEY, REF, PERSON, TEXT, FLAG = Kind.KEY, Kind.REF, Kind.PERSON, Kind.TEXT, Kind.FLAG
MONEY, HOURS, PERCENT, COUNT = Kind.MONEY, Kind.HOURS, Kind.PERCENT, Kind.COUNT
DATE, DAY, EXPIRY = Kind.DATE, Kind.DAY, Kind.EXPIRY


def _key(name: str) -> Column:
    return Column(name, "Id", KEY, "tells rows apart", nullable=False)


def _ref(name: str, path: str, to: str, why: str, *, nullable: bool = True, optional: bool = False) -> Column:
    return Column(name, path, REF, why, nullable, optional, to)


def _must(name: str, path: str, kind: Kind, why: str) -> Column:
    return Column(name, path, kind, why, nullable=False)


def _may(name: str, path: str, kind: Kind, why: str) -> Column:
    return Column(name, path, kind, why, optional=True)


_CREATED = _must("created_on", "CreatedDate", DAY, "known since")
_CARD = "npsp__CardExpirationMonth__c npsp__CardExpirationYear__c"
_PAID_CARD = "npsp__Card_Expiration_Month__c npsp__Card_Expiration_Year__c"
_ROLLUP = "NPSP's own roll-up, to check ours against"

CONTACTS = Table("contacts", "Contact", "who is scored, and who must not be", merges=True, columns=(
    _key("contact_id"),
    _ref("account_id", "AccountId", "accounts", "the household or organization a person belongs to"),
    _must("deceased", "npsp__Deceased__c", FLAG, "excluded from scoring"),
    _must("do_not_contact", "npsp__Do_Not_Contact__c", FLAG, "no next step or ask"),
    _must("opted_out_of_email", "HasOptedOutOfEmail", FLAG, "no next step by e-mail"),
    _must("do_not_call", "DoNotCall", FLAG, "no next step by telephone"),
    _must("ai_opt_out", "AI_Opt_Out__c", FLAG, "excluded from scoring at the donor's wish"),
    _must("ai_pilot", "AI_Pilot__c", FLAG, "whether the donor's household is in the trial group"),
    _ref("profile_id", "AI_Donor_Profile__c", "profiles", "whether the Contact already shows its profile"),
    _may("total_gifts", "npo02__TotalOppAmount__c", MONEY, _ROLLUP),
    _may("number_of_gifts", "npo02__NumberOfClosedOpps__c", COUNT, _ROLLUP),
    _may("last_gift_date", "npo02__LastCloseDate__c", DATE, _ROLLUP),
    _may("soft_credit_total", "npo02__Soft_Credit_Total__c", MONEY, _ROLLUP),
    _CREATED,
))  # fmt: skip

ACCOUNTS = Table("accounts", "Account", "the giving units: households and organizations", merges=True, columns=(
    _key("account_id"),
    _must("is_individual", "npe01__SYSTEMIsIndividual__c", FLAG, "household or organization"),
    Column("account_type", "npe01__SYSTEM_AccountType__c", TEXT, "kind of household account"),
    _ref("primary_contact_id", "npe01__One2OneContact__c", "contacts", "who leads the household"),
    _must("all_members_deceased", "npsp__All_Members_Deceased__c", FLAG, "excluded from scoring"),
    _may("total_gifts", "npo02__TotalOppAmount__c", MONEY, _ROLLUP),
    _may("number_of_gifts", "npo02__NumberOfClosedOpps__c", COUNT, _ROLLUP),
    _may("last_gift_date", "npo02__LastCloseDate__c", DATE, _ROLLUP),
    _CREATED,
))  # fmt: skip

OPPORTUNITIES = Table("opportunities", "Opportunity", "gifts, asks and installments", columns=(
    _key("gift_id"),
    _ref("account_id", "AccountId", "accounts", "who gave (hard credit)"),
    _ref("primary_contact_id", "npsp__Primary_Contact__c", "contacts", "who was asked and is thanked"),
    Column("amount", "Amount", MONEY, "size of the gift"),
    _must("close_date", "CloseDate", DATE, "date of the gift"),
    _must("is_won", "IsWon", FLAG, "only won Opportunities are gifts"),
    _must("is_closed", "IsClosed", FLAG, "open asks and installments are not outcomes yet"),
    Column("type", "Type", TEXT, "types that NPSP's settings exclude"),
    _may("record_type", "RecordType.DeveloperName", TEXT, "record types that NPSP's settings exclude"),
    _ref("campaign_id", "CampaignId", "campaigns", "what the gift answered"),
    _ref("recurring_id", "npe03__Recurring_Donation__c", "recurring", "gift or installment of a recurring donation"),
    _may("installment", "npsp__Recurring_Donation_Installment_Number__c", COUNT, "place in the recurring donation"),
    _ref("matching_gift_id", "npsp__Matching_Gift__c", "opportunities", "an employer's match is not the donor's gift"),
    _may("tribute_type", "npsp__Tribute_Type__c", TEXT, "gifts in honour or memory of someone"),
    _may("requested_amount", "npsp__Requested_Amount__c", MONEY, "what was asked"),
    _may("ask_date", "npsp__Ask_Date__c", DATE, "when it was asked"),
    _CREATED,
))  # fmt: skip

CONTACT_ROLES = Table(
    "contact_roles", "OpportunityContactRole", "who took part in a gift: the source of soft credit", columns=(
    _key("role_id"),
    _ref("gift_id", "OpportunityId", "opportunities", "the gift", nullable=False),
    _ref("contact_id", "ContactId", "contacts", "the person"),
    Column("role", "Role", TEXT, "only NPSP's soft credit roles count"),
    _must("is_primary", "IsPrimary", FLAG, "the primary role has no soft credit on a household's gift"),
))  # fmt: skip

PARTIAL_SOFT_CREDITS = Table(
    "partial_soft_credits", "npsp__Partial_Soft_Credit__c", "soft credit of a part of a gift", columns=(
    _key("credit_id"),
    _ref("gift_id", "npsp__Opportunity__c", "opportunities", "the gift", nullable=False),
    _ref("contact_id", "npsp__Contact__c", "contacts", "the person", nullable=False),
    Column("amount", "npsp__Amount__c", MONEY, "the part"),
    _may("role", "npsp__Role_Name__c", TEXT, "only NPSP's soft credit roles count"),
    _ref("contact_role_id", "npsp__Contact_Role_ID__c", "contact_roles", "the role it replaces", optional=True),
))  # fmt: skip

ACCOUNT_SOFT_CREDITS = Table(
    "account_soft_credits", "npsp__Account_Soft_Credit__c", "gifts through a donor-advised fund or workplace", columns=(
    _key("credit_id"),
    _ref("gift_id", "npsp__Opportunity__c", "opportunities", "the gift", nullable=False),
    _ref("account_id", "npsp__Account__c", "accounts", "the household or organization behind it", nullable=False),
    Column("amount", "npsp__Amount__c", MONEY, "the part"),
    _may("role", "npsp__Role__c", TEXT, "donation source, influencer or match"),
))  # fmt: skip

PAYMENTS = Table("payments", "npe01__OppPayment__c", "what was paid, what failed, what was refunded", columns=(
    _key("payment_id"),
    _ref("gift_id", "npe01__Opportunity__c", "opportunities", "the gift", nullable=False),
    Column("amount", "npe01__Payment_Amount__c", MONEY, "amount of the payment"),
    Column("payment_date", "npe01__Payment_Date__c", DATE, "when it was paid"),
    Column("scheduled_date", "npe01__Scheduled_Date__c", DATE, "when it was due"),
    _must("paid", "npe01__Paid__c", FLAG, "paid or open"),
    _must("written_off", "npe01__Written_Off__c", FLAG, "given up"),
    _may("method", "npe01__Payment_Method__c", TEXT, "recurring health differs by method; channel of the gift"),
    _may("card_expires_on", _PAID_CARD, EXPIRY, "how long the card of an installment worked, as known then"),
    _may("debit_type", "npsp__DebitType__c", TEXT, "refunds and chargebacks"),
    _ref("original_payment_id", "npsp__OriginalPayment__c", "payments", "the payment refunded", optional=True),
    _CREATED,
))  # fmt: skip

RECURRING = Table(
    "recurring", "npe03__Recurring_Donation__c", "sustainers: their promise, its health and its end", columns=(
    _key("recurring_id"),
    _ref("contact_id", "npe03__Contact__c", "contacts", "the sustainer"),
    _ref("account_id", "npe03__Organization__c", "accounts", "the sustaining household or organization"),
    Column("amount", "npe03__Amount__c", MONEY, "amount of an installment"),
    Column("period", "npe03__Installment_Period__c", TEXT, "how often: month, week, year"),
    _may("frequency", "npsp__InstallmentFrequency__c", COUNT, "every how many periods"),
    _may("recurring_type", "npsp__RecurringType__c", TEXT, "open-ended or a fixed number of installments"),
    _may("status", "npsp__Status__c", TEXT, "active, paused, lapsed or closed"),
    _may("closed_reason", "npsp__ClosedReason__c", TEXT, "why it ended"),
    _may("payment_method", "npsp__PaymentMethod__c", TEXT, "cards expire, direct debits do not"),
    _may("established_on", "npe03__Date_Established__c", DATE, "when it was promised"),
    _may("started_on", "npsp__StartDate__c", DATE, "when its present schedule began"),
    _may("ended_on", "npsp__EndDate__c", DATE, "when it ended"),
    _may("next_payment_on", "npe03__Next_Payment_Date__c", DATE, "what is due next"),
    _may("last_payment_on", "npe03__Last_Payment_Date__c", DATE, "what came last"),
    _may("card_expires_on", _CARD, EXPIRY, "cards about to expire"),
))  # fmt: skip

CAMPAIGNS = Table("campaigns", "Campaign", "appeals and events", optional=True, columns=(
    _key("campaign_id"),
    Column("type", "Type", TEXT, "kind of appeal"),
    _may("start_date", "StartDate", DATE, "when it began"),
    _may("end_date", "EndDate", DATE, "when it ended"),
))  # fmt: skip

CAMPAIGN_MEMBERS = Table(
    "campaign_members", "CampaignMember", "who was appealed to and who answered", optional=True,
    only="contact_id", columns=(
    _key("member_id"),
    _ref("campaign_id", "CampaignId", "campaigns", "the appeal", nullable=False),
    _ref("contact_id", "ContactId", "contacts", "the person"),
    Column("status", "Status", TEXT, "sent, responded"),
    _must("responded", "HasResponded", FLAG, "answered or not"),
    Column("responded_on", "FirstRespondedDate", DATE, "when"),
    _CREATED,
))  # fmt: skip

TASKS = Table(
    "tasks", "Task", "calls and e-mails: that they took place, not what was said",
    optional=True, archived=True, columns=(
    _key("task_id"),
    Column("contact_id", "WhoId", PERSON, "the person", to="contacts"),
    _ref("account_id", "AccountId", "accounts", "the household or organization", optional=True),
    _may("subtype", "TaskSubtype", TEXT, "call, e-mail or task"),
    _must("is_closed", "IsClosed", FLAG, "only what was done is a touch"),
    Column("activity_date", "ActivityDate", DATE, "when"),
    _CREATED,
))  # fmt: skip

EVENTS = Table("events", "Event", "meetings: that they took place", optional=True, archived=True, columns=(
    _key("event_id"),
    Column("contact_id", "WhoId", PERSON, "the person", to="contacts"),
    _ref("account_id", "AccountId", "accounts", "the household or organization", optional=True),
    Column("activity_date", "ActivityDate", DATE, "when"),
    _CREATED,
))  # fmt: skip

VOLUNTEER_HOURS = Table(
    "volunteer_hours", "GW_Volunteers__Volunteer_Hours__c", "time given (Volunteers for Salesforce)",
    optional=True, columns=(
    _key("hours_id"),
    _ref("contact_id", "GW_Volunteers__Contact__c", "contacts", "the volunteer"),
    Column("status", "GW_Volunteers__Status__c", TEXT, "only completed hours count"),
    Column("start_date", "GW_Volunteers__Start_Date__c", DATE, "when"),
    _may("hours", "GW_Volunteers__Hours_Worked__c", HOURS, "how long"),
))  # fmt: skip

ALLOCATIONS = Table(
    "allocations", "npsp__Allocation__c", "what a gift was for", optional=True,
    only="gift_id", columns=(
    _key("allocation_id"),
    _ref("gift_id", "npsp__Opportunity__c", "opportunities", "the gift"),
    _ref("gau_id", "npsp__General_Accounting_Unit__c", "gaus", "the fund", nullable=False),
    Column("amount", "npsp__Amount__c", MONEY, "part of the gift"),
    _may("percent", "npsp__Percent__c", PERCENT, "part of the gift"),
))  # fmt: skip

GAUS = Table("gaus", "npsp__General_Accounting_Unit__c", "funds, for affinities", optional=True, columns=(
    _key("gau_id"),
    _must("name", "Name", TEXT, "the fund's name, shown in insights"),
    _must("active", "npsp__Active__c", FLAG, "only active funds are suggested"),
))  # fmt: skip

PROFILES = Table("profiles", "AI_Donor_Profile__c", "what people decided about a donor comes first", columns=(
    _key("profile_id"),
    _ref("contact_id", "Contact__c", "contacts", "the donor", nullable=False),
    Column("override_segment", "Override_Segment__c", TEXT, "a person's decision"),
    Column("override_until", "Override_Until__c", DATE, "how long it lasts"),
    Column("model_version", "Model_Version__c", TEXT, "which question the trend is about"),
    Column("trend", "Trend__c", TEXT, "the months before"),
))  # fmt: skip

TABLES = (
    CONTACTS, ACCOUNTS, OPPORTUNITIES, CONTACT_ROLES, PARTIAL_SOFT_CREDITS, ACCOUNT_SOFT_CREDITS, PAYMENTS, RECURRING,
    CAMPAIGNS, CAMPAIGN_MEMBERS, TASKS, EVENTS, VOLUNTEER_HOURS, ALLOCATIONS, GAUS, PROFILES,
)  # fmt: skip

_HOUSEHOLDS = "npo02__Households_Settings__c"
ROLLOUT = "AI_Setting__mdt"  # our own, a record a setting
_LEFT_OUT = "gifts NPSP leaves out of its roll-ups"


def _household(name: str, path: str, kind: Kind, default: str | None, why: str) -> Setting:
    return Setting(name, _HOUSEHOLDS, path, kind, default, why)


_ROLES = "Matched Donor;Soft Credit;Household Member"
SETTINGS = (
    _household("soft_credit_roles", "npo02__Soft_Credit_Roles__c", TEXT, _ROLES, "which roles are soft credit"),
    _household(
        "always_rollup_to_primary", "npo02__Always_Rollup_to_Primary_Contact__c", FLAG, "false",
        "whether organizations' gifts are the primary contact's",
    ),
    _household("fiscal_year_rollups", "npo02__Use_Fiscal_Year_for_Rollups__c", FLAG, "false", "what a year is"),
    _household("excluded_account_types", "npo02__Excluded_Account_Opp_Types__c", TEXT, None, _LEFT_OUT),
    _household("excluded_account_record_types", "npo02__Excluded_Account_Opp_Rectypes__c", TEXT, None, _LEFT_OUT),
    _household("excluded_contact_types", "npo02__Excluded_Contact_Opp_Types__c", TEXT, None, _LEFT_OUT),
    _household("excluded_contact_record_types", "npo02__Excluded_Contact_Opp_Rectypes__c", TEXT, None, _LEFT_OUT),
    Setting(
        "default_gau_id", "npsp__Allocations_Settings__c", "npsp__Default__c", REF, None,
        "the fund of gifts that name none: not an affinity",
    ),
    Setting("rollout_mode", ROLLOUT, "Rollout_Mode", TEXT, None, "how many people see the answers yet"),
    Setting("switched_on", ROLLOUT, "Switched_On", FLAG, "true", "the administrator's switch"),
)  # fmt: skip
