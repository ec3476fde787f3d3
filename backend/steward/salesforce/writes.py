"""What Steward writes: a donor's profile, the record of a run, and once the look-up from the Contact to its profile."""

from __future__ import annotations

from steward.salesforce.terms import Write, WriteField

# The questions the card shows at once, and the others.
OUTCOME_PREFIXES = ("Propensity", "Lapse_Risk", "Upgrade", "Major_Gift")
FURTHER_PREFIXES = (
    "Renewal", "Second_Gift", "Mid_Level", "Reactivation", "Become_Recurring", "Recurring_Churn", "Recurring_Upgrade",
    "Volunteer_To_Donor", "First_Gift", "Matching_Gift",
)  # fmt: skip

AMOUNTS_AHEAD = ("Expected_Gift", "Lifetime_Value_1_Year", "Lifetime_Value_3_Years", "Lifetime_Value_5_Years")
WINDOWS = ("Next_Gift", "Contact_Window")


def _said(name: str, kind: str, scale: int = 0, to: str = "") -> WriteField:
    """A field that says something about the donor: part of the content hash."""
    return WriteField(name, kind, scale, hashed=True, to=to)


def _outcome(prefix: str) -> tuple[WriteField, ...]:
    return (
        _said(f"{prefix}_Score__c", "double", 1),
        _said(f"{prefix}_Band__c", "picklist"),
        _said(f"{prefix}_Rank__c", "double"),
    )


PROFILE = Write(
    "AI_Donor_Profile__c",
    "Donor_Id__c",
    "what Steward says about a donor",
    fields=(
        WriteField("Donor_Id__c", "string", hashed=True, to="Contact"),
        _said("Contact__c", "reference", to="Contact"),
        _said("Giving_Unit__c", "reference", to="Account"),
        _said("Basis__c", "picklist"),
        _said("Household_Lead__c", "boolean"),
        _said("Method__c", "picklist"),
        _said("Excluded_Reason__c", "string"),
        _said("Mode__c", "picklist"),
        *(field for prefix in OUTCOME_PREFIXES + FURTHER_PREFIXES for field in _outcome(prefix)),
        _said("Planned_Giving_Band__c", "picklist"),
        _said("Planned_Giving_Rank__c", "double"),
        _said("Priority_Outcome__c", "string"),
        _said("Recurring_Health__c", "picklist"),
        _said("Recurring_Health_Reason__c", "string"),
        _said("Reactivation_Value__c", "currency", 2),
        _said("Preferred_Channel__c", "picklist"),
        _said("Channel_Reason__c", "string"),
        _said("Trend__c", "string"),
        *(_said(f"{amount}{end}__c", "currency", 2) for amount in AMOUNTS_AHEAD for end in ("", "_Low", "_High")),
        _said("Value_Reason__c", "string"),
        *(_said(f"{window}_{end}__c", "date") for window in WINDOWS for end in ("From", "Until")),
        _said("Helps__c", "string"),
        _said("Holds_Back__c", "string"),
        _said("Reasons__c", "textarea"),
        _said("Segment__c", "picklist"),
        _said("Affinity_Cluster__c", "string"),
        _said("Cultivation_Insight__c", "string"),
        _said("Next_Step__c", "string"),
        _said("Suggested_Ask__c", "currency", 2),
        _said("Suggested_Ask_Low__c", "currency", 2),
        _said("Suggested_Ask_High__c", "currency", 2),
        _said("Ask_Reason__c", "string"),
        _said("Confidence__c", "picklist"),
        _said("Model_Version__c", "string"),
        WriteField("Scoring_Run__c", "reference", to="AI_Scoring_Run__c"),
        WriteField("Scored_At__c", "datetime"),
        WriteField("Expires_At__c", "datetime"),
        WriteField("Answer_Source__c", "picklist"),
        WriteField("Known_Until__c", "datetime"),
        WriteField("Real_Time_Until__c", "datetime"),
        WriteField("Correlation_Id__c", "string"),
        WriteField("Content_Hash__c", "string"),
    ),
    people=(
        "Override_Segment__c",
        "Override_Reason__c",
        "Override_Until__c",
        "Overridden_By__c",
        "Overridden_At__c",
        "Reviewed_Segment__c",
        "Reviewed_By__c",
        "Reviewed_At__c",
    ),
)

RUN = Write(
    "AI_Scoring_Run__c",
    "Run_Id__c",
    "what a run did",
    fields=(
        WriteField("Run_Id__c", "string"),
        WriteField("Status__c", "picklist"),
        WriteField("Started_At__c", "datetime"),
        WriteField("Completed_At__c", "datetime"),
        WriteField("As_Of__c", "date"),
        WriteField("Trigger__c", "picklist"),
        WriteField("Mode__c", "picklist"),
        WriteField("Donors_Read__c", "double"),
        WriteField("Profiles_Scored__c", "double"),
        WriteField("Profiles_Changed__c", "double"),
        WriteField("Profiles_Unchanged__c", "double"),
        WriteField("Profiles_Failed__c", "double"),
        WriteField("Profiles_Excluded__c", "double"),
        WriteField("Profiles_By_Rule__c", "double"),
        WriteField("Model_Versions__c", "textarea"),
        WriteField("Features_Version__c", "string"),
        WriteField("Snapshot_Id__c", "string"),
        WriteField("Snapshot_Hash__c", "string"),
        WriteField("API_Calls__c", "double"),
        WriteField("Reconciled__c", "boolean"),
        WriteField("Mismatches__c", "double"),
        WriteField("Message__c", "textarea"),
    ),
)

LOOKUP = Write(
    "Contact",
    "Id",
    "so that the Contact shows its profile; set once",
    fields=(WriteField("AI_Donor_Profile__c", "reference", to="AI_Donor_Profile__c"),),
)

WRITES = (PROFILE, RUN, LOOKUP)
