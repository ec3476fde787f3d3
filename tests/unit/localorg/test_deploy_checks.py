"""Kinds of components that our package has few of: a sound one is taken, each bad twin refused with its problem."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import pytest
from deploy_kit import deploy, package, taken, xml
from engine_org import FORCE_APP, new_org
from localorg.deploy.plan import Plan
from localorg.deploy.problems import Problems
from localorg.deploy.source import from_folder, read
from localorg.engine import Org

Twin = tuple[str, str, str]  # what stands in the sound component, what the twin has instead, what is said of it


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    with new_org(tmp_path_factory.mktemp("org")) as opened:
        taken(opened, ACTION)
        yield opened


ACTION_CODE = b"public class Greet { @InvocableMethod(label='Greet') public static void greet(List<Id> ids) { } }"
ACTION = package(
    {
        "classes/Greet.cls": ACTION_CODE,
        "classes/Greet.cls-meta.xml": xml("ApexClass", "<apiVersion>67.0</apiVersion><status>Active</status>"),
        "classes/Mute.cls": b"public class Mute { }",
        "classes/Mute.cls-meta.xml": xml("ApexClass", "<apiVersion>67.0</apiVersion><status>Active</status>"),
    },
    {"ApexClass": "Greet Mute"},
)
FLOW = """
<actionCalls><name>Call</name><label>Call</label><locationX>1</locationX><locationY>1</locationY>
<actionName>Greet</actionName><actionType>apex</actionType>
<inputParameters><name>ids</name><value><elementReference>$Record.Id</elementReference></value></inputParameters>
</actionCalls>
<apiVersion>67.0</apiVersion>
<decisions><name>Large</name><label>Large?</label><locationX>1</locationX><locationY>1</locationY>
<defaultConnectorLabel>No</defaultConnectorLabel>
<rules><name>Yes</name><conditionLogic>and</conditionLogic>
<conditions><leftValueReference>$Record.Amount</leftValueReference><operator>GreaterThan</operator>
<rightValue><elementReference>Limit</elementReference></rightValue></conditions>
<connector><targetReference>Call</targetReference></connector><label>Yes</label></rules></decisions>
<label>Greet large gifts</label>
<processType>AutoLaunchedFlow</processType>
<recordLookups><name>Find</name><label>Find</label><locationX>1</locationX><locationY>1</locationY>
<assignNullValuesIfNoRecordsFound>false</assignNullValuesIfNoRecordsFound>
<connector><targetReference>Large</targetReference></connector>
<filters><field>LastName</field><operator>EqualTo</operator><value><stringValue>{!Limit}</stringValue></value></filters>
<getFirstRecordOnly>true</getFirstRecordOnly><object>Contact</object><queriedFields>Id</queriedFields>
<storeOutputAutomatically>true</storeOutputAutomatically></recordLookups>
<start><locationX>1</locationX><locationY>1</locationY><connector><targetReference>Find</targetReference></connector>
<filters><field>StageName</field><operator>EqualTo</operator><value><stringValue>Posted</stringValue></value></filters>
<object>Opportunity</object><recordTriggerType>Create</recordTriggerType><triggerType>RecordAfterSave</triggerType></start>
<status>Draft</status>
<variables><name>Limit</name><dataType>Number</dataType><isCollection>false</isCollection><isInput>false</isInput>
<isOutput>false</isOutput></variables>
"""
FLOW_TWINS: list[Twin] = [
    ("<targetReference>Large", "<targetReference>Huge", "The element Huge that a connector leads to does not exist"),
    ("<field>StageName", "<field>Stage", "In field: field - no CustomField named Opportunity.Stage found"),
    ("<object>Opportunity", "<object>Opportunities", "In field: object - no CustomObject named Opportunities found"),
    ("<field>LastName", "<field>Lastname__c", "In field: field - no CustomField named Contact.Lastname__c found"),
    ("<queriedFields>Id", "<queriedFields>Idd", "In field: queriedFields - no CustomField named Contact.Idd found"),
    ("<actionName>Greet", "<actionName>Greeet", "In field: actionName - no ApexClass named Greeet found"),
    ("<actionName>Greet", "<actionName>Mute", "The Apex class Mute has no invocable method"),
    ("<elementReference>Limit", "<elementReference>Limmit", "The flow has no element or resource named Limmit"),
    ("{!Limit}", "{!Limmit.Name}", "The flow has no element or resource named Limmit"),
    ("<name>Find</name>", "<name>Large</name>", "The name Large is used more than once"),
    (
        "<label>Greet large gifts</label>",
        "<formulas><name>F</name><expression>IF({!Limit} &gt; 1, 2</expression></formulas><label>G</label>",
        "The formula expression is invalid",
    ),
    ("<operator>EqualTo</operator>", "<operator>Equals</operator>", "'Equals' is not a valid value for the enum"),
    ("<label>Greet large gifts</label>", "", "Required field is missing: label"),
]
EXTERNAL = """<authenticationProtocol>Custom</authenticationProtocol>
<externalCredentialParameters><parameterGroup>P</parameterGroup><parameterName>P</parameterName>
<parameterType>NamedPrincipal</parameterType><sequenceNumber>1</sequenceNumber></externalCredentialParameters>
<label>Scoring</label>"""
NAMED = """<allowMergeFieldsInBody>false</allowMergeFieldsInBody><allowMergeFieldsInHeader>false</allowMergeFieldsInHeader>
<calloutStatus>Enabled</calloutStatus><generateAuthorizationHeader>true</generateAuthorizationHeader>
<label>Scoring</label>
<namedCredentialParameters><parameterName>Url</parameterName><parameterType>Url</parameterType>
<parameterValue>https://scoring.example.org</parameterValue></namedCredentialParameters>
<namedCredentialParameters><externalCredential>Scoring</externalCredential><parameterName>E</parameterName>
<parameterType>Authentication</parameterType></namedCredentialParameters>
<namedCredentialType>SecuredEndpoint</namedCredentialType>"""
NAMED_TWINS: list[Twin] = [
    ("<externalCredential>Scoring", "<externalCredential>Scorin", "no ExternalCredential named Scorin found"),
    ("https://scoring", "http://scoring", "The URL must begin with https: http://scoring.example.org"),
    ("https://scoring.example.org", "scoring", "Invalid URL: scoring"),
    ("<parameterType>Url<", "<parameterType>HttpHeader<", "exactly one parameter of type Url"),
]
EXTERNAL_TWINS: list[Twin] = [
    ("NamedPrincipal", "AuthHeader", "An external credential needs at least one principal"),
    ("<parameterName>P", "<authProvider>Nobody</authProvider><parameterName>P", "no AuthProvider named Nobody found"),
]
ACTION_BODY = """<fieldOverrides><field>Subject</field><formula>&quot;Call&quot;</formula></fieldOverrides>
<label>Log a call</label><optionsCreateFeedItem>false</optionsCreateFeedItem>
<quickActionLayout><layoutSectionStyle>TwoColumnsLeftToRight</layoutSectionStyle><quickActionLayoutColumns>
<quickActionLayoutItems><emptySpace>false</emptySpace><field>Description</field><uiBehavior>Edit</uiBehavior>
</quickActionLayoutItems></quickActionLayoutColumns></quickActionLayout>
<targetObject>Task</targetObject><targetParentField>Who</targetParentField><type>Create</type>"""
ACTION_TWINS: list[Twin] = [
    ("<targetObject>Task", "<targetObject>Tusk", "In field: targetObject - no CustomObject named Tusk found"),
    ("<field>Description", "<field>Descriptor", "In field: field - no CustomField named Task.Descriptor found"),
    ("<field>Subject", "<field>Subjekt", "In field: field - no CustomField named Task.Subjekt found"),
]
PERMISSIONS = """<classAccesses><apexClass>Greet</apexClass><enabled>true</enabled></classAccesses>
<externalCredentialPrincipalAccesses><enabled>true</enabled>
<externalCredentialPrincipal>Scoring-P</externalCredentialPrincipal></externalCredentialPrincipalAccesses>
<flowAccesses><enabled>true</enabled><flow>Greeting</flow></flowAccesses>
<label>Greeters</label>
<recordTypeVisibilities><recordType>Account.HH_Account</recordType><visible>true</visible></recordTypeVisibilities>
<tabSettings><tab>standard-Contact</tab><visibility>Visible</visibility></tabSettings>"""
PERMISSION_TWINS: list[Twin] = [
    ("Scoring-P", "Scoring-Q", "no ExternalCredential principal named Scoring-Q found"),
    ("<flow>Greeting", "<flow>Greting", "In field: flow - no Flow named Greting found"),
    ("HH_Account", "HH_Acount", "In field: recordType - no RecordType named Account.HH_Acount found"),
    ("<visibility>Visible", "<visibility>Shown", "'Shown' is not a valid value for the enum"),
]
LWC = """<apiVersion>67.0</apiVersion><isExposed>true</isExposed><targetConfigs>
<targetConfig targets="lightning__RecordPage"><objects><object>Contact</object></objects></targetConfig></targetConfigs>
<targets><target>lightning__RecordPage</target></targets>"""
LWC_TWINS: list[Twin] = [
    ("<target>lightning__RecordPage", "<target>RecordPage", "'RecordPage' is not a valid target"),
    ("<object>Contact", "<object>Kontact", "In field: object - no CustomObject named Kontact found"),
]
TRANSLATION = "<customLabels><label>Bonjour</label><name>Hello</name></customLabels>"
TRANSLATION_TWINS: list[Twin] = [("<name>Hello", "<name>Helo", "In field: name - no CustomLabel named Helo found")]
VALUES = """<customValue><fullName>Warm</fullName><default>false</default><label>Warm</label></customValue>
<masterLabel>Warmth</masterLabel><sorted>false</sorted>"""
WARM = "<valueTranslation><masterLabel>Warm</masterLabel><translation>Tiède</translation></valueTranslation>"
WARM_TWINS: list[Twin] = [
    ("<masterLabel>Warm", "<masterLabel>Worm", "In field: masterLabel - no picklist value named Worm found"),
]
LABELS = (
    "<labels><fullName>Hello</fullName><language>en_US</language><protected>true</protected>"
    "<shortDescription>Hello</shortDescription><value>Good morning</value></labels>"
)
SOUND = {
    "labels/CustomLabels.labels": ("CustomLabels", LABELS),
    "lwc/greeter/greeter.js-meta.xml": ("LightningComponentBundle", LWC),
    "translations/fr.translation": ("Translations", TRANSLATION),
    "globalValueSets/Warmth.globalValueSet": ("GlobalValueSet", VALUES),
    "globalValueSetTranslations/Warmth-fr.globalValueSetTranslation": ("GlobalValueSetTranslation", WARM),
    "flows/Greeting.flow": ("Flow", FLOW),
    "externalCredentials/Scoring.externalCredential": ("ExternalCredential", EXTERNAL),
    "namedCredentials/Scoring.namedCredential": ("NamedCredential", NAMED),
    "quickActions/Contact.Log_Call.quickAction": ("QuickAction", ACTION_BODY),
    "permissionsets/Greeters.permissionset": ("PermissionSet", PERMISSIONS),
}
MEMBERS = {
    "Flow": "Greeting", "ExternalCredential": "Scoring", "NamedCredential": "Scoring", "QuickAction": "Contact.Log_Call",
    "PermissionSet": "Greeters", "CustomLabel": "Hello", "LightningComponentBundle": "greeter", "Translations": "fr",
    "GlobalValueSet": "Warmth", "GlobalValueSetTranslation": "Warmth-fr",
}  # fmt: skip
TWINS = [
    *(("flows/Greeting.flow", *twin) for twin in FLOW_TWINS),
    *(("externalCredentials/Scoring.externalCredential", *twin) for twin in EXTERNAL_TWINS),
    *(("namedCredentials/Scoring.namedCredential", *twin) for twin in NAMED_TWINS),
    *(("quickActions/Contact.Log_Call.quickAction", *twin) for twin in ACTION_TWINS),
    *(("lwc/greeter/greeter.js-meta.xml", *twin) for twin in LWC_TWINS),
    *(("translations/fr.translation", *twin) for twin in TRANSLATION_TWINS),
    *(("globalValueSetTranslations/Warmth-fr.globalValueSetTranslation", *twin) for twin in WARM_TWINS),
    *(("permissionsets/Greeters.permissionset", *twin) for twin in PERMISSION_TWINS),
]


def files(change: Callable[[str, str], str] = lambda path, text: text) -> dict[str, bytes]:
    made = {path: xml(kind, change(path, text)) for path, (kind, text) in SOUND.items()}
    return package(made | {"lwc/greeter/greeter.js": b"export default class Greeter {}"}, MEMBERS)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_wrong_with_the_package_it_is_said_and_nothing_breaks(org: Org, seed: int) -> None:
    """Elements of our real package left out, emptied, doubled or filled with nonsense, six at a time."""
    chance, changed = random.Random(seed), from_folder(FORCE_APP)
    texts = {path: body.decode() for path, body in sorted(changed.items()) if path.endswith("-meta.xml")}
    leaves = {path: found for path, text in texts.items() if (found := list(re.finditer(r"<(\w+)>([^<]*)</\1>", text)))}
    for path in chance.sample(sorted(leaves), 6):
        text, found = texts[path], chance.choice(leaves[path])
        tag, whole = found.group(1), found.group()
        new = chance.choice(["", f"<{tag}></{tag}>", f"<{tag}>Zzz</{tag}>", whole + whole])
        changed[path] = (text[: found.start()] + new + text[found.end() :]).encode()
    problems = Problems()
    Plan(org.schema, read(changed, problems), org.shelf, problems, {}).build()
    assert all(one.message and one.file and one.line for one in problems.found)


def test_the_sound_components_are_taken(org: Org) -> None:
    result = taken(org, files(), check_only=True)
    assert {one.component.kind for one in result.outcomes} == set(MEMBERS)
    assert result.warnings == []


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin[3][:50])
def test_a_bad_twin_is_refused(org: Org, twin: tuple[str, str, str, str]) -> None:
    path, old, new, message = twin
    assert old in SOUND[path][1]
    found = deploy(org, files(lambda name, text: text.replace(old, new, 1) if name == path else text), check_only=True)
    assert any(message in one.message for one in found.problems), [str(one) for one in found.problems]
    assert all(one.file == path for one in found.problems if message in one.message)
