/** Apex types: interned, so that two mentions of `Map<Id, List<Account>>` are one object. */

const interned = new Map();

/** `name` is canonical (`List`, `Database.SaveResult`, `Account`, `Outer.Inner`); `args` are the type arguments. */
export class Type {
  constructor(kind, name, args) {
    this.kind = kind; // primitive, list, set, map, sobject, class (user's or the platform's), parameter, nothing
    this.name = name;
    this.args = args;
    this.text = args.length ? `${name}<${args.map(String).join(', ')}>` : name;
    this.decl = null; // the ClassInfo of a class, interface or enum
  }

  get element() {
    return this.args[0];
  }

  toString() {
    return this.text;
  }
}

export function intern(kind, name, args = []) {
  const key = `${kind}:${name.toLowerCase()}<${args.map((arg) => `${arg.kind}:${arg.text.toLowerCase()}`).join()}>`;
  let found = interned.get(key);
  if (!found) interned.set(key, (found = new Type(kind, name, args)));
  return found;
}

/** Forgets what was interned for the org's classes: the code changed. */
export function forgetTypes() {
  for (const [key, type] of interned) if (/\bclass:/.test(key) && !type.decl?.native) interned.delete(key);
}

const PRIMITIVES = 'Boolean Integer Long Double Decimal String Id Date Datetime Time Blob Object'.split(' ');
export const primitives = new Map(PRIMITIVES.map((name) => [name.toLowerCase(), intern('primitive', name)]));
export const [BOOLEAN, INTEGER, LONG, DOUBLE, DECIMAL, STRING, ID, DATE, DATETIME, TIME, BLOB, OBJECT] = primitives.values();
export const VOID = intern('nothing', 'void');
export const NULL = intern('nothing', 'null');
export const SOBJECT = intern('sobject', 'SObject');

export const listOf = (element) => intern('list', 'List', [element]);
export const setOf = (element) => intern('set', 'Set', [element]);
export const mapOf = (key, value) => intern('map', 'Map', [key, value]);
export const parameter = (name) => intern('parameter', name);

export const isNumeric = (type) => type === INTEGER || type === LONG || type === DOUBLE || type === DECIMAL;
export const isCollection = (type) => type.kind === 'list' || type.kind === 'set' || type.kind === 'map';
export const isText = (type) => type === STRING || type === ID;

/** The type with a generic class's parameters replaced by what they stand for. */
export function substitute(type, names, args) {
  if (type.kind === 'parameter') {
    const place = names.indexOf(type.name);
    return place < 0 ? type : args[place] ?? OBJECT;
  }
  if (!type.args.length) return type;
  const made = intern(type.kind, type.name, type.args.map((arg) => substitute(arg, names, args)));
  made.decl ??= type.decl;
  return made;
}
