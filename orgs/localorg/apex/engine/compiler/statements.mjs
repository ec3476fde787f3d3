/** Statements → JavaScript. Each says first where it stands and that it was reached. */
import { declarationOf, findPlatform } from '../registry.mjs';
import { INTEGER, LONG, NULL, OBJECT, STRING, VOID } from '../types.mjs';
import { castable, converted } from './conversion.mjs';
import { compile, compileAll, compileAs, compileTruth } from './expressions.mjs';
import { resolveType } from './names.mjs';
import { operation } from './operators.mjs';

const COMPILERS = {
  Block: (node, scope) => block(node, scope),
  Local: local,
  Expression: expression,
  If: (node, scope) => {
    const test = compileTruth(node.test, scope);
    return `if (${test}) ${nested(node.yes, scope)}${node.no ? ` else ${nested(node.no, scope)}` : ''}`;
  },
  While: (node, scope) => `while (rt.tick() && ${compileTruth(node.test, scope)}) ${loop(node.body, scope)}`,
  DoWhile: (node, scope) => `do ${loop(node.body, scope)} while (rt.tick() && ${compileTruth(node.test, scope)});`,
  For: forLoop,
  ForEach: forEach,
  Switch: switchOn,
  Try: tryStatement,
  Return: returnStatement,
  Throw: throwStatement,
  Break: (node, scope) => leaveLoop('break', node, scope),
  Continue: (node, scope) => leaveLoop('continue', node, scope),
  Dml: dml,
  Merge: (node, scope) => {
    const [master, losers] = compileAll([node.master, node.losers], scope);
    return `rt.merge(${master.code}, ${losers.code}, ${JSON.stringify(node.access)});`;
  },
  RunAs: runAs,
};

/** A statement, preceded by its place. */
export function statement(node, scope) {
  if (node.kind === 'Block') return block(node, scope);
  scope.at = node.at;
  const [line, column] = node.at;
  scope.unit.lines.add(line);
  return `F.at = ${line * 1000 + Math.min(column, 999)}; c[${line}] = 1; ${COMPILERS[node.kind](node, scope)}`;
}

export function block(node, scope) {
  scope.open();
  const body = node.body.map((one) => statement(one, scope)).join('\n');
  scope.close();
  return `{\n${body}\n}`;
}

/** A statement that stands alone behind a condition or loop. */
function nested(node, scope) {
  if (node.kind === 'Block') return block(node, scope);
  scope.open();
  const body = statement(node, scope);
  scope.close();
  return `{ ${body} }`;
}

function loop(node, scope) {
  scope.loops++;
  const body = nested(node, scope);
  scope.loops--;
  return body;
}

function leaveLoop(word, node, scope) {
  if (!scope.loops) throw scope.refuse(`${word} statement must be in a loop`, node);
  return `${word};`;
}

function local(node, scope) {
  const type = resolveType(node.type, scope.cls);
  const declared = node.variables.map((variable) => {
    const value = variable.value ? compileAs(variable.value, type, scope) : 'null';
    return `let ${scope.declare(variable.name, type, variable.at).code} = ${value};`;
  });
  return declared.join(' ');
}

const ACTIONS = new Set(['Call', 'ConstructorCall', 'Assign', 'Step', 'New']);

function expression(node, scope) {
  if (!ACTIONS.has(node.value.kind)) throw scope.refuse('Expression cannot be a statement.', node);
  return `${compile(node.value, scope).code};`;
}

function forLoop(node, scope) {
  scope.open();
  const init = node.locals ? local(node.locals, scope) : compileAll(node.init, scope).map((found) => `${found.code};`).join(' ');
  const test = node.test ? compileTruth(node.test, scope) : 'true';
  const update = compileAll(node.update, scope).map((found) => found.code).join(', ');
  const code = `{ ${init} for (; rt.tick() && ${test}; ${update}) ${loop(node.body, scope)} }`;
  scope.close();
  return code;
}

function forEach(node, scope) {
  const type = resolveType(node.type, scope.cls);
  const source = compile(node.value, scope);
  scope.open();
  const name = scope.declare(node.name, type, node.at).code;
  const code = source.isQuery && type.kind === 'list' ? chunked(node, source, name, scope) : each(node, source, type, name, scope);
  scope.close();
  return code;
}

function chunked(node, source, name, scope) {
  return `for (let ${name} of rt.chunks(${source.code})) ${loop(node.body, scope)}`;
}

function each(node, source, type, name, scope) {
  const element = elementOf(source.type);
  if (!element) throw scope.refuse(`Loop must iterate over a collection: ${source.type}`, node);
  const kept = `${scope.temporary()}c`;
  const item = { code: `${kept}.value`, type: element, scope };
  const code = element === OBJECT ? `rt.castTo(${item.code}, ${scope.unit.constant(type)})` : converted(item, type);
  if (code === null && !castable(element, type)) throw scope.refuse(`Loop variable must be of type ${element}`, node);
  const body = loop(node.body, scope);
  const value = code ?? `rt.castTo(${item.code}, ${scope.unit.constant(type)})`;
  return `{ const ${kept} = rt.iterate(${source.code}); try { while (rt.tick() && ${kept}.next()) { let ${name} = ${value}; ${body} } } finally { ${kept}.done(); } }`;
}

/** What an iteration over a type gives: a list's or set's elements, an Iterable's. */
function elementOf(type) {
  if (type.kind === 'list' || type.kind === 'set') return type.element;
  if (type === OBJECT) return OBJECT;
  const decl = declarationOf(type);
  const names = ['Iterable', 'Iterator'].map((name) => findPlatform(name));
  for (const [above, args] of decl?.ancestry(type.args.length ? type.args : decl.type.args) ?? []) {
    if (names.includes(above)) return args[0] ?? OBJECT;
  }
  return null;
}

function switchOn(node, scope) {
  const subject = compile(node.value, scope);
  const kept = scope.temporary();
  const cases = node.cases.filter((one) => !one.otherwise).map((one) => {
    scope.open();
    const test = one.type ? typeCase(one, kept, subject, scope) : literalCase(one, kept, subject, scope);
    const body = block(one.body, scope);
    scope.close();
    return `if (${test.code}) { ${test.binding ?? ''} ${body} }`;
  });
  const otherwise = node.cases.find((one) => one.otherwise);
  if (otherwise) cases.push(block(otherwise.body, scope));
  return `${kept} = ${subject.code}; ${cases.join(' else ')}`;
}

function typeCase(one, kept, subject, scope) {
  const type = resolveType(one.type, scope.cls);
  if (!castable(subject.type, type)) throw scope.refuse(`Type ${type} is never an instance of ${subject.type}`, one);
  const name = scope.declare(one.name, type, one.at).code;
  return { code: `rt.isA(${kept}, ${scope.unit.constant(type)})`, binding: `let ${name} = ${kept};` };
}

function literalCase(one, kept, subject, scope) {
  const left = { code: kept, type: subject.type, scope };
  const tests = one.literals.map((literal) => {
    if (literal.kind === 'Constant') return enumCase(literal, kept, subject, scope);
    const value = compile(literal, scope);
    if (![INTEGER, LONG, STRING, NULL].includes(value.type)) throw scope.refuse('Invalid when literal', literal);
    if (value.type === STRING && subject.type === STRING) return `${kept} === ${value.code}`;
    const found = operation('==', left, value);
    if (!found) throw scope.refuse(`Incompatible types in when: ${subject.type}, ${value.type}`, literal);
    return found.code;
  });
  return { code: tests.join(' || ') };
}

function enumCase(literal, kept, subject, scope) {
  const name = literal.name.split('.').pop().toLowerCase();
  const decl = declarationOf(subject.type);
  const value = decl?.values.find((found) => found.name.toLowerCase() === name);
  if (value) return `${kept} === ${scope.unit.constant(value)}`;
  if (decl?.openEnum) return `${kept}?.name?.toLowerCase() === "${name}"`;
  throw scope.refuse(`Invalid when value: ${literal.name} is no value of ${subject.type}`, literal);
}

function tryStatement(node, scope) {
  const body = block(node.body, scope);
  const caught = node.catches.map((clause) => {
    const type = resolveType(clause.type, scope.cls);
    scope.open();
    const name = scope.declare(clause.name, type, clause.at).code;
    const code = `if (rt.isA(x, ${scope.unit.constant(type)})) { let ${name} = x; ${block(clause.body, scope)} }`;
    scope.close();
    return code;
  });
  const handler = caught.length ? ` catch (e) { const x = rt.caught(e, F); ${caught.join(' else ')} else throw e; }` : '';
  return `try ${body}${handler}${node.finally ? ` finally ${block(node.finally, scope)}` : ''}`;
}

function returnStatement(node, scope) {
  const wanted = scope.returns ?? VOID;
  if (!node.value) {
    if (wanted !== VOID) throw scope.refuse(`Missing return value: ${wanted}`, node);
    return 'return null;';
  }
  if (wanted === VOID) throw scope.refuse('Void method must not return a value', node);
  return `return ${compileAs(node.value, wanted, scope)};`;
}

function throwStatement(node, scope) {
  const found = compile(node.value, scope);
  if (!declarationOf(found.type)?.rootException) throw scope.refuse(`Throw expression must be of type exception: ${found.type}`, node);
  return `throw rt.thrown(${found.code});`;
}

function dml(node, scope) {
  const found = compile(node.value, scope);
  const record = found.type.kind === 'list' ? found.type.element : found.type;
  if (record.kind !== 'sobject') throw scope.refuse(`DML requires SObject or SObject list type: ${found.type}`, node);
  const options = JSON.stringify({ access: node.access, field: node.field ?? null });
  return `rt.dml("${node.operation}", ${found.code}, ${options});`;
}

/** A block as another user; `System.runAs(version)` changes nothing here. */
function runAs(node, scope) {
  const [user] = compileAll(node.args, scope);
  const kept = scope.temporary();
  return `${kept} = rt.beginRunAs(${user.code}); try ${block(node.body, scope)} finally { rt.endRunAs(${kept}); }`;
}
