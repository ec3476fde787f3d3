/** Which fields of a refused query the user may not read: what QueryException.getInaccessibleFields() answers. */
import { sobjectInfo } from '../../engine/registry.mjs';
import { STRING, setOf } from '../../engine/types.mjs';
import { aMap, aSet } from './collections.mjs';
import { restOf } from './describes.mjs';

const TEXTS = setOf(STRING);

/** A map of the object's name to its fields; empty when nothing in the text is closed to the user. */
export function inaccessibleFields(soql) {
  const [, from] = /\bFROM\s+(\w+)/i.exec(soql ?? '') ?? [];
  const info = from && sobjectInfo(from);
  if (!info) return aMap(STRING, TEXTS);
  const closed = closedFields(info.name, named(info, soql));
  return aMap(STRING, TEXTS, closed.length ? [[info.name, aSet(STRING, closed)]] : []);
}

function named(info, soql) {
  const words = new Set(soql.toLowerCase().match(/\w+/g));
  return [...info.fields.values()].map((field) => field.name).filter((name) => words.has(name.toLowerCase()));
}

/** Where the object itself is closed, so is every field. */
function closedFields(sobject, names) {
  const rest = restOf(sobject);
  if (!rest.queryable) return names;
  const open = new Set(rest.fields.filter((field) => field.accessible !== false).map((field) => field.name));
  return names.filter((name) => !open.has(name));
}
