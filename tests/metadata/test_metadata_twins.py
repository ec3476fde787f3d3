"""Each check is proven by a bad twin: the real source with one mistake in it must give exactly that finding."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Callable

import pytest
from conftest import BUNDLES, ROOT
from metadata_checks import formulas, limits, references, screens, structure
from metadata_checks.source import FieldShape, Finding, Source
from metadata_checks.structure import MetadataTypes

PROFILE = "objects/AI_Donor_Profile__c/AI_Donor_Profile__c.object-meta.xml"
LAYOUT = "layouts/AI_Donor_Profile__c-Donor Profile Layout.layout-meta.xml"
RUN_LAYOUT = "layouts/AI_Scoring_Run__c-Scoring Run Layout.layout-meta.xml"
COMPACT = "objects/AI_Donor_Profile__c/compactLayouts/Donor_Profile.compactLayout-meta.xml"
APP = "applications/Donor_Insights.app-meta.xml"
PAGE = "flexipages/AI_Contact_Record_Page.flexipage-meta.xml"
REPORT_TYPE = "reportTypes/AI_Contacts_with_Donor_Profiles.reportType-meta.xml"
DASHBOARD = "dashboards/AI_Donor_Insights/AI_Donor_Insights.dashboard-meta.xml"
INTEGRATION = "permissionsets/AI_Donor_Integration.permissionset-meta.xml"

Twin = Callable[[str, str, str], Source]
Mistake = tuple[str, str, str, str]  # the file, what stands there, what the twin has instead, what the check says


def profile(field: str) -> str:
    return f"objects/AI_Donor_Profile__c/fields/{field}.field-meta.xml"


def view(name: str) -> str:
    return f"objects/AI_Donor_Profile__c/listViews/{name}.listView-meta.xml"


def report(name: str) -> str:
    return f"reports/AI_Donor_Insights/{name}.report-meta.xml"


def contact(field: str) -> str:
    return f"objects/Contact/fields/{field}.field-meta.xml"


@pytest.fixture
def twin(tmp_path: pathlib.Path, org_objects: dict[str, dict[str, FieldShape]]) -> Twin:
    """Copies the package and makes one change: `old` becomes `new` at its first place in the file."""

    def make(file: str, old: str, new: str) -> Source:
        shutil.copytree(ROOT / "force-app", tmp_path / "force-app")
        path = tmp_path / "force-app" / "main" / "default" / file
        text = path.read_text()
        assert old in text, f"the twin of {file} has nothing to change: {old!r}"
        path.write_text(text.replace(old, new, 1))
        return Source.read([tmp_path / "force-app", *BUNDLES], org_objects)

    return make


def messages(findings: list[Finding]) -> list[str]:
    return [one.message for one in findings]


@pytest.mark.parametrize(
    "mistake",
    [
        (profile("Basis__c"), "</CustomField>", "</CustomFields>", "not well-formed XML"),
        (profile("Basis__c"), "<required>false</required>", "<requird>false</requird>", "unknown element <requird>"),
        (profile("Basis__c"), "Picklist</type>", "PickList</type>", "'PickList' is no FieldType"),
        (profile("Helps__c"), "<length>255<", "<length>long<", "'long' is no number"),
        (profile("Household_Lead__c"), "<trackHistory>false", "<trackHistory>no", "neither true nor false"),
        (profile("Helps__c"), "<length>255</length>", "<length>255</length><length>80</length>", "repeated"),
        (
            INTEGRATION,
            "<hasActivationRequired>false</hasActivationRequired>",
            "<fieldPermissions><editable>false</editable><field>Contact.AccountId</field><readable>true</readable>"
            "</fieldPermissions><description>x</description>",
            "<description> repeated",
        ),
        (INTEGRATION, "<label>AI Donor: Integration</label>", "", "<label> is missing in PermissionSet"),
        (
            INTEGRATION,
            "http://soap.sforce.com/2006/04/metadata",
            "http://soap.sforce.com/2006/04/meta",
            "wrong namespace",
        ),
    ],
)
def test_a_structural_mistake_is_found(twin: Twin, types: MetadataTypes, mistake: Mistake) -> None:
    found = messages(list(structure.check(twin(*mistake[:3]), types)))
    assert any(mistake[3] in one for one in found), found


def test_repeated_elements_that_are_not_together_are_found(twin: Twin, types: MetadataTypes) -> None:
    stray = "<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>"
    found = messages(list(structure.check(twin(INTEGRATION, "<description>", f"{stray}<description>"), types)))
    assert found == ["<userPermissions> elements are not together in PermissionSet"]


def test_a_file_of_another_kind_than_its_name_says_is_found(twin: Twin, types: MetadataTypes) -> None:
    source = twin(profile("Basis__c"), "", "")
    odd = next(one for one in source.components if one.name == "Basis__c")
    moved = odd.path.with_name("Basis__c.listView-meta.xml")
    odd.path.rename(moved)
    found = messages(list(structure.check(Source.read(source.roots, source.platform), types)))
    assert found == ["<CustomField> in a .listView file: expected <ListView>"]


@pytest.mark.parametrize(
    "mistake",
    [
        (profile("Basis__c"), "<label>Based On<", f"<label>{'Based On ' * 6}<", "<label> has 53 characters"),
        (INTEGRATION, "For the scoring", "For the scoring" * 20, "<description> has"),
        (profile("Next_Step__c"), "What we suggest you do next. You decide.", "", "no <inlineHelpText>"),
        (profile("Next_Step__c"), "What we suggest", "What the XGBoost classifier suggests", "'XGBoost'"),
        (
            profile("Next_Step__c"),
            "What to do next with this donor, within their contact preferences.",
            "",
            "no <description>",
        ),
        (profile("Next_Step__c"), "<length>255</length>", "", "a Text field needs <length>"),
        (profile("Next_Step__c"), "<length>255<", "<length>256<", "Text takes 1 to 255"),
        (profile("Reasons__c"), "<length>16384<", "<length>200000<", "LongTextArea takes 256 to 131072"),
        (profile("Propensity_Score__c"), "<scale>1<", "<scale>5<", "precision 4 and scale 5 do not fit"),
        (profile("Suggested_Ask__c"), "<precision>16<", "<precision>19<", "precision 19 and scale 2"),
        (profile("Contact__c"), "<relationshipOrder>0</relationshipOrder>", "", "needs <relationshipOrder>"),
        (profile("Basis__c"), "<restricted>true<", "<restricted>false<", "not restricted"),
        (profile("Basis__c"), "<fullName>Individual<", "<fullName>Household<", "'household' stands there 2"),
        (profile("Segment__c"), "AI_Segment", "AI_Segments", "unknown global value set 'AI_Segments'"),
        (profile("Segment__c"), "<fullName>Segment__c", "<fullName>Segmet__c", "differs from the file's name"),
        (PROFILE, "<enableHistory>true", "<enableHistory>false", "history is tracked"),
        (PROFILE, "DP-{00000000}", "DP", "needs a <displayFormat>"),
        (contact("AI_Segment__c"), "<type>Text<", "<type>Picklist<", "cannot return Picklist"),
        (contact("AI_Suggested_Ask__c"), "<scale>2</scale>", "", "needs <precision> and <scale>"),
        (contact("AI_Segment__c"), "<required>false", "<required>true", "can be neither required"),
        (profile("Content_Hash__c"), "<type>Text<", "<type>LongTextArea<", "needs <visibleLines>"),
    ],
)
def test_a_broken_limit_or_a_missing_explanation_is_found(twin: Twin, mistake: Mistake) -> None:
    found = messages(list(limits.check(twin(*mistake[:3]))))
    assert any(mistake[3] in one for one in found), found


def test_two_children_with_one_relationship_name_are_found(twin: Twin) -> None:
    source = twin(profile("Scoring_Run__c"), ">AI_Scoring_Run__c<", ">Account<")
    assert messages(list(limits.check(source))) == [
        "child relationship 'AI_Donor_Profiles' of Account is taken by AI_Donor_Profile__c.Giving_Unit__c"
    ]


@pytest.mark.parametrize(
    "mistake",
    [
        (
            profile("Scoring_Run__c"),
            ">AI_Scoring_Run__c<",
            ">AI_Scoring_Runs__c<",
            "refers to an unknown object 'AI_Scoring_Runs__c'",
        ),
        (
            contact("AI_Next_Step__c"),
            "__r.Next_Step__c",
            "__r.Next_Steps__c",
            "unknown field Contact.AI_Donor_Profile__r.Next_Steps__c",
        ),
        (
            contact("AI_Next_Step__c"),
            "AI_Donor_Profile__r",
            "AI_Donor_Profiles__r",
            "unknown field Contact.AI_Donor_Profiles__r.Mode__c",
        ),
        (
            INTEGRATION,
            "Contact.npsp__Deceased__c",
            "Contact.npsp__Deceasd__c",
            "unknown field Contact.npsp__Deceasd__c",
        ),
        (INTEGRATION, "Contact.npsp__Deceased__c", "Contact.AccountId", "grants Contact.AccountId twice"),
        (INTEGRATION, "Opportunity.Amount", "Opportunity.CloseDate", "Opportunity.CloseDate is required"),
        (INTEGRATION, "AI_Donor_Profile__c.Helps__c", "AI_Donor_Profile__c.Contact__c", "required or master-detail"),
        (INTEGRATION, "AI_Donor_Profile__c.Helps__c", "AI_Donor_Profile__c.Effective_Segment__c", "nobody can edit it"),
        (INTEGRATION, "<object>Campaign<", "<object>Campain<", "unknown object 'Campain'"),
        (INTEGRATION, "<object>Campaign<", "<object>Lead<", "grants Campaign.EndDate without access to Campaign"),
        (
            INTEGRATION,
            "<object>Contact<",
            "<object>Lead<",
            "reading AI_Donor_Profile__c depends on reading its parent Contact",
        ),
        (INTEGRATION, "<object>Account<", "<object>Task<", "Task cannot be named"),
        (INTEGRATION, "<allowRead>true<", "<allowRead>false<", "AI_Donor_Profile__c: allowCreate depends on allowRead"),
        (INTEGRATION, "<modifyAllRecords>false<", "<modifyAllRecords>true<", "modifyAllRecords depends on allowDelete"),
        (
            INTEGRATION,
            "<name>npo02__Households_Settings__c<",
            "<name>npo02__Household_Settings__c<",
            "customSettingAccesses: unknown 'npo02__Household_Settings__c'",
        ),
    ],
)
def test_a_reference_that_does_not_arrive_is_found(twin: Twin, mistake: Mistake) -> None:
    found = messages(list(references.check(twin(*mistake[:3]))))
    assert any(mistake[3] in one for one in found), found


@pytest.mark.parametrize(
    "mistake",
    [
        (contact("AI_Next_Step__c"), "Next_Step__c\n)", "Next_Step__c\n", "does not work"),
        (contact("AI_Next_Step__c"), "IF(", "IFF(", "does not work"),
        (contact("AI_Next_Step__c"), "<type>Text<", "<type>Date<", "gives text, the field is Date"),
        (contact("AI_Next_Step__c"), "OR(AI_Opt_Out__c", "OR(AI_Opt_Out__c + 1", "does not work"),
        (profile("Effective_Segment__c"), "TEXT(Segment__c)", "Segment__c", "does not work"),
        (
            profile("Effective_Segment__c"),
            "TEXT(Segment__c)",
            'LEFT("x", Override_Until__c - TODAY())',
            "fails when its fields are blank",
        ),
    ],
)
def test_a_formula_that_would_not_save_or_breaks_on_blanks_is_found(
    twin: Twin, node: pathlib.Path, node_modules: pathlib.Path, mistake: Mistake
) -> None:
    found = messages(list(formulas.check(twin(*mistake[:3]), node)))
    assert any(mistake[3] in one for one in found), found


@pytest.mark.parametrize(
    "mistake",
    [
        (view("All"), ">Propensity_Band__c<", ">Propensity_Bnd__c<", "column 'Propensity_Bnd__c' is no field"),
        (view("Major_Gift_Prospects"), "<field>Mode__c", "<field>Mod__c", "filter: 'Mod__c' is no field"),
        (view("Likely_to_Give_Soon"), "Very high,High", "Very high,Hgh", "'Hgh' is no value of Propensity_Band__c"),
        (view("Out_of_Date"), ">TODAY<", ">TODAI<", "'TODAI' is no date for Expires_At__c"),
        (LAYOUT, ">Helps__c<", ">Help__c<", "'Help__c' is no field of AI_Donor_Profile__c"),
        (LAYOUT, ">Helps__c<", ">Holds_Back__c<", "Holds_Back__c stands there twice"),
        (LAYOUT, "<field>Contact__c", "<field>Donor_Id__c", "the required field Contact__c is missing"),
        (LAYOUT, ">Override_Reason__c<", ">AI_Missing__c<", "'AI_Missing__c' is no field"),
        (RUN_LAYOUT, ".Scoring_Run__c<", ".Giving_Unit__c<", "does not lead to AI_Scoring_Run__c"),
        (RUN_LAYOUT, "<fields>Scored_At__c", "<fields>Score_At__c", "related list: 'Score_At__c'"),
        (COMPACT, ">Confidence__c<", ">Confidenc__c<", "'Confidenc__c' is no field"),
        (PROFILE, ">Donor_Profile</compact", ">Donor_Profil</compact", "unknown compact layout 'Donor_Profil'"),
        (
            PROFILE,
            "AdditionalFields>Effective_Segment__c<",
            "AdditionalFields>Effective__c<",
            "search layout: 'Effective__c'",
        ),
        (APP, "<tabs>AI_Donor_Profile__c<", "<tabs>AI_Donor_Profiles__c<", "unknown tab 'AI_Donor_Profiles__c'"),
        (
            APP,
            "<content>AI_Account_Record_Page",
            "<content>AI_Acount_Record_Page",
            "unknown page 'AI_Acount_Record_Page'",
        ),
        (
            APP,
            "<content>AI_Account_Record_Page",
            "<content>AI_Contact_Record_Page",
            "AI_Contact_Record_Page is for Contact",
        ),
        (PAGE, "c:donorInsight", "c:donorInsigt", "unknown component 'c:donorInsigt'"),
        (PAGE, "<value>mainTabs", "<value>mainTab", "unknown region 'mainTab'"),
        (PAGE, "<sobjectType>Contact", "<sobjectType>Contacts", "unknown object 'Contacts'"),
        (REPORT_TYPE, "<field>Helps__c<", "<field>Help__c<", "AI_Donor_Profiles__r$Help__c' does not exist"),
        (REPORT_TYPE, ">Contact.AI_Donor_Profiles__r<", ">Contact.AI_Donor_Profile__r<", "does not exist"),
        (
            report("AI_Donors_by_Segment"),
            "$Suggested_Ask__c",
            "$Suggested__c",
            "'Contact.AI_Donor_Profiles__r$Suggested__c'",
        ),
        (
            report("AI_Donors_by_Segment"),
            ">AI_Contacts_with_Donor_Profiles__c<",
            ">Contacts__c<",
            "unknown report type",
        ),
        (report("AI_Not_Scored"), ">Excluded<", ">Exluded<", "'Exluded' is no value of Method__c"),
        (
            report("AI_Scoring_Runs"),
            ">AI_Scoring_Run__c.Mode__c<",
            ">AI_Scoring_Run__c.Mod__c<",
            "AI_Scoring_Run__c.Mod__c",
        ),
        (
            report("AI_Major_Gift_Prospects"),
            "<sortColumn>Contact.AI_Donor_Profiles__r$Major_Gift_Score__c",
            "<sortColumn>Contact.AI_Donor_Profiles__r$Confidence__c",
            "sorted by a column it does not show",
        ),
        (DASHBOARD, "AI_Donor_Insights/AI_Not_Scored", "AI_Donor_Insights/AI_Not_Scord", "unknown report"),
        (DASHBOARD, "$Effective_Segment__c", "$Segment__c", "is not grouped by"),
    ],
)
def test_a_name_on_a_screen_that_does_not_arrive_is_found(twin: Twin, mistake: Mistake) -> None:
    found = messages(list(screens.check(twin(*mistake[:3]))))
    assert any(mistake[3] in one for one in found), found
