"""Each check is proven by a bad twin: the real package with one mistake in it must be refused with exactly that problem.

What the platform refuses, the local org refuses; `limits` and `formulas` add what we ask of ourselves.
"""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Callable, Iterator

import pytest
from conftest import BUNDLES, ROOT
from localorg.deploy.plan import Plan
from localorg.deploy.problems import Problems
from localorg.deploy.source import from_folder, read
from localorg.engine import Org
from metadata_checks import formulas, limits
from metadata_checks.source import FieldShape, Finding, Source

PROFILE = "objects/AI_Donor_Profile__c/AI_Donor_Profile__c.object-meta.xml"
LAYOUT = "layouts/AI_Donor_Profile__c-Donor Profile Layout.layout-meta.xml"
RUN_LAYOUT = "layouts/AI_Scoring_Run__c-Scoring Run Layout.layout-meta.xml"
COMPACT = "objects/AI_Donor_Profile__c/compactLayouts/Donor_Profile.compactLayout-meta.xml"
APP = "applications/Donor_Insights.app-meta.xml"
PAGE = "flexipages/AI_Contact_Record_Page.flexipage-meta.xml"
REPORT_TYPE = "reportTypes/AI_Contacts_with_Donor_Profiles.reportType-meta.xml"
DASHBOARD = "dashboards/AI_Donor_Insights/AI_Donor_Insights.dashboard-meta.xml"
RULE = "objects/AI_Donor_Profile__c/validationRules/Override_Needs_a_Reason.validationRule-meta.xml"
VIEW_SET = "permissionsets/AI_Donor_View.permissionset-meta.xml"
ACT_SET = "permissionsets/AI_Donor_Act.permissionset-meta.xml"
INTEGRATION = "permissionsets/AI_Donor_Integration.permissionset-meta.xml"

Twin = Callable[[str, str, str], Source]
Refused = Callable[[str, str, str], list[str]]
Mistake = tuple[str, str, str, str]  # the file, what stands there, what the twin has instead, what is said of it


def profile(field: str) -> str:
    return f"objects/AI_Donor_Profile__c/fields/{field}.field-meta.xml"


def view(name: str) -> str:
    return f"objects/AI_Donor_Profile__c/listViews/{name}.listView-meta.xml"


def report(name: str) -> str:
    return f"reports/AI_Donor_Insights/{name}.report-meta.xml"


def contact(field: str) -> str:
    return f"objects/Contact/fields/{field}.field-meta.xml"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    org = Org.open(tmp_path_factory.mktemp("org"))
    yield org
    org.close()


@pytest.fixture(scope="module")
def package_files() -> dict[str, bytes]:
    return {
        f"{folder.name}/{path}": body
        for folder in (ROOT / "force-app", *BUNDLES)
        for path, body in from_folder(folder).items()
    }


@pytest.fixture
def refused(org: Org, package_files: dict[str, bytes]) -> Refused:
    """Everything the org says of the package when `old` becomes `new` at its first place in a file."""

    def make(file: str, old: str, new: str) -> list[str]:
        path = f"force-app/main/default/{file}"
        text = package_files[path].decode()
        assert old in text, f"the twin of {file} has nothing to change: {old!r}"
        changed = package_files | {path: text.replace(old, new, 1).encode()}
        problems = Problems()
        Plan(org.schema, read(changed, problems), org.shelf, problems, {}).build()
        return [one.message for one in (*problems.found, *problems.warnings)]

    return make


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


STRUCTURE = [
    (profile("Basis__c"), "</CustomField>", "</CustomFields>", "Error parsing file: Opening and ending tag mismatch"),
    (
        profile("Basis__c"),
        "<required>false</required>",
        "<requird>false</requird>",
        "Element requird invalid at this location in type CustomField",
    ),
    (
        profile("Basis__c"),
        "Picklist</type>",
        "PickList</type>",
        "'PickList' is not a valid value for the enum 'FieldType'",
    ),
    (profile("Helps__c"), "<length>255<", "<length>long<", "'long' is not a valid value for the type xsd:int"),
    (
        profile("Household_Lead__c"),
        "<trackHistory>false",
        "<trackHistory>no",
        "'no' is not a valid value for the type xsd:boolean",
    ),
    (
        profile("Helps__c"),
        "<length>255</length>",
        "<length>255</length><length>80</length>",
        "Element length is duplicated at this location in type CustomField",
    ),
    (
        INTEGRATION,
        "<description>",
        "<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions><description>",
        "Element userPermissions is duplicated at this location in type PermissionSet",
    ),
    (INTEGRATION, "<label>AI Donor: Integration</label>", "", "Required field is missing: label"),
    (
        INTEGRATION,
        "http://soap.sforce.com/2006/04/metadata",
        "http://soap.sforce.com/2006/04/meta",
        "the root element must be PermissionSet",
    ),
    (profile("Basis__c"), "<type>Picklist</type>", "<type><x/></type>", "Element x invalid at this location"),
]
LIMITS = [
    (profile("Basis__c"), "<label>Based On<", f"<label>{'Based On ' * 6}<", "MasterLabel maximum length is:40"),
    (INTEGRATION, "For the scoring", "For the scoring" * 20, "description maximum length is:255"),
    (profile("Next_Step__c"), "<length>255</length>", "", "Must specify 'length' for a CustomField of type Text"),
    (profile("Next_Step__c"), "<length>255<", "<length>256<", "Field length must be between 1 and 255, not 256"),
    (
        profile("Reasons__c"),
        "<length>16384<",
        "<length>200000<",
        "Field length must be between 256 and 131072, not 200000",
    ),
    (profile("Propensity_Score__c"), "<scale>1<", "<scale>5<", "Field scale must be between 0 and 4, not 5"),
    (
        profile("Suggested_Ask__c"),
        "<precision>16<",
        "<precision>19<",
        "Field precision must be between 1 and 18, not 19",
    ),
    (profile("Basis__c"), "<fullName>Individual<", "<fullName>Household<", "Duplicate value: Household"),
    (profile("Segment__c"), "AI_Segment", "AI_Segments", "no GlobalValueSet named AI_Segments found"),
    (profile("Segment__c"), "<fullName>Segment__c", "<fullName>Segmet__c", "does not match the file name Segment__c"),
    (PROFILE, "DP-{00000000}", "DP", "Must specify 'displayFormat' for a name field of type AutoNumber"),
    (
        contact("AI_Segment__c"),
        "<type>Text<",
        "<type>Picklist<",
        "Can not specify 'formula' for a CustomField of type Picklist",
    ),
    (contact("AI_Suggested_Ask__c"), "<scale>2</scale>", "", "Must specify 'scale' for a CustomField of type Currency"),
    (
        contact("AI_Segment__c"),
        "<required>false",
        "<required>true",
        "Can not specify 'required' for a CustomField of type Text with a formula",
    ),
    (
        profile("Content_Hash__c"),
        "<type>Text<",
        "<type>LongTextArea<",
        "Must specify 'visibleLines' for a CustomField of type LongTextArea",
    ),
    (
        profile("Content_Hash__c"),
        "<type>Text<",
        "<relationshipOrder>0</relationshipOrder><type>Lookup<",
        "Can not specify 'relationshipOrder' for a CustomField of type Lookup",
    ),
    (
        profile("Scoring_Run__c"),
        ">AI_Scoring_Run__c<",
        ">Account<",
        "There is already a Child Relationship named AI_Donor_Profiles__r on the parent",
    ),
    (
        profile("Scoring_Run__c"),
        "<relationshipName>",
        "<relationshipName>1",
        "The Child Relationship API Name can only contain",
    ),
]
REFERENCES = [
    (
        profile("Scoring_Run__c"),
        ">AI_Scoring_Run__c<",
        ">AI_Scoring_Runs__c<",
        "referenceTo value of 'AI_Scoring_Runs__c' does not resolve",
    ),
    (
        contact("AI_Next_Step__c"),
        "__r.Next_Step__c",
        "__r.Next_Steps__c",
        "Field AI_Donor_Profile__r.Next_Steps__c does not exist",
    ),
    (
        contact("AI_Next_Step__c"),
        "AI_Donor_Profile__r",
        "AI_Donor_Profiles__r",
        "Field AI_Donor_Profiles__r.Mode__c does not exist",
    ),
    (
        contact("AI_Next_Step__c"),
        "<type>Text<",
        "<type>Date<",
        "Formula result is data type (Text), incompatible with expected data type (Date)",
    ),
    (RULE, "Override_Reason__c", "Override_Reasn__c", "Field Override_Reasn__c does not exist"),
    (RULE, "<errorDisplayField>", "<errorDisplayField>X", "In field: errorDisplayField - no CustomField named"),
    (
        INTEGRATION,
        "Contact.npsp__Deceased__c",
        "Contact.npsp__Deceasd__c",
        "no CustomField named Contact.npsp__Deceasd__c found",
    ),
    (
        INTEGRATION,
        "Contact.npsp__Deceased__c",
        "Contact.AccountId",
        "Duplicate field permissions for Contact.AccountId",
    ),
    (
        INTEGRATION,
        "Opportunity.Amount",
        "Opportunity.CloseDate",
        "You cannot deploy to a required field: Opportunity.CloseDate",
    ),
    (
        INTEGRATION,
        "AI_Donor_Profile__c.Helps__c",
        "AI_Donor_Profile__c.Contact__c",
        "You cannot deploy to a required field: AI_Donor_Profile__c.Contact__c",
    ),
    (
        INTEGRATION,
        "AI_Donor_Profile__c.Helps__c",
        "AI_Donor_Profile__c.Effective_Segment__c",
        "is a formula: nobody can edit it",
    ),
    (INTEGRATION, "<object>Campaign<", "<object>Campain<", "no CustomObject named Campain found"),
    (INTEGRATION, "<object>Campaign<", "<object>Lead<", "Campaign.EndDate is granted without access to Campaign"),
    (
        INTEGRATION,
        "<object>Contact<",
        "<object>Lead<",
        "Permission ReadAI_Donor_Profile__c depends on permission(s): ReadContact",
    ),
    (INTEGRATION, "<object>Account<", "<object>Task<", "no CustomObject named Task found"),
    (
        INTEGRATION,
        "<allowRead>true<",
        "<allowRead>false<",
        "Permission CreateAI_Donor_Profile__c depends on permission(s): ReadAI_Donor_Profile__c",
    ),
    (
        INTEGRATION,
        "<modifyAllRecords>false<",
        "<modifyAllRecords>true<",
        "Permission ModifyAllRecordsAI_Donor_Profile__c depends on permission(s)",
    ),
    (
        INTEGRATION,
        "<name>npo02__Households_Settings__c<",
        "<name>npo02__Household_Settings__c<",
        "no CustomObject named npo02__Household_Settings__c found",
    ),
    (INTEGRATION, "<name>ApiEnabled<", "<name>ApiEnabld<", "Unknown user permission: ApiEnabld"),
    (
        VIEW_SET,
        "<apexClass>DonorProfileController<",
        "<apexClass>DonorProfilController<",
        "no ApexClass named DonorProfilController found",
    ),
    (VIEW_SET, "<tab>AI_Donor_Profile__c<", "<tab>AI_Donor_Profil__c<", "no CustomTab named AI_Donor_Profil__c found"),
    (
        ACT_SET,
        "<name>AI_Override_Segment<",
        "<name>AI_Overide_Segment<",
        "no CustomPermission named AI_Overide_Segment found",
    ),
    (
        "triggers/DonorProfileTrigger.trigger",
        "on AI_Donor_Profile__c",
        "on AI_Donor_Profil__c",
        "Invalid type: AI_Donor_Profil__c",
    ),
    (
        "classes/shared/UserMessage.cls",
        "class UserMessage",
        "class UserMesage",
        "the file UserMessage.cls holds UserMesage",
    ),
    (
        "classes/shared/UserMessage.cls-meta.xml",
        "<apiVersion>67.0<",
        "<apiVersion>99.0<",
        "Invalid Api version specified: 99.0",
    ),
]
SCREENS = [
    (
        view("All"),
        ">Propensity_Band__c<",
        ">Propensity_Bnd__c<",
        "Could not resolve list view column: Propensity_Bnd__c",
    ),
    (view("Major_Gift_Prospects"), "<field>Mode__c", "<field>Mod__c", "Could not resolve list view column: Mod__c"),
    (
        view("Likely_to_Give_Soon"),
        "Very high,High",
        "Very high,Hgh",
        "Hgh is not a value of the picklist Propensity_Band__c",
    ),
    (view("Out_of_Date"), ">TODAY<", ">TODAI<", "TODAI is not a date for Expires_At__c"),
    (LAYOUT, ">Helps__c<", ">Help__c<", "no CustomField named AI_Donor_Profile__c.Help__c found"),
    (LAYOUT, ">Helps__c<", ">Holds_Back__c<", "Duplicate field on the layout: Holds_Back__c"),
    (
        LAYOUT,
        "<field>Contact__c",
        "<field>Donor_Id__c",
        "Layout must contain an item for required layout field: Contact__c",
    ),
    (RUN_LAYOUT, ".Scoring_Run__c<", ".Giving_Unit__c<", "Cannot find related list:AI_Donor_Profile__c.Giving_Unit__c"),
    (RUN_LAYOUT, "<fields>Scored_At__c", "<fields>Score_At__c", "Invalid field:Score_At__c in related list"),
    (COMPACT, ">Confidence__c<", ">Confidenc__c<", "no CustomField named AI_Donor_Profile__c.Confidenc__c found"),
    (
        PROFILE,
        ">Donor_Profile</compact",
        ">Donor_Profil</compact",
        "no CompactLayout named AI_Donor_Profile__c.Donor_Profil found",
    ),
    (
        PROFILE,
        "AdditionalFields>Effective_Segment__c<",
        "AdditionalFields>Effective__c<",
        "no CustomField named AI_Donor_Profile__c.Effective__c found",
    ),
    (
        "tabs/AI_Donor_Profile__c.tab-meta.xml",
        "<customObject>true<",
        "<customObject>true</customObject><url>https://example.org</url><x>",
        "Opening and ending tag mismatch",
    ),
    (
        "tabs/AI_Donor_Profile__c.tab-meta.xml",
        "<motif>",
        "<url>https://example.org</url><motif>",
        "A tab must have exactly one target",
    ),
    (APP, "<tabs>AI_Donor_Profile__c<", "<tabs>AI_Donor_Profiles__c<", "no CustomTab named AI_Donor_Profiles__c found"),
    (
        APP,
        "<content>AI_Account_Record_Page",
        "<content>AI_Acount_Record_Page",
        "no FlexiPage named AI_Acount_Record_Page found",
    ),
    (
        APP,
        "<content>AI_Account_Record_Page",
        "<content>AI_Contact_Record_Page",
        "The page AI_Contact_Record_Page is for Contact",
    ),
    (PAGE, "c:donorInsight", "c:donorInsigt", "the design time component information for component c:donorInsigt"),
    (PAGE, "c:donorInsight", "c:messages", "The component c:messages is not available on a page of type RecordPage"),
    (PAGE, "<value>mainTabs", "<value>mainTab", "The region mainTab does not exist on the page"),
    (PAGE, "<sobjectType>Contact", "<sobjectType>Contacts", "no CustomObject named Contacts found"),
    (REPORT_TYPE, "<field>Helps__c<", "<field>Help__c<", "Contact.AI_Donor_Profiles__r.Help__c does not exist"),
    (REPORT_TYPE, ">Contact.AI_Donor_Profiles__r<", ">Contact.AI_Donor_Profile__r<", "does not exist"),
    (
        REPORT_TYPE,
        "<relationship>AI_Donor_Profiles__r",
        "<relationship>AI_Donors__r",
        "Invalid relationship AI_Donors__r of Contact",
    ),
    (
        report("AI_Donors_by_Segment"),
        "$Suggested_Ask__c",
        "$Suggested__c",
        "Invalid column: Contact.AI_Donor_Profiles__r$Suggested__c",
    ),
    (
        report("AI_Donors_by_Segment"),
        ">AI_Contacts_with_Donor_Profiles__c<",
        ">Contacts__c<",
        "Invalid report type: Contacts__c",
    ),
    (report("AI_Not_Scored"), ">Excluded<", ">Exluded<", "Exluded is not a value of the picklist Method__c"),
    (
        report("AI_Scoring_Runs"),
        ">AI_Scoring_Run__c.Mode__c<",
        ">AI_Scoring_Run__c.Mod__c<",
        "Invalid column: AI_Scoring_Run__c.Mod__c",
    ),
    (
        report("AI_Major_Gift_Prospects"),
        "<sortColumn>Contact.AI_Donor_Profiles__r$Major_Gift_Score__c",
        "<sortColumn>Contact.AI_Donor_Profiles__r$Confidence__c",
        "sorted by a column it does not show",
    ),
    (
        DASHBOARD,
        "AI_Donor_Insights/AI_Not_Scored",
        "AI_Donor_Insights/AI_Not_Scord",
        "no Report named AI_Donor_Insights/AI_Not_Scord found",
    ),
    (DASHBOARD, "$Effective_Segment__c", "$Segment__c", "is not grouped by"),
]
LIGHTNING = [
    (
        "donorInsight/donorInsight.js",
        "Controller.insightFor'",
        "Controller.insightOf'",
        "Unable to find Apex action method referenced as 'DonorProfileController.insightOf'",
    ),
    (
        "donorInsight/donorInsight.js",
        "DonorProfileController.insightFor'",
        "DonorController.insightFor'",
        "Unable to find Apex class named 'DonorController'",
    ),
    (
        "donorInsight/donorInsight.js",
        "c.DonorInsight_Why'",
        "c.DonorInsight_Wy'",
        "Invalid reference c.DonorInsight_Wy of type label",
    ),
    (
        "donorInsight/donorInsight.js",
        "from 'c/messages'",
        "from 'c/mesages'",
        "No MODULE named markup://c:mesages found",
    ),
    ("donorInsight/donorInsight.html", "<c-score-band", "<c-score-bnd", "No MODULE named markup://c:scoreBnd found"),
    (
        "segmentOverride/segmentOverride.js",
        "__c.Override_Segment__c'",
        "__c.Override__c'",
        "Invalid reference AI_Donor_Profile__c.Override__c of type sobjectField",
    ),
    (
        "segmentOverride/segmentOverride.js",
        "/AI_Override_Segment'",
        "/AI_Override'",
        "Invalid reference AI_Override of type customPermission",
    ),
]


@pytest.mark.parametrize("mistake", STRUCTURE + LIMITS + REFERENCES + SCREENS, ids=lambda mistake: mistake[3][:60])
def test_a_mistake_in_the_metadata_is_refused(refused: Refused, mistake: Mistake) -> None:
    found = refused(*mistake[:3])
    assert any(mistake[3] in one for one in found), found


@pytest.mark.parametrize("mistake", LIGHTNING, ids=lambda mistake: mistake[3][:60])
def test_a_wrong_name_in_a_component_is_refused(refused: Refused, mistake: Mistake) -> None:
    found = refused(f"lwc/{mistake[0]}", *mistake[1:3])
    assert any(mistake[3] in one for one in found), found


def test_a_file_of_another_kind_than_its_name_says_is_refused(org: Org, package_files: dict[str, bytes]) -> None:
    path = f"force-app/main/default/{profile('Basis__c')}"
    moved = {name: body for name, body in package_files.items() if name != path}
    moved[path.replace(".field-meta", ".listView-meta")] = package_files[path]
    problems = Problems()
    read(moved, problems)
    assert [one.message for one in problems.found] == [
        "Error parsing file: the root element must be ListView in http://soap.sforce.com/2006/04/metadata"
    ]


@pytest.mark.parametrize(
    "mistake",
    [
        (profile("Next_Step__c"), "What we suggest you do next. You decide.", "", "no <inlineHelpText>"),
        (profile("Next_Step__c"), "What we suggest", "What the XGBoost classifier suggests", "'XGBoost'"),
        (
            profile("Next_Step__c"),
            "What to do next with this donor, within their contact preferences.",
            "",
            "no <description>",
        ),
        (profile("Contact__c"), "<relationshipOrder>0</relationshipOrder>", "", "needs <relationshipOrder>"),
        (profile("Basis__c"), "<restricted>true<", "<restricted>false<", "not restricted"),
        (PROFILE, "<enableHistory>true", "<enableHistory>false", "history is tracked"),
    ],
)
def test_a_missing_explanation_or_a_loose_end_is_found(twin: Twin, mistake: Mistake) -> None:
    found = messages(list(limits.check(twin(*mistake[:3]))))
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
