/** Schema.DescribeSObjectResult. `state`: {name, rest: the REST describe, asked for at the first look}. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { ID, STRING } from '../../engine/types.mjs';
import { SObjectToken } from '../../engine/values.mjs';
import { idOrNull } from '../../engine/cast.mjs';
import { aList, aMap } from '../support/collections.mjs';
import { fieldToken } from '../support/describes.mjs';

const flag = (name) => (self) => Boolean(self.state.rest[name]);
const text = (name) => (self) => self.state.rest[name] ?? null;

const madeFor = new WeakMap();

/** One part of a describe is one value: two looks at it are equal, and it serves as a map's key. */
function part(className, facts) {
  if (!madeFor.has(facts)) madeFor.set(facts, make(className, facts));
  return madeFor.get(facts);
}

function children(self) {
  const type = findPlatform('Schema.ChildRelationship').type;
  return aList(type, self.state.rest.childRelationships.map((child) => part('Schema.ChildRelationship', child)));
}

const recordTypes = (self) => self.state.rest.recordTypeInfos.map((info) => part('Schema.RecordTypeInfo', info));
const infoType = () => findPlatform('Schema.RecordTypeInfo').type;
const byText = (name) => (self) => aMap(STRING, infoType(), recordTypes(self).map((info) => [info.state[name], info]));

export default platformClass('Schema.DescribeSObjectResult', {
  properties: {
    'Schema.SObjectTypeFields fields': { get: (self) => make('Schema.SObjectTypeFields', { sobject: self.state.name }) },
    'Schema.SObjectTypeFieldSets fieldSets': { get: (self) => make('Schema.SObjectTypeFieldSets', { sobject: self.state.name }) },
  },
  instance: {
    'List<Schema.ChildRelationship> getChildRelationships()': children,
    'String getKeyPrefix()': text('keyPrefix'),
    'String getLabel()': text('label'),
    'String getLabelPlural()': text('labelPlural'),
    'String getLocalName()': (self) => self.state.name.replace(/^\w+?__(?=\w+__\w+$)/, ''),
    'String getName()': (self) => self.state.name,
    'List<Schema.RecordTypeInfo> getRecordTypeInfos()': (self) => aList(infoType(), recordTypes(self)),
    'Map<Id, Schema.RecordTypeInfo> getRecordTypeInfosById()': (self) =>
      aMap(ID, infoType(), recordTypes(self).map((info) => [idOrNull(info.state.recordTypeId), info])),
    'Map<String, Schema.RecordTypeInfo> getRecordTypeInfosByName()': byText('name'),
    'Map<String, Schema.RecordTypeInfo> getRecordTypeInfosByDeveloperName()': byText('developerName'),
    'Schema.SObjectType getSObjectType()': (self) => new SObjectToken(self.state.name),
    'Boolean getHasSubtypes()': () => false,
    'Boolean isAccessible()': flag('queryable'),
    'Boolean isCreateable()': flag('createable'),
    'Boolean isCustom()': flag('custom'),
    'Boolean isCustomSetting()': flag('customSetting'),
    'Boolean isDeletable()': flag('deletable'),
    'Boolean isDeprecatedAndHidden()': flag('deprecatedAndHidden'),
    'Boolean isFeedEnabled()': flag('feedEnabled'),
    'Boolean isMergeable()': flag('mergeable'),
    'Boolean isMruEnabled()': flag('mruEnabled'),
    'Boolean isQueryable()': flag('queryable'),
    'Boolean isSearchable()': flag('searchable'),
    'Boolean isUndeletable()': flag('undeletable'),
    'Boolean isUpdateable()': flag('updateable'),
  },
});

platformClass('Schema.ChildRelationship', {
  instance: {
    'Schema.SObjectType getChildSObject()': (self) => new SObjectToken(self.state.childSObject),
    'Schema.SObjectField getField()': (self) => fieldToken(self.state.childSObject, self.state.field),
    'String getRelationshipName()': (self) => self.state.relationshipName ?? null,
    'Boolean isCascadeDelete()': (self) => Boolean(self.state.cascadeDelete),
    'Boolean isDeprecatedAndHidden()': (self) => Boolean(self.state.deprecatedAndHidden),
    'Boolean isRestrictedDelete()': (self) => Boolean(self.state.restrictedDelete),
  },
});

platformClass('Schema.RecordTypeInfo', {
  instance: {
    'String getDeveloperName()': (self) => self.state.developerName,
    'String getName()': (self) => self.state.name,
    'Id getRecordTypeId()': (self) => idOrNull(self.state.recordTypeId),
    'Boolean isActive()': (self) => Boolean(self.state.active),
    'Boolean isAvailable()': (self) => Boolean(self.state.available),
    'Boolean isDefaultRecordTypeMapping()': (self) => Boolean(self.state.defaultRecordTypeMapping),
    'Boolean isMaster()': (self) => Boolean(self.state.master),
  },
});
