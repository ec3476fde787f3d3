/** Describe objects, one for each sObject and field while the transaction lasts. */
import { make } from '../../engine/calls.mjs';
import { describe } from '../../engine/data.mjs';
import { fieldsOf, sobjectNamed } from '../../engine/records.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { FieldToken, SObjectToken } from '../../engine/values.mjs';

function kept(key, create) {
  const memory = transaction.memory;
  if (!memory.has(key)) memory.set(key, create());
  return memory.get(key);
}

/** Describes show what the user may see: a new user of System.runAs gets new ones. */
const ofUser = (key) => `describe ${transaction.user.id} ${key}`;

/** The DescribeSObjectResult of an API name. */
export function describeOf(sobject) {
  return kept(ofUser(sobject), () => make('Schema.DescribeSObjectResult', { name: sobject, ...lazily(sobject) }));
}

function lazily(sobject) {
  let found = null;
  return {
    get rest() {
      return (found ??= describe(sobject));
    },
  };
}

/** The DescribeFieldResult of a token. `state`: {sobject, rest: the REST describe of the field}. */
export function describeField(token) {
  const key = `${token.sobject}.${token.field}`;
  return kept(ofUser(key), () => make('Schema.DescribeFieldResult', { sobject: token.sobject, rest: restField(token) }));
}

/** A field the user may not see is described by what everybody knows of it. */
function restField({ sobject, field }) {
  const key = field.toLowerCase();
  const found = describeOf(sobject).state.rest.fields.find((one) => one.name.toLowerCase() === key);
  return found ?? { ...fieldsOf(sobject).get(key).describe, ...NO_RIGHTS };
}

const NO_RIGHTS = { accessible: false, createable: false, updateable: false };

export const sobjectToken = (name) => {
  const found = sobjectNamed(name);
  return found && new SObjectToken(found);
};

const tokens = new Map();

/** One token for a field, so that two mentions are the same object. */
export function fieldToken(sobject, field) {
  const key = `${sobject}.${field}`;
  if (!tokens.has(key)) tokens.set(key, new FieldToken(sobject, field));
  return tokens.get(key);
}
