/** Reading and writing records' fields, with the platform's refusals. */
import { castTo, fit, fitsType, typeOf } from './cast.mjs';
import { raise } from './errors.mjs';
import { sobjectInfo, sobjectType } from './registry.mjs';
import { BOOLEAN, DATE, DATETIME, DECIMAL, DOUBLE, INTEGER, STRING, listOf } from './types.mjs';
import { ApexDate, ApexList, Datetime, SObject } from './values.mjs';

/** The API name of an sObject, however it is spelled; null when there is none. */
export const sobjectNamed = (text) => sobjectInfo(text)?.name ?? null;
export const newRecord = (sobject) => new SObject(sobjectType(sobject));
export const infoOf = (record) => sobjectInfo(record.type.name);

/** Lower-cased name → {name, type: Apex type, describe: what the org says of the field}. */
export function fieldsOf(sobject) {
  const info = sobjectInfo(sobject);
  return info && new Map([...info.fields].map(([key, field]) => [key, { name: field.name, type: field.apexType, describe: field }]));
}

const noField = (record, name) => raise('SObjectException', `Invalid field ${name} for ${record.type.name}`);

/** A field by name, as SObject.get reads it: also of what a query named itself. */
export function readField(record, name) {
  const key = name.toLowerCase();
  if (record.fields.has(key)) return record.fields.get(key);
  if (record.type.name === 'AggregateResult') throw noField(record, name);
  const field = infoOf(record).fields.get(key);
  if (!field) throw noField(record, name);
  return emptyField(record, field);
}

/** A field the compiler knows. */
export function getField(record, key) {
  const found = record.fields.get(key);
  if (found !== undefined) return found;
  return emptyField(record, infoOf(record).fields.get(key));
}

function emptyField(record, field) {
  if (record.queried && !record.queried.has(field.key)) {
    const name = `${record.type.name}.${field.name}`;
    throw raise('SObjectException', `SObject row was retrieved via SOQL without querying the requested field: ${name}`);
  }
  return field.apexType === BOOLEAN ? false : null;
}

export function setField(record, key, value) {
  if (record.readOnly) throw raise('FinalException', 'Record is read-only');
  record.fields.set(key, value);
  if (record.parents) forgetParent(record, key);
  return value;
}

/** A new id makes the record behind the old one a stranger. */
function forgetParent(record, key) {
  for (const [name, parent] of record.parents) {
    const field = infoOf(record).parents.get(name);
    if (field?.key === key && parent && parent.fields.get('id')?.value !== record.fields.get(key)?.value) record.parents.delete(name);
  }
}

/** A field by name and any value, as SObject.put writes it; gives back what was there. */
export function writeField(record, name, value) {
  const key = name.toLowerCase();
  const field = infoOf(record)?.fields.get(key);
  if (!field) throw noField(record, name);
  const before = record.fields.get(key) ?? null;
  setField(record, key, fitField(field, value));
  return before;
}

const WIDER = new Map([[INTEGER, [DECIMAL, DOUBLE]], [DATETIME, [DATE]]]);

function fitField(field, value) {
  if (value === null || value === undefined) return null;
  const type = field.apexType;
  const given = typeOf(value);
  if (type === DATE && value instanceof Datetime) return new ApexDate(Math.floor(value.ms / 86400000));
  if (type === INTEGER && WIDER.get(INTEGER).includes(given)) return Math.trunc(value.toNumber?.() ?? value.value) | 0;
  const fitted = fit(value, type);
  if (!fitsType(typeOf(fitted), type)) {
    throw raise('SObjectException', `Illegal assignment from ${given.text} to ${type === STRING ? 'String' : type.text}`);
  }
  return fitted;
}

/** The parent record a relationship brought along or was given; null when the reference is empty. */
export function getParent(record, name) {
  if (record.parents?.has(name)) return record.parents.get(name);
  const field = infoOf(record).parents.get(name);
  if (record.queried && !record.fields.has(field.key)) {
    const shown = `${record.type.name}.${field.relationship}`;
    throw raise('SObjectException', `SObject row was retrieved via SOQL without querying the requested field: ${shown}`);
  }
  return null;
}

export function setParent(record, name, parent) {
  if (record.readOnly) throw raise('FinalException', 'Record is read-only');
  record.parents ??= new Map();
  record.parents.set(name, parent);
  return parent;
}

/** The records of a child relationship: those the query brought, or none. */
export function getChildren(record, name) {
  const found = record.children?.get(name);
  if (found) return found;
  const child = infoOf(record).children.get(name);
  if (record.queried) {
    const shown = `${record.type.name}.${child.name}`;
    throw raise('SObjectException', `SObject row was retrieved via SOQL without querying the requested field: ${shown}`);
  }
  return new ApexList(listOf(sobjectType(child.sobject)));
}

export { castTo };
