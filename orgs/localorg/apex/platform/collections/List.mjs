/** System.List. */
import { invoke, make } from '../../engine/calls.mjs';
import { equals } from '../../engine/equality.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { ApexList, SObject, SObjectToken } from '../../engine/values.mjs';
import { given, strict } from '../support/arguments.mjs';
import { changing, compareNaturally, fitted } from '../support/collections.mjs';
import { cloneBy } from '../support/copies.mjs';

const MAX_SIZE = 1000000;

function place(self, index, length = self.items.length) {
  if (index < 0 || index >= length) throw raise('ListException', `List index out of bounds: ${index}`);
  return index;
}

function addAll(self, source) {
  changing(self).items.push(...fitted(source, self.type.element));
}

function sized(type, size) {
  if (size < 0 || size > MAX_SIZE) throw raise('ListException', `List size out of bounds: ${size}`);
  return new ApexList(type, new Array(size).fill(null));
}

function sort(self, compare) {
  changing(self).items.sort(compare);
}

function deepClone(self, ...keep) {
  const [id, timestamps, autonumbers] = keep;
  const copy = (item) => (item instanceof SObject ? cloneBy(item, [id, true, timestamps, autonumbers]) : item);
  return new ApexList(self.type, self.items.map(copy));
}

function insert(self, index, item) {
  changing(self).items.splice(place(self, given(index), self.items.length + 1), 0, item);
}

export default platformClass('List<T>', {
  implements: ['Iterable<T>'],
  constructors: {
    'List()': (type) => new ApexList(type),
    'List(Integer size)': (type, size) => sized(type, given(size)),
    'List(List<T> source)': (type, source) => new ApexList(type, fitted(source, type.element)),
    'List(Set<T> source)': (type, source) => new ApexList(type, fitted(source, type.element)),
    'List(Iterable<T> source)': (type, source) => new ApexList(type, fitted(source, type.element)),
  },
  instance: {
    'void add(T item)': (self, item) => {
      changing(self).items.push(item);
    },
    'void add(Integer index, T item)': insert,
    'void addAll(List<T> source)': addAll,
    'void addAll(Set<T> source)': addAll,
    'void addAll(Iterable<T> source)': addAll,
    'void clear()': (self) => {
      changing(self).items.length = 0;
    },
    'List<T> clone()': (self) => new ApexList(self.type, [...self.items]),
    'Boolean contains(T item)': (self, item) => self.items.some((one) => equals(one, item)),
    'List<T> deepClone()': (self) => deepClone(self),
    'List<T> deepClone(Boolean preserveId)': deepClone,
    'List<T> deepClone(Boolean preserveId, Boolean preserveReadonlyTimestamps)': deepClone,
    'List<T> deepClone(Boolean preserveId, Boolean preserveReadonlyTimestamps, Boolean preserveAutonumber)': deepClone,
    'T get(Integer index)': strict((self, index) => self.items[place(self, index)]),
    'Schema.SObjectType getSObjectType()': (self) => {
      const { name } = self.type.element;
      return self.type.element.kind === 'sobject' && name !== 'SObject' ? new SObjectToken(name) : null;
    },
    'Integer indexOf(T item)': (self, item) => self.items.findIndex((one) => equals(one, item)),
    'Boolean isEmpty()': (self) => self.items.length === 0,
    'Iterator<T> iterator()': (self) => make('ListIterator', { items: self.items, at: 0 }),
    'T remove(Integer index)': strict((self, index) => changing(self).items.splice(place(self, index), 1)[0]),
    'void set(Integer index, T item)': (self, index, item) => {
      self.items[place(self, given(index))] = item;
    },
    'Integer size()': (self) => self.items.length,
    'void sort()': (self) => sort(self, compareNaturally),
    'void sort(Comparator<T> comparator)': strict((self, comparator) => sort(self, (a, b) => invoke(comparator, 'compare', [a, b]))),
  },
});

/** What iterator() gives: it is never named in Apex. */
platformClass('ListIterator<T>', {
  implements: ['Iterator<T>'],
  instance: {
    'Boolean hasNext()': (self) => self.state.at < self.state.items.length,
    'T next()': (self) => {
      const { state } = self;
      if (state.at >= state.items.length) throw raise('NoSuchElementException', 'Iterator has no more elements');
      return state.items[state.at++];
    },
  },
});

