/** Schema.DescribeFieldResult. `state`: {sobject, rest: the REST describe of the field}. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { Decimal, SObjectToken } from '../../engine/values.mjs';
import { aList } from '../support/collections.mjs';
import { fieldToken } from '../support/describes.mjs';

const flag = (name) => (self) => Boolean(self.state.rest[name]);
const text = (name) => (self) => self.state.rest[name] ?? null;
const number = (name) => (self) => self.state.rest[name] ?? 0;

const enumValue = (kind, name) => findPlatform(kind).values.find((value) => value.name === name.toUpperCase()) ?? null;
const DISPLAY = { int: 'INTEGER' };
const SOAP = { int: 'INTEGER' };
const soapName = (type) => SOAP[type.replace(/^\w+:/, '')] ?? type.replace(/^\w+:/, '');

function defaultValue({ state: { rest } }) {
  const value = rest.defaultValue ?? null;
  return typeof value === 'number' && rest.type !== 'int' ? Decimal.of(value) : value;
}

const entries = ({ state: { rest } }) =>
  aList(findPlatform('Schema.PicklistEntry').type, (rest.picklistValues ?? []).map((value) => make('Schema.PicklistEntry', value)));

const FLAGS = {
  isAccessible: (self) => self.state.rest.accessible !== false,
  isAiPredictionField: flag('aiPredictionField'),
  isAutoNumber: flag('autoNumber'),
  isCalculated: flag('calculated'),
  isCascadeDelete: flag('cascadeDelete'),
  isCaseSensitive: flag('caseSensitive'),
  isCreateable: flag('createable'),
  isCustom: flag('custom'),
  isDefaultedOnCreate: flag('defaultedOnCreate'),
  isDependentPicklist: flag('dependentPicklist'),
  isDeprecatedAndHidden: flag('deprecatedAndHidden'),
  isEncrypted: flag('encrypted'),
  isExternalId: flag('externalId'),
  isFilterable: flag('filterable'),
  isFormulaTreatNullNumberAsZero: flag('formulaTreatNullNumberAsZero'),
  isGroupable: flag('groupable'),
  isHtmlFormatted: flag('htmlFormatted'),
  isIdLookup: flag('idLookup'),
  isNameField: flag('nameField'),
  isNamePointing: flag('namePointing'),
  isNillable: flag('nillable'),
  isPermissionable: flag('permissionable'),
  isRestrictedDelete: flag('restrictedDelete'),
  isRestrictedPicklist: flag('restrictedPicklist'),
  isSearchPrefilterable: flag('searchPrefilterable'),
  isSortable: flag('sortable'),
  isUnique: flag('unique'),
  isUpdateable: flag('updateable'),
  isWriteRequiresMasterRead: flag('writeRequiresMasterRead'),
};

export default platformClass('Schema.DescribeFieldResult', {
  instance: {
    ...Object.fromEntries(Object.entries(FLAGS).map(([name, read]) => [`Boolean ${name}()`, read])),
    'Integer getByteLength()': number('byteLength'),
    'String getCalculatedFormula()': text('calculatedFormula'),
    'Schema.SObjectField getController()': (self) => {
      const name = self.state.rest.controllerName;
      return name ? fieldToken(self.state.sobject, name) : null;
    },
    'Object getDefaultValue()': defaultValue,
    'String getDefaultValueFormula()': text('defaultValueFormula'),
    'Integer getDigits()': number('digits'),
    'String getInlineHelpText()': text('inlineHelpText'),
    'String getLabel()': text('label'),
    'Integer getLength()': number('length'),
    'String getLocalName()': (self) => self.state.rest.name.replace(/^\w+?__(?=\w+__\w+$)/, ''),
    'String getName()': text('name'),
    'List<Schema.PicklistEntry> getPicklistValues()': entries,
    'Integer getPrecision()': number('precision'),
    'String getReferenceTargetField()': text('referenceTargetField'),
    'List<Schema.SObjectType> getReferenceTo()': (self) =>
      aList(findPlatform('Schema.SObjectType').type, (self.state.rest.referenceTo ?? []).map((name) => new SObjectToken(name))),
    'String getRelationshipName()': text('relationshipName'),
    'Integer getRelationshipOrder()': (self) => self.state.rest.relationshipOrder ?? null,
    'Integer getScale()': number('scale'),
    'Schema.SoapType getSoapType()': (self) => enumValue('Schema.SoapType', soapName(self.state.rest.soapType)),
    'Schema.SObjectField getSObjectField()': (self) => fieldToken(self.state.sobject, self.state.rest.name),
    'Schema.SObjectType getSObjectType()': (self) => new SObjectToken(self.state.sobject),
    'Schema.DisplayType getType()': (self) => enumValue('Schema.DisplayType', DISPLAY[self.state.rest.type] ?? self.state.rest.type),
  },
});

platformClass('Schema.PicklistEntry', {
  instance: {
    'String getLabel()': (self) => self.state.label,
    'String getValue()': (self) => self.state.value,
    'Boolean isActive()': (self) => Boolean(self.state.active),
    'Boolean isDefaultValue()': (self) => Boolean(self.state.defaultValue),
  },
});
