/** Method and constructor calls: which method, and whether the object's own class decides. */
import { declarationOf, findPlatform } from '../registry.mjs';
import { SOBJECT, STRING, VOID, listOf } from '../types.mjs';
import { converted } from './conversion.mjs';
import { compileAll, guarded } from './expressions.mjs';
import { constructorsOf, listed, methodsOf, passed, pick } from './members.mjs';

const made = (scope, code, type, more = {}) => ({ code, type, guards: [], scope, ...more });

/** A call as a link of a chain; `target` is null, a value, or a class. */
export function call(node, target, scope) {
  const args = compileAll(node.args, scope);
  const key = node.name.toLowerCase();
  const found = target ? targetCall(node, key, target, args, scope) : ownCall(node, key, args, scope);
  if (node.at[0] !== scope.at[0]) found.code = `(F.at = ${node.at[0] * 1000 + Math.min(node.at[1], 999)}, ${found.code})`;
  return found;
}

function unknown(node, type, args, scope) {
  return scope.refuse(`Method does not exist or incorrect signature: void ${node.name}(${listed(args)}) from the type ${type}`, node);
}

/** foo(): a method of this class, of those above it, or a static one of those around it. */
function ownCall(node, key, args, scope) {
  for (let cls = scope.cls; cls; cls = cls.outer) {
    const isOwn = cls === scope.cls;
    const instance = isOwn && !scope.isStatic ? methodsOf(cls.type, key, false) : [];
    const found = pick([...instance, ...methodsOf(cls.type, key, true)], args);
    if (found?.method.isStatic) return staticCall(found, args, scope);
    if (found) return instanceCall(found, made(scope, 'self', cls.type, { sureObject: true }), args, scope);
  }
  throw unknown(node, scope.cls.name, args, scope);
}

function targetCall(node, key, target, args, scope) {
  if (key === 'adderror' && target.recordField) return fieldError(node, target, args, scope);
  if (target.type) {
    const from = node.safe ? guarded(target, scope) : target;
    const found = pick(methodsOf(from.type, key, false), args);
    if (!found) throw unknown(node, from.type, args, scope);
    return instanceCall(found, from, args, scope);
  }
  if (!target.reference) throw scope.refuse(`Variable does not exist: ${target.path.join('.')}`, node);
  return typeCall(node, key, target.reference, args, scope);
}

/** record.Field.addError(message): the refusal is the field's. */
function fieldError(node, target, args, scope) {
  const field = JSON.stringify(target.recordField.name);
  const message = args[0] ? converted(args[0], STRING) : null;
  if (message === null) throw unknown(node, target.type, args, scope);
  return made(scope, `rt.addFieldError(${target.owner}, ${field}, ${message})`, VOID, { guards: target.guards });
}

function typeCall(node, key, type, args, scope) {
  const decl = declarationOf(type);
  if (decl?.kind === 'enum' && key === 'values' && !args.length) {
    return made(scope, `rt.enumValues(${scope.unit.constant(decl)}, ${scope.unit.constant(listOf(decl.type))})`, listOf(decl.type));
  }
  if (decl?.kind === 'enum' && key === 'valueof' && args.length === 1) {
    return made(scope, `rt.enumValueOf(${scope.unit.constant(decl)}, ${converted(args[0], STRING)})`, decl.type);
  }
  if (type.kind === 'sobject') return recordTypeCall(node, key, type, args, scope);
  const found = pick(methodsOf(type, key, true), args);
  if (!found) throw unknown(node, type, args, scope);
  return staticCall(found, args, scope);
}

/** Account.getSObjectType(), Setting__c.getInstance(): methods every sObject has, told which. */
function recordTypeCall(node, key, type, args, scope) {
  const statics = findPlatform('SObjectStatics');
  const found = pick(methodsOf({ ...statics.type, decl: statics, args: [type] }, key, true), args);
  if (!found) throw unknown(node, type, args, scope);
  const code = `${scope.unit.constant(found.method)}.call(${[JSON.stringify(type.name), ...passed(found, args)]})`;
  return made(scope, code, found.returns);
}

function staticCall(found, args, scope) {
  const { method } = found;
  const name = scope.unit.constant(method);
  const more = { isQuery: method.isQuery };
  if (method.annotations.some((annotation) => annotation.name === 'future')) {
    return made(scope, `rt.future(${[name, ...passed(found, args)]})`, found.returns, more);
  }
  const own = method.owner.native || method.owner === scope.cls;
  const environment = method.owner.name === 'Database' && args[0]?.type === STRING ? `F.locals = ${locals(scope)}, ` : '';
  const code = `${own ? name : `rt.prepared(${name})`}.call(${passed(found, args)})`;
  return made(scope, environment ? `(${environment}${code})` : code, found.returns, more);
}

/** What a dynamic query may bind: the variables in sight, by name. */
function locals(scope) {
  const names = scope.blocks.flatMap((block) => [...block]).map(([key, { code }]) => `"${key}": ${code}`);
  return `{ values: { ${names.join(', ')} }, self: ${scope.isStatic ? 'null' : 'self'}, cls: ${scope.unit.constant(scope.cls)} }`;
}

function instanceCall(found, target, args, scope) {
  const { method } = found;
  const name = scope.unit.constant(method);
  const given = passed(found, args);
  const more = { guards: target.guards, isQuery: method.isQuery };
  const type = found.returns === SOBJECT && method.name === 'clone' && target.type.kind === 'sobject' ? target.type : found.returns;
  if (target.isSuper) return made(scope, superCall(method, name, given, scope), type, more);
  if (isOpen(method)) return made(scope, `rt.call(${[name, target.code, ...given]})`, type, more);
  const there = method.owner.name === 'Blob' ? 'thereBlob' : 'there';
  const owner = target.sureObject ? target.code : `rt.${there}(${target.code})`;
  return made(scope, `${name}.call(${[owner, ...given]})`, type, more);
}

/** Whether the object's own class decides which method runs. */
function isOpen(method) {
  const { owner } = method;
  if (owner.native) return owner.kind === 'interface' || owner.isVirtual || owner.isAbstract || owner.name === 'Object' || owner.openToUsers;
  return method.access !== 'private' || method.isAbstract || method.isVirtual;
}

function superCall(method, name, given, scope) {
  return method.owner.native && method.owner.name !== 'Object'
    ? `${name}.call(${['self', ...given]})`
    : `rt.superCall(${[name, scope.unit.constant(scope.cls), 'self', ...given]})`;
}

/** this(…) and super(…) at the beginning of a constructor. */
export function constructorCall(node, scope) {
  const cls = node.which === 'this' ? scope.cls : scope.cls.parent;
  const args = compileAll(node.args, scope);
  if (!cls) throw scope.refuse('Constructor not defined: super has no parent class', node);
  const found = pick(constructorsOf(declarationOf(cls.type)), args);
  if (found) {
    const name = scope.unit.constant(found.method);
    const code = cls.native ? `rt.nativeState(${[name, 'self', ...passed(found, args)]})` : `${name}.call(${['self', ...passed(found, args)]})`;
    return { code, type: VOID };
  }
  const builtIn = exceptionConstruction(cls, args, scope, 'self');
  if (builtIn) return { code: builtIn, type: VOID };
  if (!args.length && !cls.constructors.length) return { code: `rt.constructDefault(${scope.unit.constant(cls)}, self)`, type: VOID };
  throw scope.refuse(`Constructor not defined: [${cls.name}].<Constructor>(${listed(args)})`, node);
}

/** The four constructors every exception class has: (), (message), (cause), (message, cause). */
export function exceptionConstruction(cls, args, scope, target) {
  if (!cls.rootException || args.length > 2) return null;
  const exception = findPlatform('Exception').type;
  const messages = args.filter((arg, at) => at === 0 && converted(arg, STRING) !== null && arg.type.kind !== 'class');
  const causes = args.slice(messages.length);
  if (causes.length > 1 || causes.some((arg) => converted(arg, exception) === null)) return null;
  return `rt.exception(${[target, messages[0] ? converted(messages[0], STRING) : 'null', causes[0]?.code ?? 'null']})`;
}
