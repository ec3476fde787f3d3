/** Schema.SObjectTypeFields and SObjectTypeFieldSets: `describe.fields.getMap()`, `Schema.SObjectType.Account.fields.Name`. */
import { make } from '../../engine/calls.mjs';
import { org } from '../../engine/org.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { fieldsOf } from '../../engine/records.mjs';
import { FieldToken, SObjectToken } from '../../engine/values.mjs';
import { aList } from '../support/collections.mjs';
import { describeField, fieldToken } from '../support/describes.mjs';
import { foldedMap } from '../support/foldedmap.mjs';

function fieldMap({ state: { sobject } }) {
  const type = findPlatform('Schema.SObjectField').type;
  return foldedMap(type, [...fieldsOf(sobject).values()].map(({ name }) => [name, fieldToken(sobject, name)]));
}

export default platformClass('Schema.SObjectTypeFields', {
  instance: { 'Map<String, Schema.SObjectField> getMap()': fieldMap },
  instanceMemberOf: (name) => ({
    type: findPlatform('Schema.DescribeFieldResult').type,
    get: (self) => describeField(new FieldToken(self.state.sobject, fieldsOf(self.state.sobject).get(name.toLowerCase())?.name ?? name)),
  }),
});

const fieldSets = (sobject) => org.ask('fieldsets', { sobject });
const setOf = (sobject, set) => make('Schema.FieldSet', { sobject, ...set });

platformClass('Schema.SObjectTypeFieldSets', {
  instance: {
    'Map<String, Schema.FieldSet> getMap()': ({ state: { sobject } }) =>
      foldedMap(findPlatform('Schema.FieldSet').type, fieldSets(sobject).map((set) => [set.name, setOf(sobject, set)])),
  },
  instanceMemberOf: (name) => ({
    type: findPlatform('Schema.FieldSet').type,
    get: ({ state: { sobject } }) => {
      const found = fieldSets(sobject).find((set) => set.name.toLowerCase() === name.toLowerCase());
      return found ? setOf(sobject, found) : null;
    },
  }),
});

/** `state`: {sobject, name, label, description, fields: [{field, required}]}; `field` may be a path of relationships. */
platformClass('Schema.FieldSet', {
  instance: {
    'String getDescription()': (self) => self.state.description ?? null,
    'List<Schema.FieldSetMember> getFields()': (self) =>
      aList(
        findPlatform('Schema.FieldSetMember').type,
        self.state.fields.map((member) => make('Schema.FieldSetMember', { sobject: self.state.sobject, ...member })),
      ),
    'String getLabel()': (self) => self.state.label,
    'String getName()': (self) => self.state.name,
    'String getNamespace()': (self) => self.state.namespace ?? null,
    'Schema.SObjectType getSObjectType()': (self) => new SObjectToken(self.state.sobject),
  },
});

/** The field at the end of a member's path. */
function lastField({ state: { sobject, field } }) {
  const path = field.split('.');
  let owner = sobject;
  for (const relationship of path.slice(0, -1)) {
    const through = [...fieldsOf(owner).values()].find((one) => one.describe.relationship?.toLowerCase() === relationship.toLowerCase());
    owner = through.describe.parents[0];
  }
  return fieldToken(owner, fieldsOf(owner).get(path.at(-1).toLowerCase()).name);
}

const described = (self) => describeField(lastField(self)).state.rest;
const equal = (self, other) => other?.cls === self.cls && other.state.sobject === self.state.sobject && other.state.field === self.state.field;

platformClass('Schema.FieldSetMember', {
  instance: {
    'Boolean getDbRequired()': (self) => !described(self).nillable,
    'String getFieldPath()': (self) => self.state.field,
    'String getLabel()': (self) => described(self).label,
    'Boolean getRequired()': (self) => Boolean(self.state.required),
    'Schema.SObjectField getSObjectField()': lastField,
    'Schema.DisplayType getType()': (self) => {
      const type = described(self).type.toUpperCase();
      return findPlatform('Schema.DisplayType').values.find((value) => value.name === type);
    },
    'Boolean equals(Object other)': equal,
    'Integer hashCode()': (self) => self.state.field.length,
  },
});
