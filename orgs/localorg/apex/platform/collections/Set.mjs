/** System.Set. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { ApexSet } from '../../engine/values.mjs';
import { changing, fitted } from '../support/collections.mjs';

function addAll(self, source) {
  const before = changing(self).table.size;
  for (const item of fitted(source, self.type.element)) self.table.set(item, true);
  return self.table.size > before;
}

const containsAll = (self, source) => fitted(source, self.type.element).every((item) => self.table.has(item));

function removeAll(self, source) {
  const before = changing(self).table.size;
  for (const item of fitted(source, self.type.element)) self.table.delete(item);
  return self.table.size < before;
}

function retainAll(self, source) {
  const kept = new ApexSet(self.type, fitted(source, self.type.element));
  const gone = changing(self).items.filter((item) => !kept.table.has(item));
  for (const item of gone) self.table.delete(item);
  return gone.length > 0;
}

const from = (type, source) => new ApexSet(type, fitted(source, type.element));

/** One signature for each kind of collection the reference names. */
const forSources = (before, after, run) => Object.fromEntries(['List', 'Set'].map((kind) => [`${before}${kind}<T> source${after}`, run]));

export default platformClass('Set<T>', {
  implements: ['Iterable<T>'],
  constructors: { 'Set()': (type) => new ApexSet(type), ...forSources('Set(', ')', from), 'Set(Iterable<T> source)': from },
  instance: {
    'Boolean add(T item)': (self, item) => changing(self).table.set(item, true) === undefined,
    ...forSources('Boolean addAll(', ')', addAll),
    'Boolean addAll(Iterable<T> source)': addAll,
    'void clear()': (self) => changing(self).table.clear(),
    'Set<T> clone()': (self) => new ApexSet(self.type, self.items),
    'Boolean contains(T item)': (self, item) => self.table.has(item),
    ...forSources('Boolean containsAll(', ')', containsAll),
    'Boolean isEmpty()': (self) => self.table.size === 0,
    'Iterator<T> iterator()': (self) => make('ListIterator', { items: self.items, at: 0 }),
    'Boolean remove(T item)': (self, item) => changing(self).table.delete(item) !== undefined,
    ...forSources('Boolean removeAll(', ')', removeAll),
    ...forSources('Boolean retainAll(', ')', retainAll),
    'Integer size()': (self) => self.table.size,
  },
});
