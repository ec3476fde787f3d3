/** Every class and sObject there is, by name: the platform's, the org's code, the org's schema. */
import { org } from './org.mjs';
import { platform, ready } from './platform.mjs';
import { SObjectInfo } from './schema.mjs';
import { SOBJECT, intern, listOf, primitives } from './types.mjs';

export const userClasses = new Map(); // lower-cased full name → ClassInfo, top level only
const schemas = new Map(); // lower-cased API name → SObjectInfo or null
/** A row of a grouped query: what it has is named by the query. */
const AGGREGATE_RESULT = { name: 'AggregateResult', label: 'Aggregate Result', prefix: null, custom: false, setting: '', fields: [], children: [] };
const FIELDS_OF_NAME = 'Id:id Name FirstName LastName Type Email Phone Title Username Alias ProfileId:reference UserRoleId:reference IsActive:boolean';
/** What a reference to several objects leads to: `What`, `Who`, `Owner`. */
const NAME = {
  name: 'Name', label: 'Name', prefix: null, custom: false, setting: '', children: [],
  fields: FIELDS_OF_NAME.split(' ').map((given) => given.split(':')).map(([name, type]) => ({ name, type: type ?? 'string', relationship: null, parents: [] })),
};
const BUILT_IN = new Map([['aggregateresult', AGGREGATE_RESULT], ['name', NAME]]);
const NAMESPACES = ['', 'schema.'];

export function forgetSchema() {
  schemas.clear();
}

/** A platform class by full name, `System.` or `Schema.` left out or not. */
export function findPlatform(name) {
  const short = name.toLowerCase().replace(/^system\.(?=.)/, '');
  for (const namespace of NAMESPACES) {
    const found = platform.get(namespace + short);
    if (found) return ready(found);
  }
  return null;
}

/** A user's class by full name: `Outer.Inner`, `npsp.TDTM_Runnable`. */
export function findUser(name) {
  const parts = name.toLowerCase().split('.');
  for (let length = Math.min(2, parts.length); length > 0; length--) {
    let found = userClasses.get(parts.slice(0, length).join('.'));
    for (const part of parts.slice(length)) found = found?.inner.get(part);
    if (found) return found;
  }
  return null;
}

export function findClass(name) {
  const found = findPlatform(name) ?? findUser(name);
  if (!found) throw new Error(`there is no class ${name}`);
  return found;
}

/** What the compiler needs of an sObject; null when the org has none of that name. */
export function sobjectInfo(name) {
  const key = name.toLowerCase();
  if (!schemas.has(key)) {
    const found = BUILT_IN.get(key) ?? org.ask('sobject', { name });
    schemas.set(key, found ? new SObjectInfo(found) : null);
  }
  return schemas.get(key);
}

export const sobjectType = (name) => (name.toLowerCase() === 'sobject' ? SOBJECT : intern('sobject', sobjectInfo(name).name));

/** The class behind any type: `String` for Strings, `List` for lists, `SObject` for every record. */
export function declarationOf(type) {
  if (type.decl) return type.decl.native ? ready(type.decl) : type.decl;
  if (type.kind === 'primitive' || type.kind === 'list' || type.kind === 'set' || type.kind === 'map') return findPlatform(type.name);
  if (type.kind === 'sobject') return findPlatform('SObject');
  if (type.kind === 'parameter') return findPlatform('Object');
  return null;
}

/** A type by its platform or global name and type arguments; null when there is none. */
export function namedType(name, args) {
  const key = name.toLowerCase();
  if (!args.length && primitives.has(key.replace(/^system\./, ''))) return primitives.get(key.replace(/^system\./, ''));
  if (args.length === 1 && key === 'list') return listOf(args[0]);
  if (args.length && (key === 'set' || key === 'map')) return intern(key, key === 'set' ? 'Set' : 'Map', args);
  if (key === 'sobject' || key === 'schema.sobject') return SOBJECT;
  const found = userClasses.get(key) ?? findUser(name) ?? findPlatform(name);
  if (found) return classType(found, args);
  const record = key.replace(/^schema\./, '');
  return !args.length && /^\w+$/.test(record) && sobjectInfo(record) ? sobjectType(record) : null;
}

export function classType(info, args = []) {
  if (!args.length) return info.type;
  const type = intern('class', info.name, args);
  type.decl = info;
  return type;
}
