/** System.Security.stripInaccessible: records without the fields that the user may not read or write. */
import { make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { sobjectInfo } from '../../engine/registry.mjs';
import { INTEGER, setOf, STRING } from '../../engine/types.mjs';
import { ApexList } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';
import { aMap, aSet } from '../support/collections.mjs';
import { copyRecord } from '../support/copies.mjs';
import { restOf } from '../support/describes.mjs';

const KEEP_ALL = { id: true, timestamps: true, autonumbers: true };
const OBJECT_RIGHT = { READABLE: 'queryable', CREATABLE: 'createable', UPDATABLE: 'updateable' };

const fieldRights = {
  READABLE: (field) => field.accessible !== false, // what may not be read is not described, or says so
  CREATABLE: (field) => field.createable,
  UPDATABLE: (field) => field.updateable,
};

/** The names that may stay of one object's fields, by lower-cased name; `Id` always may. */
function allowed(sobject, right) {
  const described = restOf(sobject);
  const fields = described.fields.filter((field) => fieldRights[right](field));
  return { object: described[OBJECT_RIGHT[right]], names: new Set(['id', ...fields.map((field) => field.name.toLowerCase())]) };
}

class Stripping {
  constructor(right, enforceRoot) {
    this.right = right;
    this.enforceRoot = enforceRoot;
    this.known = new Map();
    this.removed = new Map(); // sObject → names of fields
    this.changed = new Set();
  }

  rightsOf(sobject) {
    if (!this.known.has(sobject)) this.known.set(sobject, allowed(sobject, this.right));
    return this.known.get(sobject);
  }

  record(record, isRoot = true) {
    const { name } = record.type;
    const { object, names } = this.rightsOf(name);
    if (isRoot && this.enforceRoot && !object) throw raise('NoAccessException', `No access to entity: ${name}`);
    const copy = copyRecord(record, KEEP_ALL);
    copy.queried = record.queried && new Set(record.queried);
    for (const key of record.fields.keys()) if (!names.has(key)) this.drop(copy, key);
    for (const [key, parent] of record.parents ?? []) if (parent) copy.parents.set(key, this.record(parent, false));
    for (const [key, list] of record.children ?? []) this.child(copy, key, list);
    return copy;
  }

  /** The children of an object that is closed to the user go as a whole. */
  child(copy, key, list) {
    if (this.rightsOf(list.type.element.name).object) {
      copy.children.set(key, this.list(list));
    } else {
      copy.children.delete(key);
      this.drop(copy, key);
    }
  }

  drop(copy, key) {
    copy.fields.delete(key);
    copy.queried?.delete(key);
    const { name } = copy.type;
    if (!this.removed.has(name)) this.removed.set(name, new Set());
    this.removed.get(name).add(key);
    this.lastChanged = true;
  }

  list(list) {
    return new ApexList(list.type, list.items.map((item) => this.record(item, false)));
  }
}

function strip(access, records, enforceRoot = true) {
  const rights = given(access).name === 'UPSERTABLE' ? ['CREATABLE', 'UPDATABLE'] : [access.name];
  let current = given(records, 2).items;
  const removed = new Map();
  const changed = new Set();
  for (const right of rights) {
    const stripping = new Stripping(right, enforceRoot);
    current = current.map((record, at) => {
      stripping.lastChanged = false;
      const copy = stripping.record(record);
      if (stripping.lastChanged) changed.add(at);
      return copy;
    });
    for (const [name, fields] of stripping.removed) removed.set(name, new Set([...(removed.get(name) ?? []), ...fields]));
  }
  return make('SObjectAccessDecision', { records: new ApexList(records.type, current), removed, changed });
}

/** Fields and children as the schema spells them. */
function spelled(sobject, keys) {
  const info = sobjectInfo(sobject);
  return [...keys].map((key) => info.fields.get(key)?.name ?? info.children.get(key)?.name ?? key);
}

platformClass('SObjectAccessDecision', {
  instance: {
    'List<SObject> getRecords()': (self) => self.state.records,
    'Map<String, Set<String>> getRemovedFields()': (self) =>
      aMap(STRING, setOf(STRING), [...self.state.removed].map(([name, keys]) => [name, aSet(STRING, spelled(name, keys))])),
    'Set<Integer> getModifiedIndexes()': (self) => aSet(INTEGER, [...self.state.changed]),
  },
});

export default platformClass('Security', {
  static: {
    'SObjectAccessDecision stripInaccessible(System.AccessType access, List<SObject> records)': strip,
    'SObjectAccessDecision stripInaccessible(System.AccessType access, List<SObject> records, Boolean enforceRootObjectCRUD)': strip,
  },
});
