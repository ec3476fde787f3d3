/** NPSP's table-driven handlers: the rows of npsp__Trigger_Handler__c that name classes of this org, in their order. */
import { classOf } from './cast.mjs';
import { invoke } from './calls.mjs';
import { saveOrThrow } from './data.mjs';
import { construct } from './objects.mjs';
import { findUser } from './registry.mjs';
import { ApexList, SObjectToken } from './values.mjs';
import { SOBJECT, listOf } from './types.mjs';

const WORK = [['objectsToInsert', 'insert'], ['objectsToUpdate', 'update'], ['objectsToDelete', 'delete'], ['objectsToUndelete', 'undelete']];
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** Each handler is called once with all records; what they ask to be written is written together afterwards. */
export function runHandlers(names, context) {
  if (!names.length) return;
  const action = actionOf(context);
  const token = new SObjectToken(context.sobject);
  const describe = classOf(token).callback('getDescribe', 0).call(token);
  const wrappers = names.map((name) => invoke(construct(findUser(name), []), 'run', [context.newList, context.oldList, action, describe]));
  for (const [field, operation] of WORK) {
    const records = wrappers.filter((wrapper) => wrapper !== null).flatMap((wrapper) => listOfWrapper(wrapper, field));
    if (records.length) saveOrThrow(operation, new ApexList(listOf(SOBJECT), records));
  }
}

const listOfWrapper = (wrapper, field) => wrapper[wrapper.cls.field(field.toLowerCase()).slot]?.items ?? [];

function actionOf({ when, operation }) {
  const name = capital(when) + capital(operation);
  return findUser('npsp.TDTM_Runnable.Action').values.find((value) => value.name === name);
}
