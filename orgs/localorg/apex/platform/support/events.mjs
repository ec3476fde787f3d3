/** Publishing: each event is checked as a record is, then waits for the transaction's end. */
import { randomUUID } from 'node:crypto';
import { publishToOrg } from '../../engine/data.mjs';
import { raise } from '../../engine/errors.mjs';
import { infoOf } from '../../engine/records.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { STRING } from '../../engine/types.mjs';
import { aList } from './collections.mjs';

/** The org's results a row, for events in order. A required field left empty refuses that event alone. */
export function publish(events, callback) {
  transaction.charge('DmlStatements');
  const rows = events.map(publishOne);
  if (callback) {
    const ids = aList(STRING, events.map((event) => event.fields.get('eventuuid')));
    transaction.memory.set('publish callbacks', [...(transaction.memory.get('publish callbacks') ?? []), { callback, ids }]);
  }
  return rows;
}

function publishOne(event) {
  if (event === null) throw raise('NullPointerException', 'Argument 1 cannot be null');
  const info = infoOf(event);
  if (!/__e$|ChangeEvent$/i.test(info.name)) {
    throw raise('IllegalArgumentException', `The following object type isn't a platform event: ${info.name}`);
  }
  const missing = [...info.fields.values()].filter((field) => isRequired(field) && (event.fields.get(field.key) ?? null) === null);
  if (missing.length) return refused(missing.map((field) => field.name));
  if (!transaction.isTest) return publishToOrg(event);
  event.fields.set('eventuuid', event.fields.get('eventuuid') ?? randomUUID());
  transaction.events.push(event);
  return { id: null, success: true, created: true, errors: [], operationId: event.fields.get('eventuuid') };
}

const isRequired = (field) => !field.nillable && /__c$/i.test(field.name) && field.type !== 'boolean';

function refused(fields) {
  const message = `Required fields are missing: [${fields.join(', ')}]`;
  return { id: null, success: false, created: false, errors: [{ code: 'REQUIRED_FIELD_MISSING', message, fields }] };
}
