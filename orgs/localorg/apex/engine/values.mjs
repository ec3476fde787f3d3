/**
 * What Apex values are in JavaScript. null, Boolean and String are themselves; Integer is a number, Long a bigint;
 * everything else is one of the classes below, so that a value always knows its own Apex type.
 */
import { Decimal } from './decimal.mjs';
import { HashTable } from './hashing.mjs';

export { Decimal, HashTable };
export const MIN_INTEGER = -2147483648;
export const MAX_INTEGER = 2147483647;

export class Double {
  constructor(value) {
    this.value = value;
  }
}

/** Always 18 characters. */
export class Id {
  constructor(value) {
    this.value = value;
  }

  toString() {
    return this.value;
  }
}

/** `days` since 1970-01-01. */
export class ApexDate {
  constructor(days) {
    this.days = days;
  }

  static of(year, month, day) {
    const moment = new Date(0);
    moment.setUTCFullYear(year, month - 1, day);
    return new ApexDate(Math.floor(moment.getTime() / 86400000));
  }

  /** The JavaScript Date at midnight UTC. */
  get moment() {
    return new Date(this.days * 86400000);
  }

  toString() {
    return this.moment.toISOString().replace(/^\+00/, '').slice(0, 10);
  }
}

/** `ms` since the epoch, UTC. */
export class Datetime {
  constructor(ms) {
    this.ms = ms;
  }
}

/** `ms` since midnight. */
export class Time {
  constructor(ms) {
    this.ms = ms;
  }
}

export class Blob {
  constructor(bytes) {
    this.bytes = bytes;
  }
}

/** `type` is the whole type, `List<String>`. */
export class ApexList {
  constructor(type, items = []) {
    this.type = type;
    this.items = items;
    this.iterating = 0; // open for-each loops: changing the size under them is refused
  }
}

export class ApexSet {
  constructor(type, values = []) {
    this.type = type;
    this.table = new HashTable();
    this.iterating = 0;
    for (const value of values) this.table.set(value, true);
  }

  get items() {
    return this.table.keys();
  }
}

export class ApexMap {
  constructor(type, entries = []) {
    this.type = type;
    this.table = new HashTable();
    for (const [key, value] of entries) this.table.set(key, value);
  }
}

/**
 * A record. `fields` holds values by lower-cased API name, `parents` and `children` what a query brought along.
 * `queried` is null for records made in Apex; else the lower-cased names that the query selected.
 */
export class SObject {
  constructor(type) {
    this.type = type;
    this.fields = new Map();
    this.parents = null;
    this.children = null;
    this.queried = null;
    this.errors = null; // addError: [{field, message}]
    this.readOnly = false; // Trigger.old, and Trigger.new in after triggers
  }
}

export class EnumValue {
  constructor(cls, name, ordinal) {
    this.cls = cls;
    this.name = name;
    this.ordinal = ordinal;
  }
}

/** An object of a class, the user's or the platform's. `state` belongs to the platform class in its ancestry. */
export class Instance {
  constructor(cls) {
    this.cls = cls;
    this.state = null;
  }
}

/** `Account.SObjectType`. */
export class SObjectToken {
  constructor(sobject) {
    this.sobject = sobject; // API name
  }
}

/** `Account.Name` as a token. */
export class FieldToken {
  constructor(sobject, field) {
    this.sobject = sobject; // API names
    this.field = field;
  }
}

/** `Account.class`, what Type.forName gives. */
export class TypeValue {
  constructor(type) {
    this.type = type;
  }
}

export const integer = (value) => value | 0;
export const long = (value) => BigInt.asIntN(64, value);
