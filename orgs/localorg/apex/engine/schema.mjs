/** An sObject's fields and relationships as Apex types; the org is asked once for each object. */
import { BLOB, BOOLEAN, DATE, DATETIME, DECIMAL, DOUBLE, ID, INTEGER, STRING, TIME } from './types.mjs';

const TYPES = {
  id: ID, reference: ID, boolean: BOOLEAN, int: INTEGER, double: DECIMAL, currency: DECIMAL, percent: DECIMAL, date: DATE, datetime: DATETIME,
  time: TIME, base64: BLOB, latitude: DOUBLE,
};

export class SObjectInfo {
  constructor({ name, label, prefix, custom, setting, fields, children }) {
    this.name = name;
    this.label = label;
    this.prefix = prefix;
    this.custom = custom;
    this.setting = setting;
    this.fields = new Map();
    this.parents = new Map(); // lower-cased relationship name → field
    this.children = new Map(children.map((child) => [child.name.toLowerCase(), child])); // {name, sobject, field}
    for (const field of fields) this.add({ ...field, key: field.name.toLowerCase(), apexType: TYPES[field.type] ?? STRING });
  }

  add(field) {
    this.fields.set(field.key, field);
    if (field.relationship) this.parents.set(field.relationship.toLowerCase(), field);
  }
}
