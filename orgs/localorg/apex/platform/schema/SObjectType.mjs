/** Schema.SObjectType: `Account.SObjectType` as a token, and `Schema.SObjectType.Account`, its describe. */
import { randomUUID } from 'node:crypto';
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { fieldsOf, newRecord, writeField } from '../../engine/records.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { describeOf, fieldToken, sobjectToken } from '../support/describes.mjs';

function create(self, id = null, withDefaults = false) {
  const record = newRecord(self.sobject);
  if (id) writeField(record, 'Id', id);
  if (withDefaults) applyDefaults(record);
  return record;
}

/** What the fields' describes say a new record starts with. */
function applyDefaults(record) {
  if (fieldsOf(record.type.name).has('eventuuid')) record.fields.set('eventuuid', randomUUID());
  const rest = describeOf(record.type.name).state.rest;
  for (const field of rest.fields) {
    if (field.createable && field.defaultValue !== null && field.defaultValue !== undefined) {
      record.fields.set(field.name.toLowerCase(), field.defaultValue);
    }
  }
  for (const field of rest.fields) {
    const chosen = field.createable && field.picklistValues?.find((value) => value.defaultValue);
    if (chosen) record.fields.set(field.name.toLowerCase(), chosen.value);
  }
}

export default platformClass('Schema.SObjectType', {
  memberOf: (name) => {
    const token = sobjectToken(name);
    return token && { type: findPlatform('Schema.DescribeSObjectResult').type, get: () => describeOf(token.sobject) };
  },
  properties: {
    'Schema.SObjectFieldTokens fields': { get: (self) => make('Schema.SObjectFieldTokens', { sobject: self.sobject }) },
  },
  instance: {
    'Schema.DescribeSObjectResult getDescribe()': (self) => describeOf(self.sobject),
    'Schema.DescribeSObjectResult getDescribe(Object options)': (self) => describeOf(self.sobject),
    'SObject newSObject()': (self) => create(self),
    'SObject newSObject(Id id)': create,
    'SObject newSObject(Id recordTypeId, Boolean loadDefaults)': (self, recordType, defaults) => {
      const record = create(self, null, defaults);
      if (recordType && fieldsOf(self.sobject).has('recordtypeid')) writeField(record, 'RecordTypeId', recordType);
      return record;
    },
    'String toString()': (self) => self.sobject,
  },
});

/** `Account.SObjectType.fields.Name`: the token itself, where `Schema.SObjectType.Account.fields.Name` is its describe. */
platformClass('Schema.SObjectFieldTokens', {
  instanceMemberOf: (name) => ({
    type: findPlatform('Schema.SObjectField').type,
    get: ({ state: { sobject } }) => fieldToken(sobject, fieldsOf(sobject).get(name.toLowerCase())?.name ?? name),
  }),
});
