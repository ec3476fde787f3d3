/** Values as JSON text, as Apex's JSON.serialize writes it. */
import { raise } from '../../engine/errors.mjs';
import { instanceFields } from '../../engine/objects.mjs';
import { infoOf } from '../../engine/records.mjs';
import { typeNamed } from '../../engine/typenames.mjs';
import { toText } from '../../engine/text.mjs';
import {
  ApexDate, ApexList, ApexMap, ApexSet, Blob, Datetime, Decimal, Double, EnumValue, FieldToken, Id, Instance, SObject, SObjectToken, Time,
} from '../../engine/values.mjs';

const API_VERSION = 'v62.0';
const notSerializable = (what) => raise('JSONException', `Apex Type unsupported in JSON: ${what}`);

/** A tree of arrays, Maps and {raw} leaves; layout comes afterwards. */
class Tree {
  constructor(suppressNulls) {
    this.suppressNulls = suppressNulls;
    this.open = new Set(); // objects being written: one inside itself cannot be
  }

  of(value) {
    if (value === null || value === undefined) return raw('null');
    if (typeof value === 'string') return raw(JSON.stringify(value));
    if (typeof value !== 'object') return raw(String(value));
    return this.simple(value) ?? this.within(value);
  }

  simple(value) {
    if (value instanceof Id) return raw(JSON.stringify(value.value));
    if (value instanceof Decimal) return raw(value.toString());
    if (value instanceof Double) return raw(toText(value));
    if (value instanceof ApexDate) return raw(JSON.stringify(value.toString()));
    if (value instanceof Datetime) return raw(JSON.stringify(new Date(value.ms).toISOString()));
    if (value instanceof Time) return raw(JSON.stringify(toText(value)));
    if (value instanceof Blob) return raw(JSON.stringify(value.bytes.toString('base64')));
    if (value instanceof EnumValue) return raw(JSON.stringify(value.name));
    return null;
  }

  within(value) {
    if (this.open.has(value)) throw raise('JSONException', 'Direct self-reference leading to cycle');
    this.open.add(value);
    try {
      return this.compound(value);
    } finally {
      this.open.delete(value);
    }
  }

  compound(value) {
    if (value instanceof ApexList || value instanceof ApexSet) return value.items.map((item) => this.of(item));
    if (value instanceof ApexMap) return this.map(value);
    if (value instanceof SObject) return this.record(value);
    if (value instanceof Instance) return this.object(value);
    throw notSerializable(toText(value));
  }

  map(map) {
    const members = new Map();
    for (const [key, value] of map.table.pairs()) {
      if (!this.isKey(key)) throw raise('JSONException', 'Can not serialize Map with keys that are not primitive');
      if (!this.suppressNulls || value !== null) members.set(toText(key), this.of(value));
    }
    return members;
  }

  /** Tokens of the schema are keys by their names; as values they cannot be written. */
  isKey(key) {
    if (key === null || typeof key !== 'object') return true;
    return key instanceof FieldToken || key instanceof SObjectToken || this.simple(key) !== null;
  }

  object(object) {
    if (object.cls.native) return this.platformObject(object);
    if (object.cls.rootException) throw notSerializable(object.cls.name);
    const members = new Map();
    for (const field of instanceFields(object)) {
      if (field.isStatic || field.transient) continue;
      const value = field.get();
      if (!this.suppressNulls || value !== null) members.set(field.name, this.of(value));
    }
    return members;
  }

  platformObject(object) {
    const names = SERIALIZABLE[object.cls.name];
    if (!names) throw notSerializable(object.cls.name);
    return new Map(names.map((name) => [name, this.of(apexOf(object.state[name]))]));
  }

  record(record) {
    const id = record.fields.get('id');
    const url = id ? { url: `/services/data/${API_VERSION}/sobjects/${record.type.name}/${id.value}` } : {};
    const members = new Map([['attributes', new Map(Object.entries({ type: record.type.name, ...url }).map(([name, text]) => [name, raw(JSON.stringify(text))]))]]);
    const info = infoOf(record);
    for (const [key, value] of record.fields) {
      members.set(info?.fields.get(key)?.name ?? record.spelling?.get(key) ?? key, this.fieldValue(value));
    }
    for (const [key, parent] of record.parents ?? []) if (parent) members.set(info.parents.get(key).relationship, this.of(parent));
    for (const [key, list] of record.children ?? []) if (list.items.length) members.set(info.children.get(key).name, this.children(list));
    return members;
  }

  /** Records show their moments in the API's spelling. */
  fieldValue(value) {
    return value instanceof Datetime ? raw(JSON.stringify(new Date(value.ms).toISOString().replace('Z', '+0000'))) : this.of(value);
  }

  children(list) {
    return new Map([
      ['totalSize', raw(String(list.items.length))],
      ['done', raw('true')],
      ['records', this.of(list)],
    ]);
  }
}

const raw = (text) => ({ raw: text });
const RESULT = ['success', 'id', 'errors'];
const SERIALIZABLE = {
  'Database.SaveResult': RESULT,
  'Database.DeleteResult': RESULT,
  'Database.UndeleteResult': RESULT,
  'Database.UpsertResult': [...RESULT, 'created'],
  'Database.Error': ['message', 'statusCode', 'fields'],
};
const apexOf = (value) => (Array.isArray(value) ? new ApexList(typeNamed('List<Object>'), value) : value);

function compact(node) {
  if (node.raw !== undefined) return node.raw;
  if (Array.isArray(node)) return `[${node.map(compact).join(',')}]`;
  return `{${[...node].map(([name, value]) => `${JSON.stringify(name)}:${compact(value)}`).join(',')}}`;
}

/** Jackson's layout: members on lines of their own, elements of an array on one. */
function pretty(node, indent = '') {
  if (node.raw !== undefined) return node.raw;
  if (Array.isArray(node)) return node.length ? `[ ${node.map((item) => pretty(item, indent)).join(', ')} ]` : '[ ]';
  if (!node.size) return '{ }';
  const deeper = `${indent}  `;
  const members = [...node].map(([name, value]) => `${deeper}${JSON.stringify(name)} : ${pretty(value, deeper)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}

export const treeOf = (value, suppressNulls = false) => new Tree(suppressNulls).of(value);
export const layout = (tree, isPretty) => (isPretty ? pretty(tree) : compact(tree));

export function serialize(value, { suppressNulls = false, isPretty = false } = {}) {
  return layout(treeOf(value, suppressNulls), isPretty);
}
