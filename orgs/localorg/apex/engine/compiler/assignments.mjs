/** Assignments: where a value goes, and operators that read the place first. */
import { DECIMAL, DOUBLE, INTEGER, LONG, isNumeric } from '../types.mjs';
import { castable, converted } from './conversion.mjs';
import { compile, compileAs, link } from './expressions.mjs';
import { operation } from './operators.mjs';

/** A place: how it is read and written; `setup` evaluates once what stands before it. */
function place(node, scope) {
  if (node.kind === 'Index') return elementPlace(node, scope);
  if (node.kind !== 'Name' && node.kind !== 'Member') throw scope.refuse('Expression cannot be assigned', node);
  const found = link(node, scope);
  if (!found.type) throw scope.refuse(`Variable does not exist: ${found.path.join('.')}`, node);
  if (found.guards.length) throw scope.refuse('Safe navigation operator cannot be the target of an assignment', node);
  if (found.local) return { type: found.type, read: found.code, write: (code) => `(${found.code} = ${code})` };
  if (found.recordField || found.parentName) return recordPlace(found, scope);
  if (!found.field) throw scope.refuse('Expression cannot be assigned', node);
  return fieldPlace(found, scope);
}

function elementPlace(node, scope) {
  const list = compile(node.target, scope);
  if (list.type.kind !== 'list') throw scope.refuse(`Expression must be a list type: ${list.type}`, node);
  const [kept, at] = [scope.temporary(), scope.temporary()];
  return {
    type: list.type.element,
    setup: `${kept} = ${list.code}, ${at} = ${compileAs(node.index, INTEGER, scope)}`,
    read: `rt.elementAt(${kept}, ${at})`,
    write: (code) => `rt.setElement(${kept}, ${at}, ${code})`,
  };
}

function recordPlace(found, scope) {
  const kept = scope.temporary();
  const [getter, setter, key] = found.recordField
    ? ['getField', 'setField', found.recordField.key]
    : ['getParent', 'setParent', found.parentName];
  return {
    type: found.type,
    setup: `${kept} = ${found.owner}`,
    read: `rt.${getter}(${kept}, "${key}")`,
    write: (code) => `rt.${setter}(${kept}, "${key}", ${code})`,
  };
}

function fieldPlace(found, scope) {
  const { field, type } = found;
  const name = scope.unit.constant(field);
  if (field.isStatic) return staticPlace(found, scope, name);
  const stored = scope.property === field && found.target === 'self';
  if (found.target === 'self') {
    const write = !stored && hasSetter(field) ? (code) => `rt.setProperty(${name}, self, ${code})` : (code) => `(self.${field.slot} = ${code})`;
    return { type, read: found.code, write };
  }
  const kept = scope.temporary();
  const setup = `${kept} = ${found.owner}`;
  if (hasSetter(field)) {
    return { type, setup, read: `rt.property(${name}, ${kept})`, write: (code) => `rt.setProperty(${name}, ${kept}, ${code})` };
  }
  return { type, setup, read: `${kept}.${field.slot}`, write: (code) => `(${kept}.${field.slot} = ${code})` };
}

const hasSetter = (field) => field.setterNode || field.isVirtual || field.owner.native;

function staticPlace(found, scope, name) {
  const { field, type } = found;
  if ((field.setterNode || field.owner.native) && scope.property !== field) return { type, read: found.code, write: (code) => `rt.setStatic(${name}, ${code})` };
  return { type, read: found.code, write: (code) => `(rt.prepared(${name}).value = ${code})` };
}

const first = (found, code) => (found.setup ? `(${found.setup}, ${code})` : code);

export function assign(node, scope) {
  const target = place(node.left, scope);
  if (node.op === '=') return { code: first(target, target.write(compileAs(node.right, target.type, scope))), type: target.type };
  const op = node.op.slice(0, -1);
  const value = compile(node.right, scope);
  const result = operation(op, { code: target.read, type: target.type, scope }, value);
  const code = result && stored({ ...result, scope }, target.type);
  if (!code) throw scope.refuse(`Illegal assignment from ${value.type} to ${target.type}`, node);
  return { code: first(target, target.write(code)), type: target.type };
}

/** `x += y` gives x's own type even where the sum is wider. */
function stored(result, type) {
  const code = converted(result, type);
  if (code !== null) return code;
  if (!isNumeric(result.type) || !isNumeric(type) || !castable(type, result.type)) return null;
  return { [INTEGER.name]: `rt.toInteger(${result.code})`, [LONG.name]: `rt.narrowLong(${result.code})` }[type.name] ?? null;
}

const ONE = new Map([[INTEGER, '1'], [LONG, '1n'], [DOUBLE, 'rt.oneDouble'], [DECIMAL, 'rt.oneDecimal']]);

export function step(node, scope) {
  const target = place(node.target, scope);
  const one = ONE.get(target.type);
  if (!one) throw scope.refuse(`Increment or decrement of a ${target.type}`, node);
  const name = `rt.${node.op === '++' ? 'add' : 'subtract'}${target.type.name}`;
  if (node.prefix) return { code: first(target, target.write(`${name}(${target.read}, ${one})`)), type: target.type };
  const kept = scope.temporary();
  const code = `(${kept} = ${target.read}, ${target.write(`${name}(${kept}, ${one})`)}, ${kept})`;
  return { code: first(target, code), type: target.type };
}
