/** Describe objects, one for each sObject and field while the transaction lasts. */
import { make } from '../../engine/calls.mjs';
import { OrgError, org } from '../../engine/org.mjs';
import { sobjectNamed } from '../../engine/records.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { FieldToken, SObjectToken } from '../../engine/values.mjs';

function kept(key, create) {
  const memory = transaction.memory;
  if (!memory.has(key)) memory.set(key, create());
  return memory.get(key);
}

/** Describes show what the user may see: a new user of System.runAs gets new ones. */
const ofUser = (key) => `describe ${transaction.user.id} ${key}`;

/** The REST describe with the user's rights; what is closed to the user is described too, without any. */
export function restOf(sobject) {
  return kept(ofUser(`rest ${sobject}`), () => {
    try {
      return org.ask('describe', { name: sobject, user: transaction.user.id, access: 'user' });
    } catch (problem) {
      if (!(problem instanceof OrgError)) throw problem;
      const open = everythingOf(sobject);
      return { ...open, ...NO_RIGHTS_ON_OBJECT, fields: open.fields.map((field) => ({ ...field, ...NO_RIGHTS })) };
    }
  });
}

/** The describe an administrator sees. */
const everythingOf = (sobject) => kept(`describe everything ${sobject}`, () => org.ask('describe', { name: sobject }));

const NO_RIGHTS = { accessible: false, createable: false, updateable: false };
const NO_RIGHTS_ON_OBJECT = {
  queryable: false,
  createable: false,
  updateable: false,
  deletable: false,
  undeletable: false,
  mergeable: false,
  searchable: false,
};

/** `Account.SObjectType.getDescribe()`. */
export const describeOf = (sobject) => kept(ofUser(sobject), () => make('Schema.DescribeSObjectResult', new ObjectState(sobject)));

/** Asks for the describe at the first look. */
class ObjectState {
  constructor(name) {
    this.name = name;
  }

  get rest() {
    return restOf(this.name);
  }
}

/** The DescribeFieldResult of a token. `state`: {sobject, rest: the REST describe of the field}. */
export function describeField(token) {
  const key = `${token.sobject}.${token.field}`;
  return kept(ofUser(key), () => make('Schema.DescribeFieldResult', { sobject: token.sobject, rest: restField(token) }));
}

function restField({ sobject, field }) {
  const named = (one) => one.name.toLowerCase() === field.toLowerCase();
  return restOf(sobject).fields.find(named) ?? { ...everythingOf(sobject).fields.find(named), ...NO_RIGHTS };
}

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
