/** Bodies → JavaScript functions: one source for a top-level class, made when it is first used or checked. */
import { CompileError, NotEmulated } from '../errors.mjs';
import { Method } from '../classes.mjs';
import { VOID } from '../types.mjs';
import { sharingOfMethod } from './declarations.mjs';
import { compileAs } from './expressions.mjs';
import { Scope } from './scope.mjs';
import { statement } from './statements.mjs';

let rt = null;

/** What compiled code calls; given at the start, since the runtime itself makes objects of compiled classes. */
export function compileFor(runtime) {
  rt = runtime;
}

/** Compiles a class and the classes in it; everything that is wrong goes to the unit's problems. */
export function compileClass(top) {
  if (top.compiled) return;
  top.compiled = true;
  install(top.unit, compileMembers(top));
}

/** The functions of a class and of those in it. */
export function compileMembers(top) {
  const functions = [];
  for (const info of withInner(top)) emitClass(info, top.unit, functions);
  return functions;
}

/** The function of statements that stand in no method. */
export const bodyCode = (scope, method, statements) =>
  functionCode(scope, method, [], () => statements.map((one) => statement(one, scope)).join('\n'));

function* withInner(info) {
  yield info;
  for (const inner of info.inner.values()) yield* withInner(inner);
}

/** One source for all functions of a unit; `assign` puts each where it is called from. */
export function install(unit, functions) {
  const constants = unit.constants.map((_, at) => `const k${at} = K[${at}];`).join('');
  const source = `"use strict";${constants}\nreturn [\n${functions.map((one) => one.code).join(',\n')}\n];`;
  unit.coverage = new Uint8Array(Math.max(0, ...unit.lines) + 1);
  const made = new Function('rt', 'K', 'c', source)(rt, unit.constants, unit.coverage);
  for (const [at, one] of functions.entries()) one.assign(made[at]);
}

function emitClass(info, unit, functions) {
  const add = (code, assign) => functions.push({ code, assign });
  for (const method of [...info.methods.values()].flat()) {
    if (method.node.body) add(methodCode(info, unit, method), (made) => (method.call = made));
  }
  for (const constructor of info.constructors) add(constructorCode(info, unit, constructor), (made) => (constructor.call = made));
  for (const field of info.fields.values()) emitAccessors(info, unit, field, add);
  add(initialiserCode(info, unit, false), (made) => (info.initialise = made));
  add(initialiserCode(info, unit, true), (made) => (info.initialiseStatics = made));
}

/** A function's text from its body's; a body that cannot be compiled becomes one that says why. */
function functionCode(scope, method, params, build) {
  const { unit } = scope;
  const names = params.map((param) => scope.declare(param.name, param.type, method.node?.at).code);
  let body;
  try {
    body = build();
  } catch (problem) {
    if (!(problem instanceof CompileError) && !(problem instanceof NotEmulated)) {
      process.stderr.write(`${unit.name}: ${problem.stack}\n`);
      problem.message = `engine fault: ${problem.message}`;
    }
    const at = problem.at ?? scope.at;
    unit.problems.push({ message: problem.message, at, of: method.label.replace(/^Class\./, '') });
    body = `throw rt.broken(${JSON.stringify(`${problem.message} at ${unit.name}:${at[0]}`)});`;
  }
  const temporaries = scope.temporaries ? `let ${Array.from({ length: scope.temporaries }, (_, at) => `t${at}`).join(', ')};` : '';
  const head = method.isStatic ? names : ['self', ...names];
  return `function (${head}) { const F = rt.enter(${unit.constant(method)}); ${temporaries} try { ${body}\nreturn null; } finally { rt.leave(); } }`;
}

function methodCode(info, unit, method) {
  const scope = new Scope(unit, info, { isStatic: method.isStatic, returns: method.returns });
  return functionCode(scope, method, method.params, () => method.node.body.body.map((one) => statement(one, scope)).join('\n'));
}

/** A class's own fields are set before its parent's constructor runs, which may call methods that use them. */
function constructorCode(info, unit, constructor) {
  const scope = new Scope(unit, info, { isStatic: false, returns: VOID, kind: 'constructor' });
  return functionCode(scope, constructor, constructor.params, () => {
    const [first, ...rest] = constructor.node.body.body;
    const explicit = constructorCallFirst(first);
    const before = explicit ? statement(first, scope) : `rt.constructParent(${unit.constant(info)}, self);`;
    const own = explicit === 'this' ? '' : `${unit.constant(info)}.initialise(self);`;
    return [own, before, ...(explicit ? rest : constructor.node.body.body).map((one) => statement(one, scope))].join('\n');
  });
}

function emitAccessors(info, unit, field, add) {
  if (field.getterNode) add(accessorCode(info, unit, field, 'get', field.getterNode), (made) => (field.get = made));
  if (field.setterNode) add(accessorCode(info, unit, field, 'set', field.setterNode), (made) => (field.set = made));
}

function accessorCode(info, unit, field, which, body) {
  const isSetter = which === 'set';
  const scope = new Scope(unit, info, { isStatic: field.isStatic, returns: isSetter ? VOID : field.type, property: field });
  const method = new Method(info, field.name, isSetter ? [{ name: 'value', type: field.type }] : [], field.type, { isStatic: field.isStatic });
  Object.assign(method, sharingOfMethod(info), { label: `Class.${info.name}.__${which}_${field.name}`, node: { at: body.at } });
  return functionCode(scope, method, method.params, () => body.body.map((one) => statement(one, scope)).join('\n'));
}

/** Field initialisers and init blocks in the order they are written. */
function initialiserCode(info, unit, isStatic) {
  const scope = new Scope(unit, info, { isStatic, returns: VOID });
  const method = new Method(info, isStatic ? '<clinit>' : '<init>', [], VOID, { isStatic });
  Object.assign(method, sharingOfMethod(info), { label: `Class.${info.name}.${method.name}`, node: info.node });
  return functionCode(scope, method, [], () => {
    const steps = [];
    for (const member of info.node.members ?? []) {
      if (member.kind === 'init' && member.isStatic === isStatic) steps.push(statement(member.body, scope));
      if (member.kind === 'field' && member.modifiers.includes('static') === isStatic) steps.push(fieldCode(info, member, scope));
    }
    return steps.join('\n');
  });
}

function fieldCode(info, member, scope) {
  const steps = member.variables.filter((variable) => variable.value).map((variable) => {
    const field = info.fields.get(variable.name.toLowerCase());
    if (!field) return '';
    scope.at = variable.at;
    scope.unit.lines.add(variable.at[0]);
    const target = field.isStatic ? `${scope.unit.constant(field)}.value` : `self.${field.slot}`;
    const reached = `F.at = ${variable.at[0] * 1000 + Math.min(variable.at[1], 999)}; c[${variable.at[0]}] = 1;`;
    return `${reached} ${target} = ${compileAs(variable.value, field.type, scope)};`;
  });
  return steps.join('\n');
}

/** `this` or `super` when a constructor begins with that call, else null. */
function constructorCallFirst(first) {
  const call = first?.kind === 'Expression' && first.value.kind === 'ConstructorCall' ? first.value : null;
  return call ? call.which : null;
}
