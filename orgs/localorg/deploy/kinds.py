"""The kinds of metadata this org takes: where each stands in a package, what its files are called, its id's prefix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Kind:
    """One kind. `suffix` is the word before `-meta.xml` in source format and the file's ending in a package."""

    name: str
    folder: str
    suffix: str
    prefix: str = "000"
    content: bool = False  # a file of its own (a class's code) beside its XML
    bundle: bool = False  # a folder of files, such as a Lightning component
    foldered: bool = False  # named `Folder/Name`
    parent: str = ""  # the kind this one is a part of: CustomObject for a field
    element: str = ""  # the parent's element that holds it in a package

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("Folder")


# Kind, folder, suffix, key prefix.
_PLAIN = """
AppMenu appMenus appMenu 0DS
ApprovalProcess approvalProcesses approvalProcess 04a
AssignmentRules assignmentRules assignmentRules 01Q
AuthProvider authproviders authprovider 0SO
AutoResponseRules autoResponseRules autoResponseRules 01Q
BrandingSet brandingSets brandingSet 0Rb
CallCenter callCenters callCenter 04v
CleanDataService cleanDataServices cleanDataService 07M
ConnectedApp connectedApps connectedApp 0H4
CorsWhitelistOrigin corsWhitelistOrigins corsWhitelistOrigin 07X
CspTrustedSite cspTrustedSites cspTrustedSite 08y
CustomApplication applications app 02u
CustomApplicationComponent customApplicationComponents customApplicationComponent 02k
CustomFeedFilter feedFilters feedFilter 0D6
CustomHelpMenuSection customHelpMenuSections customHelpMenuSection 0wW
CustomLabels labels labels 101
CustomMetadata customMetadata md m00
CustomNotificationType notificationtypes notiftype 0ML
CustomObject objects object 01I
CustomPageWebLink weblinks weblink 00b
CustomPermission customPermissions customPermission 0CP
CustomTab tabs tab 01r
DuplicateRule duplicateRules duplicateRule 0Bm
EscalationRules escalationRules escalationRules 01Q
EventRelayConfig eventRelays eventRelay 7k2
ExternalClientApplication externalClientApps eca 0xA
ExternalCredential externalCredentials externalCredential 0pu
ExternalDataSource dataSources dataSource 0XC
FlexiPage flexipages flexipage 0M0
Flow flows flow 301
FlowDefinition flowDefinitions flowDefinition 300
GlobalValueSet globalValueSets globalValueSet 0Nt
GlobalValueSetTranslation globalValueSetTranslations globalValueSetTranslation 0Nu
Group groups group 00G
HomePageComponent homePageComponents homePageComponent 01X
HomePageLayout homePageLayouts homePageLayout 00k
InstalledPackage installedPackages installedPackage 0A3
Layout layouts layout 00h
LeadConvertSettings LeadConvertSettings LeadConvertSetting 0Lc
LightningExperienceTheme lightningExperienceThemes lightningExperienceTheme 0Lm
LightningMessageChannel messageChannels messageChannel 0Lg
ManagedTopics managedTopics managedTopics 0bT
MatchingRules matchingRules matchingRule 0JD
MutingPermissionSet mutingpermissionsets mutingpermissionset 0QM
NamedCredential namedCredentials namedCredential 0XA
PathAssistant pathAssistants pathAssistant 02U
PermissionSet permissionsets permissionset 0PS
PermissionSetGroup permissionsetgroups permissionsetgroup 0PG
PlatformCachePartition cachePartitions cachePartition 0Er
PlatformEventChannel platformEventChannels platformEventChannel 0YL
PlatformEventChannelMember platformEventChannelMembers platformEventChannelMember 0v8
PlatformEventSubscriberConfig PlatformEventSubscriberConfigs platformEventSubscriberConfig 0Vr
PostTemplate postTemplates postTemplate 0BH
Profile profiles profile 00e
ProfilePasswordPolicy profilePasswordPolicies profilePasswordPolicy 0px
ProfileSessionSetting profileSessionSettings profileSessionSetting 0pw
Prompt prompts prompt 0bs
Queue queues queue 00G
QuickAction quickActions quickAction 09D
RecordActionDeployment recordActionDeployments deployment 0jH
RedirectWhitelistUrl redirectWhitelistUrls redirectWhitelistUrl 0te
RemoteSiteSetting remoteSiteSettings remoteSite 0rp
ReportType reportTypes reportType 070
RestrictionRule restrictionRules rule 0i6
Role roles role 00E
Settings settings settings 000
SharingRules sharingRules sharingRules 02c
SharingSet sharingSets sharingSet 02e
StandardValueSet standardValueSets standardValueSet 0Nv
StandardValueSetTranslation standardValueSetTranslations standardValueSetTranslation 0Nw
SynonymDictionary synonymDictionaries synonymDictionary 0Mo
TopicsForObjects topicsForObjects topicsForObjects 0TO
TransactionSecurityPolicy transactionSecurityPolicies transactionSecurityPolicy 0NT
Translations translations translation 02z
UserCriteria userCriteria userCriteria 0UC
Workflow workflows workflow 01Q
ApexTestSuite testSuites testSuite 05F
"""
_PARTS = """
CustomField fields field 00N fields
ListView listViews listView 00B listViews
CompactLayout compactLayouts compactLayout 0AH compactLayouts
RecordType recordTypes recordType 012 recordTypes
ValidationRule validationRules validationRule 03d validationRules
WebLink webLinks webLink 00b webLinks
BusinessProcess businessProcesses businessProcess 019 businessProcesses
FieldSet fieldSets fieldSet 0IX fieldSets
SharingReason sharingReasons sharingReason 02c sharingReasons
Index indexes index 0Rv indexes
"""
_SPECIAL = (
    Kind("ApexClass", "classes", "cls", "01p", content=True),
    Kind("ApexTrigger", "triggers", "trigger", "01q", content=True),
    Kind("ApexPage", "pages", "page", "066", content=True),
    Kind("ApexComponent", "components", "component", "099", content=True),
    Kind("StaticResource", "staticresources", "resource", "081", content=True),
    Kind("Certificate", "certs", "crt", "0P1", content=True),
    Kind("ContentAsset", "contentassets", "asset", "03S", content=True),
    Kind("LightningComponentBundle", "lwc", "js", "0Rb", bundle=True),
    Kind("AuraDefinitionBundle", "aura", "", "0Ab", bundle=True),
    Kind("Report", "reports", "report", "00O", foldered=True),
    Kind("ReportFolder", "reports", "reportFolder", "00l"),
    Kind("Dashboard", "dashboards", "dashboard", "01Z", foldered=True),
    Kind("DashboardFolder", "dashboards", "dashboardFolder", "00l"),
    Kind("EmailTemplate", "email", "email", "00X", content=True, foldered=True),
    Kind("EmailFolder", "email", "emailFolder", "00l"),
    Kind("Document", "documents", "document", "015", content=True, foldered=True),
    Kind("DocumentFolder", "documents", "documentFolder", "00l"),
    Kind("CustomObjectTranslation", "objectTranslations", "objectTranslation", "0RT"),
    Kind(
        "CustomFieldTranslation", "fields", "fieldTranslation", "0RU",
        parent="CustomObjectTranslation", element="fields",
    ),
    Kind("CustomLabel", "labels", "label", "101", parent="CustomLabels", element="labels"),
)  # fmt: skip


@cache
def by_name() -> dict[str, Kind]:
    plain, owned = [], []
    for line in _PLAIN.strip().splitlines():
        name, folder, suffix, prefix = line.split()
        plain.append(Kind(name, folder, suffix, prefix))
    for line in _PARTS.strip().splitlines():
        name, folder, suffix, prefix, element = line.split()
        owned.append(Kind(name, folder, suffix, prefix, parent="CustomObject", element=element))
    return {kind.name: kind for kind in (*_SPECIAL, *plain, *owned)}


@cache
def by_suffix() -> dict[str, Kind]:
    return {kind.suffix: kind for kind in by_name().values() if kind.suffix}


@cache
def by_folder() -> dict[str, list[Kind]]:
    """The kinds of a package's folders, folders of reports and the like first."""
    found: dict[str, list[Kind]] = {}
    for kind in by_name().values():
        if not kind.parent:
            found.setdefault(kind.folder, []).append(kind)
    return found


@cache
def parts_of(parent: str) -> dict[str, Kind]:
    """A parent's element → the kind it holds: `fields` → CustomField."""
    return {kind.element: kind for kind in by_name().values() if kind.parent == parent}


def is_part(name: str) -> bool:
    """Whether components of this kind stand inside another's, as fields do in an object."""
    kind = by_name().get(name)
    return kind is None or bool(kind.parent)
