/** What is equal: `equals` as Object.equals and collections see it, `same` as the operator == does. */
import { invoke } from './calls.mjs';
import {
  ApexDate, ApexList, ApexMap, ApexSet, Blob, Datetime, Decimal, Double, EnumValue, FieldToken, Id, Instance, SObject,
  SObjectToken, Time, TypeValue,
} from './values.mjs';

const identities = new WeakMap();
let lastIdentity = 0;

export function identity(object) {
  let found = identities.get(object);
  if (!found) identities.set(object, (found = ++lastIdentity));
  return found;
}

/** Text keys with text keys; a number for objects whose class has its own hashCode. */
export function hashText(value) {
  if (value === null || value === undefined) return '0';
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'number':
      return `n${value}`;
    case 'bigint':
      return `n${value}`;
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return hashObject(value);
  }
}

function hashObject(value) {
  if (value instanceof Id) return `s${value.value}`;
  if (value instanceof Instance) {
    return value.cls.hashMethod ? invoke(value, 'hashCode', []) : `@${identity(value)}`;
  }
  if (value instanceof Decimal) return `n${value.digits.toFixed()}`;
  if (value instanceof Double) return `n${value.value}`;
  if (value instanceof ApexDate) return `d${value.days}`;
  if (value instanceof Datetime) return `t${value.ms}`;
  if (value instanceof Time) return `T${value.ms}`;
  if (value instanceof SObject) return hashRecord(value);
  if (value instanceof ApexList) return `(${value.items.map(hashText).join()})`;
  if (value instanceof ApexSet) return `{${value.items.map(hashText).sort().join()}}`;
  if (value instanceof ApexMap) return `[${value.table.pairs().map((pair) => pair.map(hashText).join('=')).sort().join()}]`;
  if (value instanceof SObjectToken) return `k${value.sobject}`;
  if (value instanceof FieldToken) return `k${value.sobject}.${value.field}`;
  if (value instanceof TypeValue) return `y${value.type.text}`;
  if (value instanceof Blob) return `b${value.bytes.toString('base64')}`;
  return `@${identity(value)}`;
}

function hashRecord(record) {
  const parts = [...record.fields].filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1));
  return `o${record.type.name}{${parts.map(([name, value]) => `${name}=${hashText(value)}`).join()}}`;
}

/** As collections compare: text by case, numbers by value, objects as their class says. */
export function equals(a, b) {
  if (a === b) return true;
  if (a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null);
  if (a instanceof Instance) return a.cls.equalsMethod ? invoke(a, 'equals', [b]) === true : false;
  if (a instanceof EnumValue) return false;
  if (a instanceof ApexList) {
    return b instanceof ApexList && a.items.length === b.items.length && a.items.every((item, at) => equals(item, b.items[at]));
  }
  if (a instanceof ApexMap) return b instanceof ApexMap && sameTables(a.table, b.table);
  return hashText(a) === hashText(b);
}

function sameTables(a, b) {
  return a.size === b.size && a.pairs().every(([key, value]) => b.has(key) && equals(value, b.get(key)));
}

/** The operator ==: as `equals`, but text regardless of case, and ids of either length. */
export function same(a, b) {
  if (a === b) return true;
  if (a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null);
  const [left, right] = [textOf(a), textOf(b)];
  if (left !== undefined && right !== undefined) {
    if (a instanceof Id || b instanceof Id) return left === right || sameIds(left, right);
    return left.toLowerCase() === right.toLowerCase();
  }
  return equals(a, b);
}

const textOf = (value) => (typeof value === 'string' ? value : value instanceof Id ? value.value : undefined);
const sameIds = (a, b) => a.slice(0, 15) === b.slice(0, 15) && Math.min(a.length, b.length) === 15;
