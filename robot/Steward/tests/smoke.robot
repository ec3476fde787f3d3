*** Settings ***
Documentation       The package in an org: what an administrator and a gift officer meet first.
...                 `cci task run robot --org dev`; without a browser: `-o include api`.
Resource            cumulusci/robotframework/Salesforce.robot
Suite Setup         Run Keyword If    ${BROWSER_WANTED}    Open Test Browser
Suite Teardown      Delete Records And Close Browser


*** Variables ***
${BROWSER_WANTED}       ${True}
${MODES}                Full,Guided,Shadow,Pilot


*** Test Cases ***
Nobody's Answers Are Hidden Or Shown By Accident
    [Documentation]    The switch is on, and the rollout mode is one that the scoring service knows.
    [Tags]    api
    ${on} =    Setting    Switched_On
    Should Be Equal    ${on}    true
    ${mode} =    Setting    Rollout_Mode
    Should Contain    ${MODES}    ${mode}

A Donor's Answer Reaches The Contact
    [Documentation]    The Contact's fields show what the profile holds, and nothing once the donor opts out.
    [Tags]    api
    ${contact} =    Scored Donor    Full
    ${shown} =    Salesforce Get    Contact    ${contact}
    Should Be Equal As Numbers    ${shown}[AI_Propensity_Score__c]    34.5
    Should Be Equal    ${shown}[AI_Segment__c]    Loyal donor
    Salesforce Update    Contact    ${contact}    AI_Opt_Out__c=${True}
    ${hidden} =    Salesforce Get    Contact    ${contact}
    Should Be Equal    ${hidden}[AI_Propensity_Score__c]    ${None}

An Answer In Shadow Is Not Shown
    [Tags]    api
    ${contact} =    Scored Donor    Shadow
    ${shown} =    Salesforce Get    Contact    ${contact}
    Should Be Equal    ${shown}[AI_Propensity_Score__c]    ${None}

The Card Stands On The Donor's Page
    [Tags]    browser
    ${contact} =    Scored Donor    Full
    Go To    ${ORG}[instance_url]/lightning/app/c__Donor_Insights
    Go To Record Home    ${contact}
    Wait Until Page Contains    Donor Insight
    Wait Until Page Contains    Loyal donor

The Administrator's Tabs Open
    [Tags]    browser
    Go To    ${ORG}[instance_url]/lightning/n/AI_Setup
    Wait Until Page Contains    Set up the scores
    Go To    ${ORG}[instance_url]/lightning/n/AI_Health
    Wait Until Page Contains    Health of the scores


*** Keywords ***
Setting
    [Documentation]    The value of one Steward Setting.
    [Arguments]    ${name}
    ${rows} =    Salesforce Query    AI_Setting__mdt    select=Value__c    DeveloperName=${name}
    RETURN    ${rows}[0][Value__c]

Scored Donor
    [Documentation]    A Contact with a profile as the scoring service writes it; deleted at the end.
    [Arguments]    ${mode}
    ${name} =    Generate Random String
    ${contact} =    Salesforce Insert    Contact    LastName=${name}
    ${profile} =    Salesforce Insert    AI_Donor_Profile__c
    ...    Contact__c=${contact}    Donor_Id__c=${contact}    Basis__c=Individual    Method__c=Model    Mode__c=${mode}
    ...    Segment__c=Loyal donor    Propensity_Score__c=34.5    Propensity_Band__c=High
    Salesforce Update    Contact    ${contact}    AI_Donor_Profile__c=${profile}
    RETURN    ${contact}
