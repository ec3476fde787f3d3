/** System.Map. */
import { fit } from '../../engine/cast.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { ID } from '../../engine/types.mjs';
import { ApexMap, SObject, SObjectToken } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';
import { aList, aSet, changing } from '../support/collections.mjs';
import { copyRecord } from '../support/copies.mjs';

const KEEP_ALL = { id: true, timestamps: true, autonumbers: true };

function putAll(self, source) {
  changing(self);
  const [key, value] = self.type.args;
  for (const [name, item] of given(source).table.pairs()) self.table.set(fit(name, key), fit(item, value));
}

/** Records under their ids. */
function putRecords(self, records) {
  const seen = new Set();
  given(records).items.forEach((record, index) => {
    const id = record?.fields.get('id') ?? null;
    if (!id) throw raise('ListException', `Row with null Id at index: ${index}`);
    if (seen.has(id.value)) throw raise('ListException', `Row with duplicate Id at index: ${index}`);
    seen.add(id.value);
    self.table.set(self.type.args[0] === ID ? id : id.value, record);
  });
}

function from(put) {
  return (type, source) => {
    const made = new ApexMap(type);
    put(made, source);
    return made;
  };
}

function deepClone(self) {
  const copy = (value) => (value instanceof SObject ? copyRecord(value, KEEP_ALL, true) : value);
  return new ApexMap(self.type, self.table.pairs().map(([key, value]) => [key, copy(value)]));
}

/** A list of records may fill a map of records only. */
function recordsOnly(self, records) {
  changing(self);
  putRecords(self, records);
}

export default platformClass('Map<K, V>', {
  constructors: {
    'Map()': (type) => new ApexMap(type),
    'Map(Map<K, V> source)': from(putAll),
    'Map(List<SObject> records)': from(putRecords),
  },
  instance: {
    'void clear()': (self) => changing(self).table.clear(),
    'Map<K, V> clone()': (self) => new ApexMap(self.type, self.table.pairs()),
    'Boolean containsKey(K key)': (self, key) => self.table.has(key),
    'Map<K, V> deepClone()': deepClone,
    'V get(K key)': (self, key) => self.table.get(key) ?? null,
    'Schema.SObjectType getSObjectType()': (self) => {
      const value = self.type.args[1];
      return value.kind === 'sobject' && value.name !== 'SObject' ? new SObjectToken(value.name) : null;
    },
    'Boolean isEmpty()': (self) => self.table.size === 0,
    'Set<K> keySet()': (self) => aSet(self.type.args[0], self.table.keys()),
    'V put(K key, V value)': (self, key, value) => changing(self).table.set(key, value) ?? null,
    'void putAll(Map<K, V> source)': putAll,
    'void putAll(List<SObject> records)': recordsOnly,
    'V remove(K key)': (self, key) => changing(self).table.delete(key) ?? null,
    'Integer size()': (self) => self.table.size,
    'List<V> values()': (self) => aList(self.type.args[1], self.table.values()),
  },
});
