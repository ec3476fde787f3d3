/** Database's saving methods: one record or many, all or none or what can be, as the user or as the system. */
import { mergeStatement, save, saveOrThrow } from '../../engine/data.mjs';
import { raise, Thrown } from '../../engine/errors.mjs';
import { ID, listOf, SOBJECT } from '../../engine/types.mjs';
import { ApexList, FieldToken, Id } from '../../engine/values.mjs';
import { accessOf } from '../system/AccessLevel.mjs';
import { given } from '../support/arguments.mjs';
import { recordOfId } from '../support/ids.mjs';
import { resultOf, resultsOf } from '../support/results.mjs';

const isOptions = (value) => value?.cls?.name === 'Database.DMLOptions';
const isAccess = (value) => value?.cls?.name === 'AccessLevel';

/** allOrNone, access and the external id, from the arguments behind the records in whatever order they were declared. */
function choices(rest) {
  const found = { allOrNone: true, access: null };
  for (const value of rest) {
    if (typeof value === 'boolean') found.allOrNone = value;
    else if (value instanceof FieldToken) found.externalField = value.field;
    else if (isAccess(value)) found.access = accessOf(value);
    else if (isOptions(value)) Object.assign(found, { allOrNone: value.state.optAllOrNone ?? false, options: value.state });
  }
  return found;
}

/** All or none raises DmlException; else every row gets its own result. */
function run(operation, kind, target, rest) {
  const many = given(target) instanceof ApexList;
  const options = choices(rest);
  const rows = (options.allOrNone ? saveOrThrow : save)(operation, asRecords(target), options);
  return many ? resultsOf(kind, rows) : resultOf(kind, rows[0]);
}

/** Ids stand for the records they name. */
function asRecords(target) {
  if (target instanceof Id) return recordOfId(target);
  if (!(target instanceof ApexList) || target.type.element !== ID) return target;
  return new ApexList(listOf(SOBJECT), target.items.map(recordOfId));
}

const ENDINGS = ['', ', Boolean allOrNone', ', AccessLevel access', ', Boolean allOrNone, AccessLevel access'];
const WITH_OPTIONS = [', Database.DMLOptions options', ', Database.DMLOptions options, AccessLevel access'];

/** Every signature of one operation, for a record and for a list. */
function signatures(operation, kind, targets, endings) {
  const made = {};
  for (const target of targets) {
    const result = target.startsWith('List<') ? `List<${kind}>` : kind;
    for (const ending of endings) {
      made[`${result} ${operation}(${target} target${ending})`] = (records, ...rest) => run(operation, kind, records, rest);
    }
  }
  return made;
}

const RECORDS = ['SObject', 'List<SObject>'];
const RECORDS_OR_IDS = [...RECORDS, 'Id', 'List<Id>'];
const UPSERT = ENDINGS.flatMap((ending) => [ending, `, Schema.SObjectField externalField${ending}`]);

/** insertImmediate and its like exist for external objects only; here they save as any other. */
const aliases = (made, from, to) =>
  Object.fromEntries(
    Object.entries(made)
      .filter(([signature]) => !signature.includes('allOrNone') && !signature.includes('DMLOptions'))
      .map(([signature, implementation]) => [signature.replace(`${from}(`, `${to}(`), implementation]),
  );

const MERGE_KIND = 'Database.MergeResult';

function merge(master, duplicates, rest) {
  given(master);
  const losers = given(duplicates, 2) instanceof ApexList ? duplicates.items : [duplicates];
  if (losers.length < 1 || losers.length > 2) throw raise('DmlException', 'Merge takes one or two duplicates');
  const ids = losers.map((loser) => (loser instanceof Id ? loser : loser.fields.get('id')));
  const { allOrNone, access } = choices(rest);
  const rows = ids.map((id) => mergeOne(master, id, access, allOrNone));
  const results = resultsOf(MERGE_KIND, rows);
  results.items.forEach((result, at) => Object.assign(result.state, { mergedIds: [ids[at]], id: master.fields.get('id') ?? null }));
  return duplicates instanceof ApexList ? results : results.items[0];
}

function mergeOne(master, id, access, allOrNone) {
  try {
    mergeStatement(master, id, access);
    return { id: null, success: true, created: false, errors: [] };
  } catch (problem) {
    if (allOrNone || !(problem instanceof Thrown)) throw problem;
    return { id: null, success: false, created: false, errors: problem.value.state.rows ?? [] };
  }
}

function merges() {
  const made = {};
  for (const target of RECORDS_OR_IDS) {
    const result = target.startsWith('List<') ? `List<${MERGE_KIND}>` : MERGE_KIND;
    for (const ending of ENDINGS) {
      made[`${result} merge(SObject master, ${target} duplicates${ending})`] = (master, losers, ...rest) => merge(master, losers, rest);
    }
  }
  return made;
}

const inserts = signatures('insert', 'Database.SaveResult', RECORDS, [...ENDINGS, ...WITH_OPTIONS]);
const updates = signatures('update', 'Database.SaveResult', RECORDS, [...ENDINGS, ...WITH_OPTIONS]);
const deletes = signatures('delete', 'Database.DeleteResult', RECORDS_OR_IDS, ENDINGS);

export const saves = {
  ...inserts,
  ...updates,
  ...deletes,
  ...signatures('upsert', 'Database.UpsertResult', RECORDS, UPSERT),
  ...signatures('undelete', 'Database.UndeleteResult', RECORDS_OR_IDS, ENDINGS),
  ...signatures('emptyRecycleBin', 'Database.EmptyRecycleBinResult', ['SObject', 'List<SObject>', 'List<Id>'], ['']),
  ...merges(),
  ...aliases(inserts, 'insert', 'insertImmediate'),
  ...aliases(updates, 'update', 'updateImmediate'),
  ...aliases(deletes, 'delete', 'deleteImmediate'),
};
