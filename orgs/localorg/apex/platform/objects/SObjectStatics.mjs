/** Static methods of records' own types: custom settings' and custom metadata's getInstance, getAll and their like. */
import { idOrNull } from '../../engine/cast.mjs';
import { query } from '../../engine/data.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { fieldsOf, newRecord } from '../../engine/records.mjs';
import { sobjectType } from '../../engine/registry.mjs';
import { STRING } from '../../engine/types.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { SObjectToken } from '../../engine/values.mjs';
import { aMap } from '../support/collections.mjs';

const isMetadata = (sobject) => /__mdt$/i.test(sobject);
const keyField = (sobject) => (isMetadata(sobject) ? 'developername' : 'name');

/** Every record of a setting, read with all fields; such reads count against no limit. */
function rows(sobject) {
  const names = [...fieldsOf(sobject).values()].map((field) => field.name);
  const { Queries, QueryRows } = transaction.used;
  try {
    return query(`SELECT ${names.join(', ')} FROM ${sobject}`, {}, { access: 'system' }).items;
  } finally {
    Object.assign(transaction.used, { Queries, QueryRows });
  }
}

const textOf = (record, key) => String(record.fields.get(key) ?? '');

function all(sobject) {
  const key = keyField(sobject);
  return aMap(STRING, sobjectType(sobject), rows(sobject).map((record) => [textOf(record, key), record]));
}

const qualified = (record) => [textOf(record, 'developername'), textOf(record, 'qualifiedapiname')].map((name) => name.toLowerCase());

function named(sobject, name) {
  if (name === null) return null;
  const wanted = name.toLowerCase();
  return (
    rows(sobject).find((record) =>
      isMetadata(sobject) ? qualified(record).includes(wanted) || sameId(record, name) : textOf(record, 'name').toLowerCase() === wanted,
    ) ?? null
  );
}

const sameId = (record, text) => Boolean(idOrNull(text)) && record.fields.get('id')?.value === idOrNull(text).value;
const ownedBy = (sobject, owner) => rows(sobject).find((record) => textOf(record, 'setupownerid') === owner) ?? null;

/** A hierarchy setting as it holds for a user: the user's own values, then the profile's, then the org's. */
function merged(sobject, userId, profileId) {
  const made = newRecord(sobject);
  for (const owner of [transaction.organization.id, profileId, userId]) {
    const found = owner && ownedBy(sobject, String(owner));
    if (!found) continue;
    made.fields.set('id', found.fields.get('id'));
    for (const [key, value] of found.fields) if (value !== null) made.fields.set(key, value);
  }
  if (!made.fields.get('id')) made.fields.set('setupownerid', idOrNull(userId));
  return made;
}

const ofCurrentUser = (sobject) => merged(sobject, transaction.user.id, transaction.user.profileId);

function instance(sobject, key) {
  if (isMetadata(sobject)) return named(sobject, key);
  const id = key === null ? null : idOrNull(String(key));
  if (!id) return named(sobject, key);
  return id.value.startsWith('00e') ? merged(sobject, null, id.value) : merged(sobject, id.value, profileOf(id.value));
}

function profileOf(userId) {
  if (userId === transaction.user.id) return transaction.user.profileId;
  const { Queries, QueryRows } = transaction.used;
  const [user] = query('SELECT ProfileId FROM User WHERE Id = :id', { id: userId }, { access: 'system' }).items;
  Object.assign(transaction.used, { Queries, QueryRows });
  return user?.fields.get('profileid')?.value ?? null;
}

function values(sobject, key) {
  const id = key === null ? null : idOrNull(String(key));
  return id ? ownedBy(sobject, id.value) : named(sobject, key);
}

function orgDefaults(sobject) {
  if (!fieldsOf(sobject).has('setupownerid')) throw raise('SObjectException', `${sobject} is not a hierarchy custom setting`);
  return ownedBy(sobject, transaction.organization.id) ?? newRecord(sobject);
}

export default platformClass('SObjectStatics<T>', {
  static: {
    'Schema.SObjectType getSObjectType()': (sobject) => new SObjectToken(sobject),
    'Map<String, T> getAll()': all,
    'T getInstance()': ofCurrentUser,
    'T getInstance(String name)': instance,
    'T getInstance(Id owner)': (sobject, owner) => instance(sobject, owner?.value ?? null),
    'T getOrgDefaults()': orgDefaults,
    'T getValues(String name)': values,
    'T getValues(Id owner)': (sobject, owner) => values(sobject, owner?.value ?? null),
  },
});
