/** Values as text: String.valueOf, concatenation and debug output. */
import { doubleText, classOf } from './cast.mjs';
import { invoke, responds } from './calls.mjs';
import { sobjectInfo } from './registry.mjs';
import { transaction } from './transaction.mjs';
import {
  ApexDate, ApexList, ApexMap, ApexSet, Blob, Datetime, Decimal, Double, EnumValue, FieldToken, Id, Instance, SObject,
  SObjectToken, Time, TypeValue,
} from './values.mjs';

const two = (number) => String(number).padStart(2, '0');

/** String.valueOf(value). */
export function toText(value) {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return String(value);
  if (value instanceof Id) return value.value;
  if (value instanceof Decimal) return value.toString();
  if (value instanceof Double) return doubleText(value.value);
  if (value instanceof ApexDate) return value.toString();
  if (value instanceof Datetime) return datetimeText(value, transaction?.user?.timeZone ?? 'UTC');
  if (value instanceof Time) return timeText(value);
  if (value instanceof EnumValue) return value.name;
  if (value instanceof Instance) return objectText(value);
  return compoundText(value);
}

/** Text joined with +: a Date there shows its midnight. */
export function joinedText(value) {
  if (value instanceof ApexDate) return `${value} 00:00:00`;
  return toText(value);
}

function compoundText(value) {
  if (value instanceof ApexList) return `(${value.items.map(joinedText).join(', ')})`;
  if (value instanceof ApexSet) return `{${value.items.map(joinedText).join(', ')}}`;
  if (value instanceof ApexMap) return `{${value.table.pairs().map((pair) => pair.map(joinedText).join('=')).join(', ')}}`;
  if (value instanceof SObject) return recordText(value);
  if (value instanceof SObjectToken) return value.sobject;
  if (value instanceof FieldToken) return value.field;
  if (value instanceof TypeValue) return value.type.text;
  if (value instanceof Blob) return `Blob[${value.bytes.length}]`;
  return String(value);
}

function recordText(record) {
  const shown = [...record.fields].map(([name, value]) => `${fieldName(record, name)}=${joinedText(value)}`);
  return `${record.type.name}:{${shown.join(', ')}}`;
}

const fieldName = (record, key) => record.spelling?.get(key) ?? sobjectInfo(record.type.name)?.fields.get(key)?.name ?? key;

function objectText(object) {
  if (responds(object, 'toString', 0) && classOf(object).callback('toString', 0).owner.name !== 'Object') return invoke(object, 'toString', []);
  if (object.cls.rootException) return exceptionText(object);
  const fields = [...object.cls.fields.values()].filter((field) => !field.isStatic && field.slot);
  return `${object.cls.simple}:[${fields.map((field) => `${field.name}=${joinedText(object[field.slot])}`).join(', ')}]`;
}

/** `System.DmlException: Insert failed. …`, as logs show it. */
export function exceptionText(exception) {
  const { cls, state } = exception;
  const name = cls.native && !cls.name.includes('.') ? `System.${cls.name}` : cls.name;
  const message = state.message ?? 'Script-thrown exception';
  return `${name}: ${message}`;
}

export function datetimeText(value, timeZone) {
  const parts = zoned(value.ms, timeZone);
  return `${parts.year}-${two(parts.month)}-${two(parts.day)} ${two(parts.hour)}:${two(parts.minute)}:${two(parts.second)}`;
}

const formats = new Map();

/** A moment's calendar parts in a time zone. */
export function zoned(ms, timeZone) {
  if (!formats.has(timeZone)) {
    const options = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' };
    formats.set(timeZone, new Intl.DateTimeFormat('en-US', { ...options, timeZone, hourCycle: 'h23' }));
  }
  const parts = {};
  for (const { type, value } of formats.get(timeZone).formatToParts(ms)) if (type !== 'literal') parts[type] = Number(value);
  return parts;
}

function timeText({ ms }) {
  const seconds = Math.floor(ms / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, '0')}Z`;
}
