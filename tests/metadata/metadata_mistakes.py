"""Mistakes in the real package that the org must refuse: where, what stands there, what the twin has, what is said."""

from __future__ import annotations

PROFILE = "objects/AI_Donor_Profile__c/AI_Donor_Profile__c.object-meta.xml"
LAYOUT = "layouts/AI_Donor_Profile__c-Donor Profile Layout.layout-meta.xml"
RUN_LAYOUT = "layouts/AI_Scoring_Run__c-Scoring Run Layout.layout-meta.xml"
COMPACT = "objects/AI_Donor_Profile__c/compactLayouts/Donor_Profile.compactLayout-meta.xml"
APP = "applications/Donor_Insights.app-meta.xml"
PAGE = "flexipages/AI_Contact_Record_Page.flexipage-meta.xml"
REPORT_TYPE = "reportTypes/AI_Contacts_with_Donor_Profiles.reportType-meta.xml"
DASHBOARD = "dashboards/AI_Donor_Insights/AI_Executives.dashboard-meta.xml"
RULE = "objects/AI_Donor_Profile__c/validationRules/Override_Needs_a_Reason.validationRule-meta.xml"
VIEW_SET = "permissionsets/AI_Donor_View.permissionset-meta.xml"
ACT_SET = "permissionsets/AI_Donor_Act.permissionset-meta.xml"
SPANISH = "translations/es.translation-meta.xml"
SPANISH_PROFILE = "objectTranslations/AI_Donor_Profile__c-es/AI_Donor_Profile__c-es.objectTranslation-meta.xml"
INTEGRATION = "permissionsets/AI_Donor_Integration.permissionset-meta.xml"

Mistake = tuple[str, str, str, str]  # the file, what stands there, what the twin has instead, what is said of it


def profile(field: str) -> str:
    return f"objects/AI_Donor_Profile__c/fields/{field}.field-meta.xml"


def view(name: str) -> str:
    return f"objects/AI_Donor_Profile__c/listViews/{name}.listView-meta.xml"


def report(name: str) -> str:
    return f"reports/AI_Donor_Insights/{name}.report-meta.xml"


def contact(field: str) -> str:
    return f"objects/Contact/fields/{field}.field-meta.xml"


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
    (SPANISH, "<name>AI_Portfolio<", "<name>AI_Portfolios<", "no CustomTab named AI_Portfolios found"),
    (SPANISH, "<name>Donor_Insights<", "<name>Donor_Insight<", "no CustomApplication named Donor_Insight found"),
    (SPANISH, "/AI_Overrides<", "/AI_Override<", "no Report named AI_Donor_Insights/AI_Override found"),
    (SPANISH, "/AI_Operations<", "/AI_Operation<", "no Dashboard named AI_Donor_Insights/AI_Operation found"),
    (SPANISH_PROFILE, "<section>Why<", "<section>Reasons<", "Donor Profile Layout named Reasons found"),
    (
        SPANISH_PROFILE,
        "<layout>Donor",
        "<layout>Donors",
        "no Layout named AI_Donor_Profile__c-Donors Profile Layout found",
    ),
    (
        SPANISH_PROFILE,
        "Needs_a_Reason<",
        "Needs_Reason<",
        "no ValidationRule named AI_Donor_Profile__c.Override_Needs_Reason",
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
        "AI_Donor_Insights/AI_Winning_Back",
        "AI_Donor_Insights/AI_Wining_Back",
        "no Report named AI_Donor_Insights/AI_Wining_Back found",
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
