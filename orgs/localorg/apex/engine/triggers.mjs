/** The org's triggers, run on what the org is about to save or has saved. */
import { runHandlers } from './handlers.mjs';
import { sobjectType } from './registry.mjs';
import { transaction } from './transaction.mjs';
import { ID, listOf, mapOf } from './types.mjs';
import { ApexList, ApexMap } from './values.mjs';
import { plain, recordOf } from './wire.mjs';

const triggers = new Map(); // lower-cased sObject → [{name, events, run}]
export let current = null; // the context of the trigger that runs now

export function forgetTriggers() {
  triggers.clear();
}

export function addTrigger(sobject, trigger) {
  const key = sobject.toLowerCase();
  triggers.set(key, [...(triggers.get(key) ?? []), trigger].sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** What a trigger sees: its records new and old, as lists and by id. */
export class TriggerContext {
  constructor(sobject, when, operation, newRecords, oldRecords) {
    const type = sobjectType(sobject);
    this.sobject = sobject;
    this.when = when;
    this.operation = operation;
    this.newList = newRecords && new ApexList(listOf(type), newRecords);
    this.oldList = oldRecords && new ApexList(listOf(type), oldRecords);
    this.newMap = newRecords && !(when === 'before' && operation === 'insert') ? byId(type, newRecords) : null;
    this.oldMap = oldRecords && byId(type, oldRecords);
  }
}

const byId = (type, records) => new ApexMap(mapOf(ID, type), records.map((record) => [record.fields.get('id'), record]));

/** NPSP's handlers, then every trigger of the object that wants the event, in order of name. */
export function fire(context, handlers = []) {
  const event = `${context.when} ${context.operation}`;
  inContext(context, handlers[0], () => runHandlers(handlers, context));
  for (const trigger of triggers.get(context.sobject.toLowerCase()) ?? []) {
    if (trigger.events.includes(event)) inContext(context, trigger.name, trigger.run);
  }
}

function inContext(context, name, work) {
  const before = current;
  current = context;
  try {
    work();
  } catch (problem) {
    if (problem?.value?.state?.uncatchable) transaction.fatal = problem;
    if (typeof problem === 'object' && problem !== null) problem.trigger ??= `${name}: execution of ${title(context)}`;
    throw problem;
  } finally {
    current = before;
  }
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);
const title = ({ when, operation }) => capital(when) + capital(operation);

/** The org's request: records as the API shows them. Gives back what before triggers changed, and addError's refusals. */
export function fireRequest({ sobject, when, operation, records, old, handlers }) {
  const shown = records?.map((row) => inTrigger(row, sobject, when === 'after'));
  const context = new TriggerContext(sobject, when, operation, shown ?? null, old?.map((row) => inTrigger(row, sobject, true)) ?? null);
  const sent = shown && when === 'before' ? shown.map((record) => new Map([...record.fields].map(([key, value]) => [key, plain(value)]))) : [];
  fire(context, handlers);
  return { changes: sent.map((before, at) => changesOf(shown[at], before)), errors: errorsOf(context) };
}

function inTrigger(row, sobject, readOnly) {
  const record = recordOf(row, sobjectType(sobject));
  record.queried = null;
  record.readOnly = readOnly;
  return record;
}

function changesOf(record, before) {
  const changes = {};
  for (const [key, value] of record.fields) {
    const shown = plain(value);
    if (shown !== (before.get(key) ?? null)) changes[key] = shown;
  }
  return changes;
}

function errorsOf(context) {
  const records = context.newList ?? context.oldList;
  return records.items.flatMap((record, row) => (record.errors ?? []).map((error) => ({ row, ...error })));
}
