/** for (X x : something). */
import { invoke } from './calls.mjs';
import { nullPointer } from './errors.mjs';
import { ApexList, ApexSet, Instance } from './values.mjs';

const CHUNK = 200;

/** A cursor with `next()` and `value`; a collection stays as it is until `done()`. */
export function iterate(source) {
  if (source === null || source === undefined) throw nullPointer();
  if (source instanceof ApexList || source instanceof ApexSet) return new CollectionCursor(source);
  if (source instanceof Instance && source.cls.callback('hasNext', 0)) return new IteratorCursor(source);
  const iterator = source instanceof Instance ? invoke(source, 'iterator', []) : null;
  if (!iterator) throw nullPointer();
  return new IteratorCursor(iterator);
}

/** A query's records, two hundred at a time. */
export function* chunks(list) {
  for (let from = 0; from < list.items.length; from += CHUNK) yield new ApexList(list.type, list.items.slice(from, from + CHUNK));
}

class CollectionCursor {
  constructor(source) {
    this.source = source;
    this.items = source.items;
    this.at = 0;
    this.value = null;
    source.iterating++;
  }

  next() {
    if (this.at >= this.items.length) return false;
    this.value = this.items[this.at++] ?? null;
    return true;
  }

  done() {
    this.source.iterating--;
  }
}

class IteratorCursor {
  constructor(iterator) {
    this.iterator = iterator;
    this.value = null;
  }

  next() {
    if (invoke(this.iterator, 'hasNext', []) !== true) return false;
    this.value = invoke(this.iterator, 'next', []);
    return true;
  }

  done() {}
}
