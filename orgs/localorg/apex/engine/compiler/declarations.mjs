/** Parsed classes → ClassInfo: first all names, then what the names mean. */
import { ClassInfo, FieldInfo, Method } from '../classes.mjs';
import { CompileError } from '../errors.mjs';
import { findPlatform, userClasses } from '../registry.mjs';
import { VOID } from '../types.mjs';
import { EnumValue } from '../values.mjs';
import { compileClass } from './emission.mjs';
import { resolveType } from './names.mjs';
import { Unit } from './scope.mjs';

let slots = 0;

const sharingOf = (modifiers) => {
  const at = modifiers.findIndex((word) => /sharing$/.test(word));
  return at < 0 ? null : modifiers[at].replace('sharing', '') || modifiers[at - 1];
};
const accessOf = (modifiers) => ['global', 'public', 'protected', 'private'].find((word) => modifiers.includes(word)) ?? 'private';

/** A class and the classes in it, known by name. `unit` collects what its compilation says. */
export function declareClass(node, { outer = null, namespace = '', unit = null } = {}) {
  const name = outer ? `${outer.name}.${node.name}` : namespace + node.name;
  const info = new ClassInfo(name, node.kind, {
    outer,
    isAbstract: node.modifiers.includes('abstract'),
    isVirtual: node.modifiers.includes('virtual'),
    sharing: sharingOf(node.modifiers),
    annotations: node.annotations,
  });
  info.namespace = namespace.replace(/\.$/, '');
  info.node = node;
  info.unit = unit ?? new Unit(name);
  info.access = accessOf(node.modifiers);
  for (const member of node.members ?? []) {
    if (member.kind === 'inner') {
      const inner = declareClass(member.declaration, { outer: info, namespace, unit: info.unit });
      info.inner.set(inner.simple.toLowerCase(), inner);
    }
  }
  if (!outer) userClasses.set(name.toLowerCase(), info);
  return info;
}

/** What the class extends and implements: before any member is looked at, since members may come from there. */
export function linkAncestry(info) {
  const { node } = info;
  attempt(info, node, () => {
    if (node.kind === 'enum') {
      info.superclass = findPlatform('Enum').type;
      info.values = node.values.map((value, at) => new EnumValue(info, value, at));
      return;
    }
    if (node.extends) info.superclass = resolveType(node.extends, info.outer ?? info);
    info.interfaces = (node.implements ?? []).map((ref) => resolveType(ref, info.outer ?? info));
  });
  for (const inner of info.inner.values()) linkAncestry(inner);
}

/** Fields, properties, methods and constructors with their types. */
export function linkMembers(info) {
  for (const member of info.node.members ?? []) attempt(info, member, () => LINKERS[member.kind]?.(info, member));
  for (const inner of info.inner.values()) linkMembers(inner);
}

/** What goes wrong with one member is the class's problem; the others stay usable. */
export function attempt(info, node, work) {
  try {
    return work();
  } catch (problem) {
    if (!(problem instanceof CompileError)) throw problem;
    info.unit.problems.push({ message: problem.message, at: problem.at ?? node.at, of: info.name });
    return null;
  }
}

const LINKERS = { field: linkField, property: linkProperty, method: linkMethod, constructor: linkConstructor };

function options(member) {
  const { modifiers } = member;
  return {
    isStatic: modifiers.includes('static'),
    isFinal: modifiers.includes('final'),
    isAbstract: modifiers.includes('abstract'),
    isOverride: modifiers.includes('override'),
    transient: modifiers.includes('transient'),
    access: accessOf(modifiers),
    annotations: member.annotations,
  };
}

function addField(info, name, type, member) {
  if (info.fields.has(name.toLowerCase())) throw new CompileError(`Duplicate field: ${name}`, member.at);
  const field = new FieldInfo(info, name, type, options(member));
  if (!field.isStatic) field.slot = `f${slots++}_${name.toLowerCase()}`;
  info.fields.set(name.toLowerCase(), field);
  return field;
}

function linkField(info, member) {
  const type = resolveType(member.type, info);
  for (const variable of member.variables) addField(info, variable.name, type, member).initial = variable.value;
}

function linkProperty(info, member) {
  const field = addField(info, member.name, resolveType(member.type, info), member);
  field.isProperty = true;
  field.isVirtual = member.modifiers.some((word) => ['virtual', 'abstract', 'override'].includes(word));
  field.getterNode = member.get?.body ?? null;
  field.setterNode = member.set?.body ?? null;
}

const parameters = (info, member) => member.params.map((param) => ({ name: param.name, type: resolveType(param.type, info) }));

function linkMethod(info, member) {
  const returns = member.returns ? resolveType(member.returns, info) : VOID;
  const given = { ...options(member), isAbstract: !member.body };
  const method = new Method(info, member.name, parameters(info, member), returns, given);
  method.isVirtual = member.modifiers.includes('virtual') || member.modifiers.includes('override');
  const isTestMethod = member.modifiers.includes('testmethod');
  if (isTestMethod) method.annotations = [...method.annotations, { name: 'istest', values: {} }];
  refuseTwin(info, method, info.methods.get(member.name.toLowerCase()) ?? [], member);
  prepareMethod(info, method, member);
  info.addMethod(method);
}

function refuseTwin(info, method, others, member) {
  if (others.some((other) => other.key === method.key)) {
    throw new CompileError(`Method already defined: ${method.name} ${info.name}.${method}`, member.at);
  }
}

function linkConstructor(info, member) {
  const constructor = new Method(info, info.simple, parameters(info, member), info.type, options(member));
  refuseTwin(info, constructor, info.constructors, member);
  prepareMethod(info, constructor, member);
  constructor.label = `Class.${info.name}.<init>`;
  info.constructors.push(constructor);
}

function prepareMethod(info, method, member) {
  method.node = member;
  if (member.body) method.call = (...args) => compiledCall(info, method, args);
  method.label = `Class.${info.name}.${method.name}`;
  Object.assign(method, sharingOfMethod(info));
}

/** The first call compiles the class. */
function compiledCall(info, method, args) {
  const before = method.call;
  compileClass(topOf(info));
  if (method.call === before) throw new Error(`${info.name}.${method.name} was not compiled`);
  return method.call(...args);
}

export const topOf = (info) => (info.outer ? topOf(info.outer) : info);

/** How a class's code sees records: as the class says; one that says nothing goes with its caller. */
export function sharingOfMethod(info) {
  const said = info.sharing;
  return {
    sharing: said === 'with' || said === 'without' ? said : null,
    entrySharing: said === 'inherited' ? 'with' : 'without',
  };
}

