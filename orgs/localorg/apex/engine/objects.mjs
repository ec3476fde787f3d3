/** Objects come into being: fields empty, then initialisers from the object's own class upwards, then constructors downwards. */
import { compileClass } from './compiler/emission.mjs';
import { topOf } from './compiler/declarations.mjs';
import { ClassInfo, Method } from './classes.mjs';
import { raise } from './errors.mjs';
import { ready } from './platform.mjs';
import { stackTrace } from './stack.mjs';
import { prepare } from './statics.mjs';
import { Instance } from './values.mjs';

/** An object of a class with all fields of its ancestry, still empty. */
export function allocate(cls) {
  prepare(cls);
  const made = new Instance(cls);
  for (const slot of slotsOf(cls)) made[slot] = null;
  if (cls.rootException) {
    made.state = { message: null, cause: null };
    made.trace = stackTrace();
  }
  return made;
}

function slotsOf(cls) {
  if (cls.slots) return cls.slots;
  const own = [...cls.fields.values()].filter((field) => !field.isStatic && field.slot).map((field) => field.slot);
  cls.slots = [...(cls.parent ? slotsOf(cls.parent) : []), ...own];
  return cls.slots;
}

export function constructNative(cls, state) {
  ready(cls);
  const made = new Instance(cls);
  made.state = state;
  if (cls.rootException) made.trace = stackTrace();
  return made;
}

/** By a constructor that takes these values as they are: how Type.newInstance and the platform make a user's objects. */
export function construct(cls, args) {
  const found = (cls.native ? ready(cls) : cls).constructors.find((constructor) => constructor.params.length === args.length);
  const impossible = cls.isAbstract || cls.kind !== 'class' || (!found && (args.length || cls.constructors.length || cls.native));
  if (impossible) throw raise('TypeException', `Type cannot be constructed: ${cls.name}`);
  if (cls.native) return constructNative(cls, found.native(...args));
  const made = allocate(cls);
  if (found) found.call(made, ...args);
  else constructDefault(cls, made);
  return made;
}

/** The constructor of a class that has none. */
export function constructDefault(cls, self) {
  compileClass(topOf(cls));
  cls.initialise(self);
  constructParent(cls, self);
}

/** What a constructor does first when it does not say: the parent's constructor without arguments. */
export function constructParent(cls, self) {
  const { parent } = cls;
  if (!parent || parent.rootException?.native === parent.native) return;
  const constructor = parent.constructors.find((found) => !found.params.length);
  if (parent.native) self.state ??= constructor ? constructor.native() : {};
  else if (constructor) constructor.call(self);
  else constructDefault(parent, self);
}

/** Everything a user's object holds, the uppermost class's fields first. */
export function* instanceFields(instance) {
  const chain = [];
  for (let cls = instance.cls; cls; cls = cls.parent) chain.unshift(cls);
  for (const cls of chain) {
    for (const field of cls.fields.values()) {
      if (field.slot || field.getterNode) yield new FieldView(instance, field);
    }
  }
}

class FieldView {
  constructor(instance, field) {
    Object.assign(this, { instance, field, name: field.name, type: field.type, access: field.access });
    this.transient = field.transient;
    this.isStatic = field.isStatic;
  }

  get() {
    return this.field.getterNode ? this.field.get(this.instance) : this.instance[this.field.slot];
  }

  set(value) {
    if (this.field.setterNode) this.field.set(this.instance, value);
    else this.instance[this.field.slot] = value;
  }
}

/** An object that passes for one of `type` and hands every call to `handler(method, args, self)`. */
export function stubOf(type, handler) {
  const cls = new ClassInfo(`${type.decl.name}__sfdc_ApexStub`, 'class', {});
  cls.type = type;
  const above = type.decl.native ? ready(type.decl) : type.decl;
  if (above.kind === 'interface') cls.interfaces = [type];
  else cls.superclass = type;
  for (const [owner] of above.ancestry()) {
    for (const method of [...owner.methods.values()].flat()) {
      if (!method.isStatic && method.access !== 'private') cls.addMethod(stubbed(cls, method, handler));
    }
  }
  const made = new Instance(cls);
  for (const slot of slotsOf(cls)) made[slot] = null;
  return made;
}

function stubbed(cls, method, handler) {
  const options = { access: method.access, native: (self, ...args) => handler(method, args, self) };
  return new Method(cls, method.name, method.params, method.returns, options);
}
