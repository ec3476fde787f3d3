/** Records in and out of the org: queries and DML, counted against the limits, on behalf of a user. */
import { isA } from './cast.mjs';
import { nullPointer, raise } from './errors.mjs';
import { OrgError, org } from './org.mjs';
import { sobjectInfo, sobjectType } from './registry.mjs';
import { sharingNow, stack } from './stack.mjs';
import { prepared } from './statics.mjs';
import { transaction } from './transaction.mjs';
import { INTEGER, SOBJECT, intern, listOf } from './types.mjs';
import { aggregateOf, bound, plain, recordOf, writable } from './wire.mjs';
import { ApexList, ApexMap, Id, Instance, SObject } from './values.mjs';

const AGGREGATE = intern('sobject', 'AggregateResult');

const context = (access) => ({ access: access ?? 'system', sharing: sharingNow(), user: transaction.user.id });

/** What the org refuses of a query is an exception of the platform's. */
function asked(text, binds, access) {
  try {
    return org.ask('query', { text, binds, ...context(access) });
  } catch (problem) {
    if (!(problem instanceof OrgError)) throw problem;
    throw raise('QueryException', problem.message, { query: text });
  }
}

/**
 * Run SOQL. `binds` maps names to values (an object or an ApexMap); null stands for the variables of the code that calls.
 * Gives an ApexList, or a number for COUNT().
 */
export function query(text, binds = {}, { access = null, type = null } = {}) {
  if (text === null) throw nullPointer();
  transaction.charge('Queries');
  const found = asked(text, bindings(text, binds), access);
  if (found.count !== undefined) {
    transaction.charge('QueryRows', 1);
    return found.count;
  }
  transaction.charge('QueryRows', found.records.length);
  if (found.types) return new ApexList(listOf(AGGREGATE), found.records.map((row) => aggregateOf(row, AGGREGATE, found.types)));
  const record = sobjectType(found.sobject);
  return new ApexList(type ?? listOf(record), found.records.map((row) => recordOf(row, record)));
}

const BIND = /'(?:[^'\\]|\\.)*'|:\s*([a-zA-Z_][\w.]*)/g;

/** The bound values by lower-cased name, those that the text mentions. */
function bindings(text, binds) {
  const known = binds instanceof ApexMap ? Object.fromEntries(binds.table.pairs().map(([key, value]) => [key.toLowerCase(), value])) : binds;
  const named = {};
  for (const [, name] of text.matchAll(BIND)) {
    if (!name) continue;
    const value = known === null ? variable(name.toLowerCase()) : known[name.toLowerCase()];
    if (value !== undefined) named[name.toLowerCase()] = bound(value);
  }
  return named;
}

/** A variable where the running code stands: a local, a field of its object or class; undefined when there is none. */
function variable(path) {
  const { values, self, cls } = stack.at(-1).locals;
  const [first, ...rest] = path.split('.');
  let value = first in values ? values[first] : fieldValue(first, self, cls);
  for (const name of rest) {
    if (value instanceof SObject) value = value.fields.get(name) ?? null;
    else if (value instanceof Instance) value = fieldValue(name, value, value.cls);
  }
  return value;
}

function fieldValue(name, self, cls) {
  for (let around = cls; around; around = around.outer) {
    const field = around.field(name);
    if (field?.isStatic) return field.getterNode ? prepared(field).get() : prepared(field).value;
    if (field && self && around === cls) return field.getterNode ? field.get(self) : self[field.slot];
  }
  return undefined;
}

/** A query's rows counted: for COUNT() its number. */
export function count(text, binds = {}, options = {}) {
  const found = query(text, binds, options);
  return typeof found === 'number' ? found : found.items.length;
}

/** [SELECT …] in code. */
export function queryLiteral(described, binds) {
  const named = Object.fromEntries(binds.map((value, at) => [`b${at}`, value]));
  return query(described.text, named, { type: described.type === INTEGER ? null : described.type });
}

/** [FIND …]: in tests what Test.setFixedSearchResults says; SOSL itself is not emulated. */
export function searchLiteral(text) {
  transaction.charge('SoslQueries');
  const fixed = transaction.memory.get('fixedSearchResults') ?? [];
  const wanted = [...text.matchAll(/\bRETURNING\b(.*)$/gis)].flatMap(([, list]) => list.match(/\w+(?=\s*(\(|,|$))/g) ?? []);
  const lists = wanted.filter((name) => sobjectInfo(name)).map((name) => fixedRecords(name, fixed));
  return new ApexList(listOf(listOf(SOBJECT)), lists);
}

function fixedRecords(name, ids) {
  const info = sobjectInfo(name);
  const own = ids.filter((id) => String(id).startsWith(info.prefix));
  if (!own.length) return new ApexList(listOf(SOBJECT));
  const fields = [...info.fields.values()].filter((field) => field.type !== 'address' && field.type !== 'location').map((field) => field.name);
  return query(`SELECT ${fields.join(', ')} FROM ${info.name} WHERE Id IN :ids`, { ids: new ApexList(listOf(SOBJECT), own) }, { type: listOf(SOBJECT) });
}

// DML

const asList = (value) => {
  if (value === null || value === undefined) throw nullPointer();
  return value instanceof ApexList ? value.items : [value];
};

/**
 * One DML operation on records of any mixture of objects. Gives the org's result a row, in order:
 * {id, success, created, errors: [{code, message, fields}]}. New records get their ids.
 */
export function save(operation, records, { allOrNone = true, access = null, externalField = null } = {}) {
  const items = Array.isArray(records) ? records : asList(records);
  if (!items.length) return [];
  if (items.some((record) => record === null)) throw nullPointer();
  transaction.charge('DmlStatements');
  transaction.charge('DmlRows', items.length);
  refuseMisuse(operation, items);
  const results = org.ask('save', {
    operation,
    allOrNone,
    external: externalField,
    groups: groups(items).map(([sobject, rows]) => ({ sobject, records: rows.map((row) => payload(operation, row)) })),
    ...context(access),
  });
  if (transaction.fatal) throw transaction.fatal;
  results.forEach((result, at) => settle(operation, items[at], result));
  return results;
}

const KEYED = new Set(['delete', 'undelete']);
const payload = (operation, record) => (KEYED.has(operation) ? plain(idOfRecord(record)) : writable(record));
const idOfRecord = (record) => (record instanceof SObject ? (record.fields.get('id') ?? null) : record);

function refuseMisuse(operation, items) {
  for (const record of items) {
    if (!(record instanceof SObject)) continue;
    if (operation === 'insert' && record.fields.get('id')) {
      throw dmlException('Insert', [{ index: items.indexOf(record), id: null, code: 'INVALID_FIELD_FOR_INSERT_UPDATE', message: 'cannot specify Id in an insert call', fields: ['Id'] }]);
    }
    if (record.type.name === 'AggregateResult') throw raise('SObjectException', 'AggregateResult cannot be saved');
  }
}

/** Neighbours of one object are saved together, as the platform chunks them. */
function groups(items) {
  const found = [];
  for (const record of items) {
    const name = record instanceof SObject ? record.type.name : org.ask('objectOf', { id: String(record) });
    if (found.at(-1)?.[0] === name) found.at(-1)[1].push(record);
    else found.push([name, [record]]);
  }
  return found;
}

function settle(operation, record, result) {
  if (result.success && result.id && (operation === 'insert' || operation === 'upsert')) record.fields.set('id', new Id(result.id));
}

/** A platform event published with the org's own transaction; the org's result. */
export function publishToOrg(event) {
  const { EventUuid, ReplayId, ...written } = writable(event);
  const groupsOfOne = [{ sobject: event.type.name, records: [written] }];
  return org.ask('save', { operation: 'insert', allOrNone: false, external: null, groups: groupsOfOne, ...context('system') })[0];
}

const TITLES = { insert: 'Insert', update: 'Update', upsert: 'Upsert', delete: 'Delete', undelete: 'Undelete', merge: 'Merge' };

/** As `save`, all or nothing, and an exception for what fails. */
export function saveOrThrow(operation, records, options = {}) {
  const results = save(operation, records, { ...options, allOrNone: true });
  const failed = results.flatMap((result, index) => failures(result, index));
  const first = failed.filter((row) => row.code !== 'ALL_OR_NONE_OPERATION_ROLLED_BACK');
  if (failed.length) throw dmlException(TITLES[operation], first.length ? first : failed);
  return results;
}

const failures = (result, index) =>
  result.success ? [] : result.errors.slice(0, 1).map((error) => ({ index, id: result.id, ...error }));

export function dmlException(title, rows) {
  const [first] = rows;
  const fields = (first.fields ?? []).join(', ');
  const where = first.id ? ` with id ${first.id}` : '';
  const message = `${title} failed. First exception on row ${first.index}${where}; first error: ${first.code}, ${first.message}: [${fields}]`;
  return raise('DmlException', message, { rows });
}

/** insert, update, upsert, delete, undelete as statements. */
export function dmlStatement(operation, value, { access, field }) {
  saveOrThrow(operation, value, { access, externalField: field ? field.split('.').pop() : null });
}

export function mergeStatement(master, losers, access) {
  transaction.charge('DmlStatements');
  const ids = asList(losers).map((loser) => plain(loser instanceof SObject ? loser.fields.get('id') : loser));
  try {
    org.ask('merge', { sobject: master.type.name, master: plain(master.fields.get('id')), losers: ids, ...context(access) });
  } catch (problem) {
    if (!(problem instanceof OrgError)) throw problem;
    throw dmlException('Merge', [{ index: 0, id: null, code: problem.code, message: problem.message, fields: problem.fields }]);
  }
}

/** The REST describe of an sObject. */
export const describe = (sobject) => org.ask('describe', { name: sobject, user: transaction.user.id });

// Another user

/** The user from here on; gives back who it was. */
export function beginRunAs(user) {
  const before = transaction.user;
  if (isA(user, SOBJECT)) {
    if (!transaction.isTest) throw raise('SecurityException', 'System.runAs can only be called in a test');
    if (!user.fields.get('id')) saveOrThrow('insert', user, { access: 'system' });
    transaction.user = org.ask('user', { id: plain(user.fields.get('id')) });
  }
  return before;
}

export function endRunAs(before) {
  transaction.user = before;
}

export function runAs(user, work) {
  const before = beginRunAs(user);
  try {
    return work();
  } finally {
    endRunAs(before);
  }
}
