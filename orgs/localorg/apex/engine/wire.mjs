/** Values as JSON on their way to the org and back. */
import { raise } from './errors.mjs';
import { sobjectInfo, sobjectType } from './registry.mjs';
import { idOrNull } from './cast.mjs';
import { BLOB, BOOLEAN, DATE, DATETIME, DECIMAL, DOUBLE, ID, INTEGER, STRING, TIME, listOf } from './types.mjs';
import { ApexDate, ApexList, ApexMap, ApexSet, Blob, Datetime, Decimal, Double, EnumValue, Id, SObject, SObjectToken, Time } from './values.mjs';

const three = (number) => String(number).padStart(3, '0');

/** A field's value as the org's records hold it. */
export function plain(value) {
  if (value === null || value === undefined) return null;
  if (value instanceof Datetime) return new Date(value.ms).toISOString();
  if (value instanceof Time) return `${new Date(value.ms).toISOString().slice(11, 19)}.${three(value.ms % 1000)}Z`;
  if (value instanceof Blob) return value.bytes.toString('base64');
  if (value instanceof Double) return String(value.value);
  if (typeof value === 'boolean') return value;
  if (value instanceof EnumValue) return value.name;
  return String(value.sobject ?? value);
}

/** A bound value with its kind: SOQL compares a text and a date differently. */
export function bound(value) {
  if (value instanceof ApexList || value instanceof ApexSet) return { kind: 'list', value: value.items.flatMap(boundItem) };
  if (value instanceof ApexMap) return { kind: 'list', value: value.table.keys().flatMap(boundItem) };
  return boundItem(value)[0];
}

function boundItem(value) {
  if (value instanceof ApexList || value instanceof ApexSet) return value.items.flatMap(boundItem);
  if (value instanceof SObject) return [{ kind: 'string', value: plain(value.fields.get('id') ?? null) }].filter((one) => one.value !== null);
  return [{ kind: kindOf(value), value: plain(value) }];
}

function kindOf(value) {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal || value instanceof Double) return 'number';
  if (value instanceof ApexDate) return 'date';
  if (value instanceof Datetime) return 'datetime';
  if (value instanceof Time) return 'time';
  return 'string';
}

const READERS = new Map([
  [ID, (value) => idOrNull(value) ?? new Id(value)],
  [STRING, String],
  [BOOLEAN, Boolean],
  [INTEGER, (value) => Number(value) | 0],
  [DECIMAL, (value, field) => Decimal.of(String(value), field?.scale)],
  [DOUBLE, (value) => new Double(Number(value))],
  [DATE, (value) => dateOf(value)],
  [DATETIME, (value) => new Datetime(Date.parse(value))],
  [TIME, (value) => timeOf(value)],
  [BLOB, (value) => new Blob(Buffer.from(value, 'base64'))],
]);

export const dateOf = (text) => ApexDate.of(...text.slice(0, 10).split('-').map(Number));

function timeOf(text) {
  const [hours, minutes, seconds] = text.replace('Z', '').split(':').map(Number);
  return new Time(Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000));
}

/** A record as the API shows it. */
export function recordOf(shown, type = null) {
  const name = shown.attributes?.type ?? type.name;
  const info = sobjectInfo(name);
  const record = new SObject(info ? sobjectType(name) : type);
  record.queried = new Set(['id']);
  const url = shown.attributes?.url;
  if (url) record.fields.set('id', new Id(url.slice(url.lastIndexOf('/') + 1)));
  for (const [key, value] of Object.entries(shown)) if (key !== 'attributes') place(record, info, key, value);
  return record;
}

function place(record, info, name, value) {
  const key = name.toLowerCase();
  record.queried.add(key);
  const field = info?.fields.get(key);
  if (field) {
    record.fields.set(key, value === null ? null : READERS.get(field.apexType)(value, field));
  } else if (info?.parents.has(key)) {
    record.parents ??= new Map();
    record.parents.set(key, value === null ? null : recordOf(value));
  } else if (info?.children.has(key)) {
    record.children ??= new Map();
    const type = sobjectType(info.children.get(key).sobject);
    record.children.set(key, new ApexList(listOf(type), (value?.records ?? []).map((child) => recordOf(child, type))));
  } else {
    record.fields.set(key, typeof value === 'object' && value !== null ? null : value);
  }
}

/** A row of an aggregate query; `types` says what each column holds. */
export function aggregateOf(shown, type, types) {
  const record = new SObject(type);
  record.queried = new Set();
  record.spelling = new Map();
  for (const [name, value] of Object.entries(shown)) {
    if (name === 'attributes') continue;
    record.queried.add(name.toLowerCase());
    record.spelling.set(name.toLowerCase(), name);
    record.fields.set(name.toLowerCase(), value === null ? null : read(value, types[name]));
  }
  return record;
}

const AGGREGATE_TYPES = { int: INTEGER, double: DECIMAL, currency: DECIMAL, percent: DECIMAL, boolean: BOOLEAN, date: DATE, datetime: DATETIME, id: ID, reference: ID, average: DOUBLE };

function read(value, kind) {
  const type = AGGREGATE_TYPES[kind] ?? (typeof value === 'number' ? DECIMAL : STRING);
  return READERS.get(type)(value);
}

/** The fields to write: all that were set; a parent given by its external id goes along. */
export function writable(record) {
  const info = sobjectInfo(record.type.name);
  if (!info || info.name === 'AggregateResult') throw raise('SObjectException', `${record.type.name} cannot be saved`);
  const shown = {};
  for (const [key, value] of record.fields) shown[info.fields.get(key)?.name ?? key] = plain(value);
  for (const [key, parent] of record.parents ?? []) {
    const field = info.parents.get(key);
    const isReference = parent && !record.queried && !record.fields.has(field.key) && !parent.fields.has('id');
    if (isReference) shown[field.relationship] = { attributes: { type: parent.type.name }, ...writable(parent) };
  }
  return shown;
}
