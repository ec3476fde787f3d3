/** What a name means where it stands: the method's locals, then the class around it. */
import { CompileError } from '../errors.mjs';

/** One unit of code on its way to JavaScript: constants it refers to, the lines that can be covered. */
export class Unit {
  constructor(name) {
    this.name = name;
    this.constants = [];
    this.places = new Map();
    this.lines = new Set();
    this.problems = []; // {message, at, method}
  }

  /** How the emitted code calls a value of the compiler's: a type, a method, a field. */
  constant(value) {
    if (!this.places.has(value)) {
      this.places.set(value, this.constants.length);
      this.constants.push(value);
    }
    return `k${this.places.get(value)}`;
  }
}

/** One method, constructor or initialiser being compiled. */
export class Scope {
  constructor(unit, cls, { isStatic, returns = null, trigger = null, property = null, kind = 'method' }) {
    this.unit = unit;
    this.cls = cls;
    this.isStatic = isStatic;
    this.returns = returns;
    this.trigger = trigger; // the sObject type a trigger stands on
    this.property = property; // the property whose accessor this is: its own name means the stored value
    this.kind = kind;
    this.blocks = [new Map()];
    this.temporaries = 0;
    this.at = [0, 0];
    this.loops = 0;
  }

  open() {
    this.blocks.push(new Map());
  }

  close() {
    this.blocks.pop();
  }

  declare(name, type, at) {
    const key = name.toLowerCase();
    if (this.local(key)) throw new CompileError(`Duplicate variable: ${name}`, at);
    const local = { name, type, code: `v_${key}` };
    this.blocks.at(-1).set(key, local);
    return local;
  }

  local(key) {
    for (let at = this.blocks.length - 1; at >= 0; at--) {
      const found = this.blocks[at].get(key);
      if (found) return found;
    }
    return null;
  }

  temporary() {
    return `t${this.temporaries++}`;
  }

  refuse(message, node) {
    return new CompileError(message, node?.at ?? this.at);
  }
}
