/** The org's code: parsed, declared, linked; compiled class by class when first used. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ClassInfo } from './classes.mjs';
import { declareClass, linkAncestry, linkMembers } from './compiler/declarations.mjs';
import { compileClass } from './compiler/emission.mjs';
import { compileUnit } from './compiler/units.mjs';
import { CompileError } from './errors.mjs';
import { parse } from './parser/index.mjs';
import { forgetSchema, sobjectInfo, sobjectType, userClasses } from './registry.mjs';
import { addTrigger, forgetTriggers } from './triggers.mjs';
import { forgetTypes } from './types.mjs';

const FORMAT = 2; // of the parsed trees kept on disk
let cacheFolder = null;
let parsed = [];

/** Take in all sources: [{kind, name, body, namespace}]. What is wrong is told by `problems`. */
export function load({ sources, cache }) {
  cacheFolder = cache ?? null;
  userClasses.clear();
  forgetSchema();
  forgetTypes();
  forgetTriggers();
  parsed = sources.map(read);
  for (const one of parsed) if (one.node && one.kind === 'class') one.info = declareClass(one.node, { namespace: prefix(one) });
  const classes = parsed.filter((one) => one.info);
  for (const one of classes) linkAncestry(one.info);
  for (const one of classes) linkMembers(one.info);
  for (const one of parsed) if (one.node && one.kind === 'trigger') declareTrigger(one);
  return { classes: classes.length };
}

const prefix = ({ namespace }) => (namespace ? `${namespace}.` : '');

function read(source) {
  try {
    return { ...source, node: tree(source.body, source.kind), problems: [] };
  } catch (problem) {
    if (!(problem instanceof CompileError)) throw problem;
    return { ...source, node: null, problems: [{ message: problem.message, at: problem.at, of: source.name }] };
  }
}

/** The parsed text, from disk when it was parsed before. */
function tree(body, kind) {
  if (!cacheFolder) return parse(body, kind);
  const name = createHash('sha256').update(`${FORMAT} ${kind}\n${body}`).digest('hex');
  const file = path.join(cacheFolder, `${name}.json`);
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8'));
  const node = parse(body, kind);
  fs.mkdirSync(cacheFolder, { recursive: true });
  fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(node));
  fs.renameSync(`${file}.${process.pid}`, file);
  return node;
}

/** A trigger is a class of its own with one method, which sees the records as its own kind. */
function declareTrigger(one) {
  const { node } = one;
  if (!sobjectInfo(node.sobject)) {
    one.problems.push({ message: `Invalid type: ${node.sobject}`, at: node.at, of: one.name });
    return;
  }
  const info = new ClassInfo(`${node.name} trigger`, 'class', {});
  one.info = info;
  const run = compileUnit(info, node, { label: `Trigger.${node.name}`, trigger: sobjectType(node.sobject) });
  one.compile = run.compile;
  addTrigger(node.sobject, { name: node.name, events: node.events, run: run.call });
}

/** Code that is run once: the statements' function, ready to be called; raises CompileError. */
export function anonymousCode(text) {
  const node = parse(text, 'anonymous');
  const info = new ClassInfo('AnonymousBlock', 'class', {});
  const run = compileUnit(info, node, { label: 'AnonymousBlock' });
  run.compile();
  const [problem] = info.unit.problems;
  if (problem) throw new CompileError(problem.message, problem.at);
  return run.call;
}

/** Everything that is wrong with the code, compiled or not: [{kind, name, message, line, column, of}]. */
export function check({ names = null } = {}) {
  return parsed.filter((one) => !names || names.includes(one.name)).flatMap(problemsOf);
}

function problemsOf(one) {
  if (one.kind === 'class' && one.info) compileClass(one.info);
  one.compile?.();
  const found = [...one.problems, ...(one.info?.unit?.problems ?? [])];
  return found.map(({ message, at, of }) => ({ kind: one.kind, name: one.name, message, line: at?.[0] ?? 1, column: at?.[1] ?? 1, of }));
}

/** Lines reached and not reached of each class and trigger compiled so far; `reset` forgets them. */
export function coverage({ reset = false } = {}) {
  const found = reachedLines();
  if (reset) for (const one of parsed) one.info?.unit?.coverage?.fill(0);
  return found;
}

function reachedLines() {
  return parsed.filter((one) => one.info?.unit?.coverage && !one.namespace && !isTest(one.info)).map((one) => {
    const { coverage: reached, lines } = one.info.unit;
    const sorted = [...lines].sort((a, b) => a - b);
    return { kind: one.kind, name: one.name, covered: sorted.filter((line) => reached[line]), uncovered: sorted.filter((line) => !reached[line]) };
  });
}

export const isTest = (info) => info.annotations.some((annotation) => annotation.name === 'istest');
export const annotated = (member, name) => member.annotations.find((annotation) => annotation.name === name) ?? null;

