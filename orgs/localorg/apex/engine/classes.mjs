/** Classes, interfaces and enums as the resolver and the runtime see them, whoever wrote them. */
import { OBJECT, VOID, intern, substitute } from './types.mjs';

export class Method {
  constructor(owner, name, params, returns, options = {}) {
    this.owner = owner;
    this.name = name;
    this.params = params; // [{name, type}]
    this.returns = returns ?? VOID;
    this.isStatic = Boolean(options.isStatic);
    this.isAbstract = Boolean(options.isAbstract);
    this.isOverride = Boolean(options.isOverride);
    this.isQuery = Boolean(options.isQuery); // its list may be assigned to one record, as a query's
    this.access = options.access ?? 'public';
    this.annotations = options.annotations ?? [];
    this.native = options.native ?? null; // a platform method's implementation: (self, ...args) or (...args)
    this.call = options.native ?? null; // what runs: the same, or the compiled body
    this.key = `${name.toLowerCase()}/${params.map((param) => param.type.text.toLowerCase()).join()}`;
  }

  toString() {
    return `${this.name}(${this.params.map((param) => param.type.text).join(', ')})`;
  }
}

export class ClassInfo {
  constructor(name, kind, options = {}) {
    this.name = name; // `Outer.Inner`, `Database.SaveResult`, `npsp.TDTM_Runnable`
    this.simple = name.split('.').pop();
    this.kind = kind; // class, interface, enum
    this.native = Boolean(options.native);
    this.outer = options.outer ?? null;
    this.parameters = options.parameters ?? []; // names of type parameters
    this.superclass = null; // Type
    this.interfaces = []; // Types
    this.isAbstract = Boolean(options.isAbstract);
    this.isVirtual = Boolean(options.isVirtual);
    this.sharing = options.sharing ?? null; // with, without, inherited
    this.annotations = options.annotations ?? [];
    this.methods = new Map(); // lower-cased name → Method[]
    this.constructors = [];
    this.fields = new Map(); // lower-cased name → FieldInfo
    this.inner = new Map(); // lower-cased simple name → ClassInfo
    this.values = []; // an enum's
    this.memberOf = options.memberOf ?? null; // (name) → {type, get} for members that no list can hold: Label.X
    this.instanceMemberOf = options.instanceMemberOf ?? null;
    this.lookups = new Map();
    this.type = intern('class', name, this.parameters.map((parameter) => intern('parameter', parameter)));
    this.type.decl = this;
  }

  get parent() {
    return this.superclass?.decl ?? null;
  }

  addMethod(method) {
    const name = method.name.toLowerCase();
    if (!this.methods.has(name)) this.methods.set(name, []);
    this.methods.get(name).push(method);
  }

  /** Every class and interface this one is, itself first, with type arguments in its own terms. */
  *ancestry(args = this.type.args, seen = new Set()) {
    if (seen.has(this)) return;
    seen.add(this);
    yield [this, args];
    for (const above of [this.superclass, ...this.interfaces]) {
      if (!above?.decl) continue;
      const passed = above.args.map((arg) => substitute(arg, this.parameters, args));
      yield* above.decl.ancestry(passed, seen);
    }
  }

  is(other) {
    for (const [found] of this.ancestry()) if (found === other) return true;
    return false;
  }

  field(name) {
    for (let cls = this; cls; cls = cls.parent) {
      const found = cls.fields.get(name);
      if (found) return found;
    }
    return null;
  }

  /** What runs when the method of this name and key is called on an object of this class. */
  implementation(method) {
    let found = this.lookups.get(method);
    if (found === undefined) this.lookups.set(method, (found = this.findImplementation(method)));
    return found;
  }

  findImplementation(method) {
    for (let cls = this; cls; cls = cls.parent) {
      const candidates = (cls.methods.get(method.name.toLowerCase()) ?? []).filter(
        (candidate) => candidate.params.length === method.params.length && !candidate.isAbstract && !candidate.isStatic,
      );
      const exact = candidates.find((candidate) => candidate.key === method.key);
      if (exact) return exact;
      if (candidates.length && (cls !== method.owner || !method.isAbstract)) {
        const fitting = candidates.find((candidate) => overrides(candidate, method, this));
        if (fitting) return fitting;
      }
    }
    return null;
  }

  /** The method that runs for a name and a number of arguments: how the platform calls back into Apex. */
  callback(name, count) {
    const key = `${name}/${count}`;
    if (this.lookups.has(key)) return this.lookups.get(key);
    let found = null;
    for (let cls = this; cls && !found; cls = cls.parent) {
      found = (cls.methods.get(name.toLowerCase()) ?? []).find(
        (method) => method.params.length === count && !method.isAbstract && !method.isStatic,
      ) ?? null;
    }
    this.lookups.set(key, found);
    return found;
  }

  get hashMethod() {
    return this.callback('hashCode', 0);
  }

  get equalsMethod() {
    return this.callback('equals', 1);
  }

  get rootException() {
    for (let cls = this; cls; cls = cls.parent) if (cls.name === 'Exception') return cls;
    return null;
  }
}

/** Whether a method implements a generic interface's: its parameters are the interface's with the type arguments put in. */
function overrides(candidate, method, cls) {
  for (const [above, args] of cls.ancestry()) {
    if (above !== method.owner) continue;
    return candidate.params.every((param, at) => {
      const wanted = substitute(method.params[at].type, above.parameters, args);
      return wanted === param.type || (wanted === OBJECT && method.params[at].type.kind === 'parameter') || loose(wanted, param.type);
    });
  }
  return false;
}

/** Apex takes List<SObject> for a list of any sObject where a method is implemented. */
const loose = (wanted, given) =>
  wanted.kind === given.kind && wanted.kind !== 'primitive' && wanted.args.every((arg, at) => arg === given.args[at] || arg.kind === 'sobject');

export class FieldInfo {
  constructor(owner, name, type, options = {}) {
    this.owner = owner;
    this.name = name;
    this.type = type;
    this.isStatic = Boolean(options.isStatic);
    this.isFinal = Boolean(options.isFinal);
    this.access = options.access ?? 'private';
    this.transient = Boolean(options.transient);
    this.annotations = options.annotations ?? [];
    this.get = options.get ?? null; // native or compiled getter
    this.set = options.set ?? null;
    this.value = null; // a static's
  }
}
