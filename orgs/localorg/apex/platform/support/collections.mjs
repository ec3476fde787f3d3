/** What lists, sets and maps share: refusing change under a loop, converting elements, sorting. */
import { invoke, isInstance } from '../../engine/calls.mjs';
import { fit } from '../../engine/cast.mjs';
import { raise } from '../../engine/errors.mjs';
import { mapOf, setOf, listOf } from '../../engine/types.mjs';
import { ApexDate, ApexList, ApexMap, ApexSet, Datetime, Decimal, Double, EnumValue, Id, Instance, SObject, Time } from '../../engine/values.mjs';
import { given } from './arguments.mjs';
import { itemsOf } from './iterables.mjs';

/** The collection itself, unless a loop runs over it. */
export function changing(collection) {
  if (collection.iterating > 0) throw raise('FinalException', 'Cannot modify a collection while it is being iterated.');
  return collection;
}

/** The elements of a collection as elements of another type. */
export const fitted = (source, type) => itemsOf(given(source)).map((item) => fit(item, type));

export const aList = (element, items = []) => new ApexList(listOf(element), items);
export const aSet = (element, items = []) => new ApexSet(setOf(element), items);
export const aMap = (key, value, entries = []) => new ApexMap(mapOf(key, value), entries);

const ordinary = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const numberOf = (value) => (value instanceof Decimal ? value.toNumber() : value instanceof Double ? value.value : Number(value));

/** The natural order that List.sort gives: null first, text by its characters, records by their fields. */
export function compareNaturally(a, b) {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (a instanceof Instance) return compareInstances(a, b);
  if (a instanceof SObject) return compareRecords(a, b);
  if (a instanceof Decimal && b instanceof Decimal) return a.compare(b);
  if (a instanceof ApexDate) return a.days - b.days;
  if (a instanceof Datetime || a instanceof Time) return a.ms - b.ms;
  if (a instanceof Id) return ordinary(a.value, b.value ?? b);
  if (a instanceof EnumValue) return a.ordinal - b.ordinal;
  if (typeof a === 'object' || typeof a === 'bigint') return ordinary(numberOf(a), numberOf(b));
  return ordinary(a, b);
}

function compareInstances(a, b) {
  if (!isInstance(a, 'Comparable')) throw raise('ListException', 'One or more of the items in this list is not Comparable.');
  return invoke(a, 'compareTo', [b]);
}

/** By object, then Name, then every other field in alphabetical order. */
function compareRecords(a, b) {
  const names = new Set([...a.fields.keys(), ...b.fields.keys()]);
  names.delete('name');
  let order = ordinary(a.type.name, b.type.name);
  for (const name of ['name', ...[...names].sort()]) {
    if (order !== 0) return order;
    order = compareNaturally(a.fields.get(name) ?? null, b.fields.get(name) ?? null);
  }
  return order;
}
