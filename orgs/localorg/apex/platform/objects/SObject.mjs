/** System.SObject: what every record can do. */
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { getChildren, infoOf, readField, setParent, writeField } from '../../engine/records.mjs';
import { mapOf, OBJECT, STRING } from '../../engine/types.mjs';
import { ApexMap, FieldToken, SObjectToken } from '../../engine/values.mjs';
import { given, strict } from '../support/arguments.mjs';
import { aList } from '../support/collections.mjs';
import { cloneBy } from '../support/copies.mjs';
import { databaseError } from '../support/results.mjs';
import { findPlatform } from '../../engine/registry.mjs';

/** A field named by text or token; a token of another object is refused. */
function nameOf(record, field) {
  if (!(given(field) instanceof FieldToken)) return field;
  if (field.sobject !== record.type.name && record.type.name !== 'AggregateResult') {
    throw raise('SObjectException', `${field.sobject}.${field.field} does not belong to SObject type ${record.type.name}`);
  }
  return field.field;
}

function get(self, field) {
  const name = nameOf(self, field);
  if (!name.includes('.')) return readField(self, name);
  throw raise('SObjectException', `Invalid field ${name} for ${self.type.name}`);
}

function put(self, field, value) {
  return writeField(self, nameOf(self, field), value);
}

/** A relationship's own name: `Owner` for OwnerId, `Parent__r`. */
function relationship(self, field) {
  const name = field instanceof FieldToken ? infoOf(self).fields.get(field.field.toLowerCase())?.relationship : given(field);
  const key = (name ?? '').toLowerCase();
  if (!infoOf(self).parents.has(key)) throw raise('SObjectException', `Invalid relationship ${name} for ${self.type.name}`);
  return key;
}

function getSObject(self, field) {
  return self.parents?.get(relationship(self, field)) ?? null;
}

function putSObject(self, field, parent) {
  const key = relationship(self, field);
  const before = self.parents?.get(key) ?? null;
  setParent(self, key, parent);
  return before;
}

function getSObjects(self, name) {
  const key = given(name).toLowerCase();
  if (!infoOf(self).children.has(key)) throw raise('SObjectException', `Invalid relationship ${name} for ${self.type.name}`);
  const found = self.children?.get(key);
  return found && found.items.length ? getChildren(self, key) : null;
}

function populated(self) {
  const map = new ApexMap(mapOf(STRING, OBJECT));
  const info = infoOf(self);
  for (const [key, value] of self.fields) {
    if (value !== null || !self.queried) map.table.set(info?.fields.get(key)?.name ?? self.spelling?.get(key) ?? key, value);
  }
  for (const [key, parent] of self.parents ?? []) if (parent) map.table.set(info.parents.get(key).relationship, parent);
  for (const [key, list] of self.children ?? []) map.table.set(info.children.get(key).name, list);
  return map;
}

function isSet(self, field) {
  const key = nameOf(self, field).toLowerCase();
  if (!infoOf(self)?.fields.has(key)) throw raise('SObjectException', `Invalid field ${field} for ${self.type.name}`);
  return self.fields.has(key);
}

function addError(self, message, field = null) {
  self.errors ??= [];
  self.errors.push({ field, message: given(message) });
}

const errorsOf = (self) =>
  aList(
    findPlatform('Database.Error').type,
    (self.errors ?? []).map(({ field, message }) =>
      databaseError({ code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message, fields: field ? [field] : [] }),
    ),
  );

const messageOf = (exception) => given(exception).state.message ?? 'Script-thrown exception';

export default platformClass('SObject', {
  instance: {
    'void addError(String message)': (self, message) => addError(self, message),
    'void addError(String message, Boolean escape)': (self, message) => addError(self, message),
    'void addError(Exception problem)': (self, problem) => addError(self, messageOf(problem)),
    'void addError(Exception problem, Boolean escape)': (self, problem) => addError(self, messageOf(problem)),
    'void addError(String field, String message)': (self, field, message) => addError(self, message, nameOf(self, field)),
    'void addError(String field, String message, Boolean escape)': (self, field, message) => addError(self, message, nameOf(self, field)),
    'void addError(Schema.SObjectField field, String message)': (self, field, message) => addError(self, message, nameOf(self, field)),
    'void addError(Schema.SObjectField field, String message, Boolean escape)': (self, field, message) =>
      addError(self, message, nameOf(self, field)),
    'void clear()': (self) => {
      if (self.readOnly) throw raise('FinalException', 'Record is read-only');
      self.fields.clear();
      self.parents = self.children = self.queried = null;
    },
    'SObject clone()': (self) => cloneBy(self, []),
    'SObject clone(Boolean preserveId)': (self, ...keep) => cloneBy(self, keep),
    'SObject clone(Boolean preserveId, Boolean isDeepClone)': (self, ...keep) => cloneBy(self, keep),
    'SObject clone(Boolean preserveId, Boolean isDeepClone, Boolean preserveReadonlyTimestamps)': (self, ...keep) => cloneBy(self, keep),
    'SObject clone(Boolean preserveId, Boolean isDeepClone, Boolean preserveReadonlyTimestamps, Boolean preserveAutonumber)': (
      self,
      ...keep
    ) => cloneBy(self, keep),
    'Object get(String field)': get,
    'Object get(Schema.SObjectField field)': get,
    'Id getCloneSourceId()': (self) => self.cloneSource ?? null,
    'List<Database.Error> getErrors()': errorsOf,
    'Database.DMLOptions getOptions()': (self) => self.options ?? null,
    'Map<String, Object> getPopulatedFieldsAsMap()': populated,
    'SObject getSObject(String relationship)': getSObject,
    'SObject getSObject(Schema.SObjectField field)': getSObject,
    'List<SObject> getSObjects(String relationship)': getSObjects,
    'Schema.SObjectType getSObjectType()': (self) => new SObjectToken(self.type.name),
    'String getQuickActionName()': () => null,
    'Boolean hasErrors()': (self) => Boolean(self.errors?.length),
    'Boolean isClone()': (self) => Boolean(self.isClone),
    'Boolean isSet(String field)': isSet,
    'Boolean isSet(Schema.SObjectField field)': isSet,
    'Object put(String field, Object value)': put,
    'Object put(Schema.SObjectField field, Object value)': put,
    'SObject putSObject(String relationship, SObject parent)': putSObject,
    'SObject putSObject(Schema.SObjectField field, SObject parent)': putSObject,
    'void setOptions(Database.DMLOptions options)': strict((self, options) => {
      self.options = options;
    }),
  },
});
