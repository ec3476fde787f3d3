/**
 * How the platform's own classes come into being: one file a class under platform/, each a call of one of these.
 * Signatures are written as Apex declares them and resolved when somebody first asks for the class.
 */
import { NotEmulated } from './errors.mjs';
import { ClassInfo, FieldInfo, Method } from './classes.mjs';
import { EnumValue } from './values.mjs';
import { OBJECT } from './types.mjs';
import { parseType } from './typenames.mjs';

export const platform = new Map(); // lower-cased full name → ClassInfo

/** A class: `static`, `instance` and `constructors` map signatures to functions; see apex/README.md. */
export function platformClass(name, body = {}) {
  return declare(name, 'class', body);
}

/** An interface users implement: its methods' signatures. `extends` names others. */
export function platformInterface(name, signatures = [], body = {}) {
  const instance = Object.fromEntries(signatures.map((signature) => [signature, null]));
  return declare(name, 'interface', { ...body, instance });
}

export function platformEnum(name, values, body = {}) {
  const info = declare(name, 'enum', { extends: 'Enum', ...body });
  info.values = values.map((value, at) => new EnumValue(info, value, at));
  return info;
}

/** An exception class, with the four constructors and the methods of System.Exception. */
export function platformException(name, body = {}) {
  return declare(name, 'class', { extends: 'Exception', isVirtual: true, isException: true, ...body });
}

function declare(name, kind, body) {
  const found = /^([\w.]+)(?:<(.+)>)?$/.exec(name);
  if (!found) throw new Error(`not a class name: ${name}`);
  const full = found[1].replace(/^System\./i, '');
  const info = new ClassInfo(full, kind, { ...body, native: true, parameters: found[2]?.split(/\s*,\s*/) ?? [] });
  info.body = body;
  info.pending = true;
  for (const alias of [full, ...(body.aliases ?? [])]) platform.set(alias.toLowerCase(), info);
  return info;
}

/** Signatures become methods the first time the class is used: by then every class is known. */
export function ready(info) {
  if (!info.pending) return info;
  info.pending = false;
  const { body } = info;
  const typed = (text) => parseType(text, info);
  if (body.extends) info.superclass = typed(body.extends);
  info.interfaces = (body.implements ?? []).map(typed);
  for (const [signature, run] of Object.entries(body.static ?? {})) addMethod(info, signature, run, true);
  for (const [signature, run] of Object.entries(body.instance ?? {})) addMethod(info, signature, run, false);
  for (const [signature, make] of Object.entries(body.constructors ?? {})) addConstructor(info, signature, make);
  for (const [signature, value] of Object.entries(body.constants ?? {})) addField(info, signature, value, true);
  for (const [signature, accessors] of Object.entries(body.properties ?? {})) addField(info, signature, accessors, false);
  return info;
}

function addMethod(info, signature, run, isStatic) {
  const found = /^(query )?(.+?)\s+(\w+)\((.*)\)$/.exec(signature);
  if (!found) throw new Error(`${info.name}: not a signature: ${signature}`);
  const [, isQuery, returns, name, params] = found;
  const options = { isStatic, native: run, isAbstract: run === null, isQuery };
  info.addMethod(new Method(info, name, parameters(params, info), parseType(returns, info), options));
}

function addConstructor(info, signature, make) {
  const found = /^\w+\((.*)\)$/.exec(signature);
  if (!found) throw new Error(`${info.name}: not a constructor: ${signature}`);
  info.constructors.push(new Method(info, info.simple, parameters(found[1], info), info.type, { native: make }));
}

function addField(info, signature, value, isStatic) {
  const found = /^(.+?)\s+(\w+)$/.exec(signature);
  const accessors = isStatic ? constant(value) : value;
  const options = { isStatic, access: 'public', isFinal: !accessors.set };
  info.fields.set(found[2].toLowerCase(), new FieldInfo(info, found[2], parseType(found[1], info), { ...options, ...accessors }));
}

/** A value, a function that gives it, or {get, set}. */
function constant(value) {
  if (typeof value === 'function') return { get: value };
  return value?.get && value.constructor === Object ? value : { get: () => value };
}

/** `Map<Id, String> names, Integer count` at its outer commas. */
function parameters(text, info) {
  if (!text.trim()) return [];
  const parts = text.split(/,(?![^<]*>)/).map((part) => part.trim());
  return parts.map((part) => {
    const space = part.lastIndexOf(' ');
    return { type: parseType(part.slice(0, space), info) ?? OBJECT, name: part.slice(space + 1) };
  });
}

/** The implementation of what is declared but cannot be emulated here. */
export function notEmulated(what) {
  return () => {
    throw new NotEmulated(what);
  };
}
