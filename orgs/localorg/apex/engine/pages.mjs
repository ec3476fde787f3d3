/** @AuraEnabled methods as a page calls them: parameters by name in JSON, the result as plain JSON. */
import { NoSuch, raise } from './errors.mjs';
import { instanceFields } from './objects.mjs';
import { annotated } from './program.mjs';
import { findPlatform, findUser, sobjectInfo } from './registry.mjs';
import { prepare } from './statics.mjs';
import { toText } from './text.mjs';
import { transaction } from './transaction.mjs';
import { ApexList, ApexMap, ApexSet, Datetime, Decimal, Double, Instance, SObject, TypeValue } from './values.mjs';

const NOT_CACHEABLE = 'Apex methods that are to be cached must be marked as @AuraEnabled(cacheable=true)';

/** The result's JSON text. A wire takes cacheable methods only, and those may not write. */
export function callFromPage({ class: name, method, arguments: text, wired = false }) {
  const cls = findUser(name);
  const found = [...(cls?.methods.get(method.toLowerCase()) ?? [])].find((one) => one.isStatic && annotated(one, 'auraenabled'));
  if (!found) throw new NoSuch(`There is no @AuraEnabled method ${name}.${method}`);
  const isCacheable = annotated(found, 'auraenabled').values.cacheable === true;
  if (wired && !isCacheable) throw raise('AuraHandledException', NOT_CACHEABLE);
  transaction.isReadOnly = isCacheable;
  prepare(cls);
  const given = JSON.parse(text);
  return JSON.stringify(shown(found.call(...found.params.map((param) => parameter(given[param.name], param.type)))) ?? null);
}

/** A value as a parameter of this type; the page sends dates and ids as text. */
export function parameter(value, type) {
  if (value === undefined || value === null) return null;
  const [deserialize] = findPlatform('JSON').methods.get('deserialize');
  return deserialize.call(JSON.stringify(value), new TypeValue(type));
}

/** A value as plain JSON. */
export function shown(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value;
  if (value instanceof Decimal) return value.toNumber();
  if (value instanceof Double) return value.value;
  if (value instanceof Datetime) return new Date(value.ms).toISOString();
  if (value instanceof ApexList || value instanceof ApexSet) return value.items.map(shown);
  if (value instanceof ApexMap) return Object.fromEntries(value.table.pairs().map(([key, one]) => [toText(key), shown(one)]));
  if (value instanceof SObject) return record(value);
  return value instanceof Instance ? object(value) : toText(value);
}

function record(value) {
  const info = sobjectInfo(value.type.name);
  const members = [...value.fields].map(([key, one]) => [info?.fields.get(key)?.name ?? value.spelling?.get(key) ?? key, shown(one)]);
  const parents = [...(value.parents ?? [])].map(([key, one]) => [info.parents.get(key).relationship, shown(one)]);
  const children = [...(value.children ?? [])].map(([key, one]) => [info.children.get(key).name, shown(one)]);
  return Object.fromEntries([...members, ...parents, ...children].filter(([, one]) => one !== null));
}

/** Only what says @AuraEnabled reaches the page. */
function object(value) {
  const fields = [...instanceFields(value)].filter((field) => annotated(field.field, 'auraenabled'));
  return Object.fromEntries(fields.map((field) => [field.name, shown(field.get())]));
}
