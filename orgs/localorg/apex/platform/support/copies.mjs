/** Copies of records as SObject.clone and deepClone make them. */
import { ApexList, SObject } from '../../engine/values.mjs';
import { sobjectInfo } from '../../engine/registry.mjs';

const TIMESTAMPS = ['createddate', 'createdbyid', 'lastmodifieddate', 'lastmodifiedbyid', 'systemmodstamp'];
const KEEP_NOTHING = { id: false, timestamps: false, autonumbers: false };

/** A new record with the same values; id, system timestamps and automatic numbers only where they are to be kept. */
export function copyRecord(record, keep = KEEP_NOTHING, deep = false) {
  const copy = new SObject(record.type);
  copy.fields = new Map(record.fields);
  copy.queried = record.queried;
  copy.spelling = record.spelling;
  copy.cloneSource = record.fields.get('id') ?? null;
  copy.isClone = true;
  copy.parents = record.parents && new Map(deep ? [...record.parents].map(copyParent) : record.parents);
  copy.children = record.children && new Map(deep ? [...record.children].map(copyChildren) : record.children);
  if (!keep.id) copy.fields.delete('id');
  if (!keep.timestamps) for (const name of TIMESTAMPS) copy.fields.delete(name);
  if (!keep.autonumbers) dropAutonumbers(copy);
  if (copy.queried && !keep.id) copy.queried = new Set([...copy.queried, 'id']);
  return copy;
}

const keepAll = { id: true, timestamps: true, autonumbers: true };
const copyParent = ([name, parent]) => [name, parent && copyRecord(parent, keepAll)];
const copyChildren = ([name, list]) => [name, new ApexList(list.type, list.items.map((child) => copyRecord(child, keepAll)))];

function dropAutonumbers(copy) {
  const info = sobjectInfo(copy.type.name);
  for (const field of info?.fields.values() ?? []) if (field.autoNumber) copy.fields.delete(field.key);
}

/** `clone(preserveId, isDeepClone, preserveReadonlyTimestamps, preserveAutonumber)` in that order; missing ones are false. */
export function cloneBy(record, [id = false, deep = false, timestamps = false, autonumbers = false]) {
  return copyRecord(record, { id: Boolean(id), timestamps: Boolean(timestamps), autonumbers: Boolean(autonumbers) }, Boolean(deep));
}
