/** Sets and maps by Apex equality, in the order of insertion. */
import { equals, hashText } from './equality.mjs';

export class HashTable {
  constructor() {
    this.entries = new Map(); // place → [key, value]
    this.rows = null; // hash code → places, for keys whose class says itself what is equal
    this.made = 0;
  }

  get size() {
    return this.entries.size;
  }

  has(key) {
    return this.entries.has(this.place(key));
  }

  get(key) {
    return this.entries.get(this.place(key))?.[1];
  }

  /** Gives back the value that was there before, or undefined. */
  set(key, value) {
    const place = this.place(key) ?? this.newPlace(key);
    const entry = this.entries.get(place);
    if (!entry) {
      this.entries.set(place, [key, value]);
      return undefined;
    }
    const before = entry[1];
    entry[1] = value;
    return before;
  }

  delete(key) {
    const place = this.place(key);
    const entry = this.entries.get(place);
    this.entries.delete(place);
    if (entry && typeof place === 'number') {
      const row = this.rows.get(hashText(key));
      row.splice(row.indexOf(place), 1);
    }
    return entry?.[1];
  }

  clear() {
    this.entries.clear();
    this.rows = null;
  }

  keys() {
    return Array.from(this.entries.values(), (entry) => entry[0]);
  }

  values() {
    return Array.from(this.entries.values(), (entry) => entry[1]);
  }

  pairs() {
    return Array.from(this.entries.values(), ([key, value]) => [key, value]);
  }

  /** Where a key lives: under its text, or at a numbered place of its hash code's row (undefined when it has none). */
  place(key) {
    const text = hashText(key);
    if (typeof text === 'string') return text;
    return this.rows?.get(text)?.find((place) => equals(this.entries.get(place)[0], key));
  }

  newPlace(key) {
    const code = hashText(key);
    this.rows ??= new Map();
    if (!this.rows.has(code)) this.rows.set(code, []);
    this.rows.get(code).push(++this.made);
    return this.made;
  }
}
