/** Expressions → JavaScript. Every result is `{code, type}`, with what else a reader of it may need. */
import { NotEmulated } from '../errors.mjs';
import { findPlatform, sobjectInfo, sobjectType } from '../registry.mjs';
import { BOOLEAN, DECIMAL, DOUBLE, INTEGER, LONG, NULL, OBJECT, SOBJECT, STRING, intern, listOf } from '../types.mjs';
import { Decimal, Double } from '../values.mjs';
import { assign, step } from './assignments.mjs';
import { call, constructorCall } from './calls.mjs';
import { castable, converted } from './conversion.mjs';
import { creation } from './creation.mjs';
import { member, named } from './fields.mjs';
import { resolveType, typeOfName } from './names.mjs';
import { binary, coalesce, conditional, logical, unary } from './operators.mjs';

const COMPILERS = {
  Literal: literal,
  Name: value,
  Member: value,
  This: (node, scope) => self(node, scope),
  Super: (node, scope) => ({ ...self(node, scope), type: scope.cls.superclass ?? OBJECT, isSuper: true }),
  Call: value,
  ConstructorCall: constructorCall,
  New: creation,
  Binary: binary,
  Logical: logical,
  Unary: unary,
  Conditional: conditional,
  Coalesce: coalesce,
  Assign: assign,
  Step: step,
  Index: value,
  Cast: cast,
  InstanceOf: instanceOf,
  ClassLiteral: (node, scope) => ({
    code: `rt.typeValue(${scope.unit.constant(resolveType(node.type, scope.cls))})`,
    type: findPlatform('Type').type,
  }),
  Query: query,
  Search: search,
};

/** A value. Raises CompileError for what Apex refuses. */
export function compile(node, scope) {
  const compiler = COMPILERS[node.kind];
  if (!compiler) throw new NotEmulated(node.kind, `${scope.cls.name}:${node.at[0]}`);
  const found = compiler(node, scope);
  found.scope = scope;
  return found;
}

/** A value of a given type. */
export function compileAs(node, type, scope) {
  const found = compile(node, scope);
  const code = converted(found, type);
  if (code === null) throw scope.refuse(`Illegal assignment from ${found.type} to ${type}`, node);
  return code;
}

export const compileAll = (nodes, scope) => nodes.map((node) => compile(node, scope));

/** A condition: its code gives true or false, never null. */
export function compileTruth(node, scope) {
  const found = compile(node, scope);
  if (found.type !== BOOLEAN && found.type !== OBJECT) throw scope.refuse(`Condition expression must be of type Boolean: ${found.type}`, node);
  return found.sure ? found.code : `rt.truth(${found.code})`;
}

/**
 * A link of a chain `a.b?.c()`: a value with the guards of the safe navigations so far, or a type, or the beginning of a
 * qualified name.
 */
export function link(node, scope) {
  switch (node.kind) {
    case 'Name':
      return named(node, scope);
    case 'Member':
      return member(node, link(node.target, scope), scope);
    case 'Call':
      return call(node, node.target ? link(node.target, scope) : null, scope);
    case 'Index':
      return index(node, link(node.target, scope), scope);
    default: {
      const found = compile(node, scope);
      return { ...found, scope, guards: [] };
    }
  }
}

/** A whole chain: null as soon as a guarded link is null. */
function value(node, scope) {
  const found = link(node, scope);
  if (found.path) throw scope.refuse(`Variable does not exist: ${found.path.join('.')}`, node);
  if (found.reference) throw scope.refuse(`Variable does not exist: ${found.reference.text}`, node);
  if (!found.guards?.length) return found;
  return { ...found, code: `(${found.guards.join(' || ')} ? null : ${found.code})`, guards: [] };
}

/** The value a safe navigation goes on from: kept aside, and asked whether it is null. */
export function guarded(target, scope) {
  const kept = scope.temporary();
  return { ...target, code: kept, guards: [...target.guards, `(${kept} = ${target.code}) === null`] };
}

function index(node, target, scope) {
  if (target.type?.kind !== 'list') throw scope.refuse(`Expression must be a list type: ${target.type}`, node);
  const at = compileAs(node.index, INTEGER, scope);
  return { code: `rt.elementAt(${target.code}, ${at})`, type: target.type.element, guards: target.guards, scope };
}

function self(node, scope) {
  if (scope.isStatic) throw scope.refuse('Variable does not exist: this', node);
  return { code: 'self', type: scope.cls.type, sureObject: true };
}

function literal(node, scope) {
  const constant = (made, type) => ({ code: scope.unit.constant(made), type });
  switch (node.type) {
    case 'null':
      return { code: 'null', type: NULL };
    case 'boolean':
      return { code: String(node.value), type: BOOLEAN, sure: true };
    case 'string':
      return { code: JSON.stringify(node.value), type: STRING, constant: node.value };
    case 'integer':
      return { code: node.value < 0 ? `(${node.value})` : String(node.value), type: INTEGER, constant: node.value };
    case 'long':
      return { code: `(${node.value}n)`, type: LONG };
    case 'double':
      return constant(new Double(Number(node.value)), DOUBLE);
    default:
      return constant(Decimal.of(node.value), DECIMAL);
  }
}

function cast(node, scope) {
  const type = resolveType(node.type, scope.cls);
  const found = compile(node.value, scope);
  if (!castable(found.type, type)) throw scope.refuse(`Incompatible types since an instance of ${found.type} is never an instance of ${type}`, node);
  const widened = found.type === OBJECT || found.type === type ? null : converted(found, type);
  const code = widened ?? `rt.castTo(${found.code}, ${scope.unit.constant(type)})`;
  return { code, type };
}

function instanceOf(node, scope) {
  const type = resolveType(node.type, scope.cls);
  const found = compile(node.value, scope);
  return { code: `rt.isA(${found.code}, ${scope.unit.constant(type)})`, type: BOOLEAN, sure: true };
}

export const AGGREGATE = intern('sobject', 'AggregateResult');

function query(node, scope) {
  const info = sobjectInfo(node.from);
  if (!info && typeOfName(node.from, scope.cls)?.kind !== 'sobject') {
    throw scope.refuse(`sObject type '${node.from}' is not supported.`, node);
  }
  const record = node.shape === 'aggregate' ? AGGREGATE : sobjectType(node.from);
  const type = node.shape === 'count' ? INTEGER : listOf(record);
  const binds = compileAll(node.binds, scope).map((bind) => bind.code);
  const described = scope.unit.constant({ text: node.text, type, record });
  return { code: `rt.query(${described}, [${binds}])`, type, isQuery: node.shape !== 'count' };
}

function search(node, scope) {
  const binds = compileAll(node.binds, scope).map((bind) => bind.code);
  return { code: `rt.search(${JSON.stringify(node.text)}, [${binds}])`, type: listOf(listOf(SOBJECT)) };
}
