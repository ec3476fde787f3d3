/** What an id says of its record. */
import { raise } from '../../engine/errors.mjs';
import { org } from '../../engine/org.mjs';
import { newRecord } from '../../engine/records.mjs';
import { given } from './arguments.mjs';

/** The API name of the object an id belongs to. */
export function objectOf(id) {
  const name = org.ask('objectOf', { id: given(id).value });
  if (!name) throw raise('SObjectException', `Cannot determine the object of id ${id.value}`);
  return name;
}

/** A record that holds nothing but its id. */
export function recordOfId(id) {
  const record = newRecord(objectOf(id));
  record.fields.set('id', id);
  return record;
}
