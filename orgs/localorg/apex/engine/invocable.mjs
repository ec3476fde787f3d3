/** @InvocableMethod classes as flows and the Actions API see them: what they take and give, and one call for many requests. */
import { NoSuch } from './errors.mjs';
import { construct, instanceFields } from './objects.mjs';
import { parameter, shown } from './pages.mjs';
import { annotated } from './program.mjs';
import { findUser, userClasses } from './registry.mjs';
import { prepare } from './statics.mjs';
import { VOID, listOf } from './types.mjs';
import { ApexList } from './values.mjs';

const invocable = (info) => [...info.methods.values()].flat().find((one) => one.isStatic && annotated(one, 'invocablemethod'));

/** Every action: [{name, label, description, category, inputs, outputs}]. */
export function describeActions() {
  return [...userClasses.values()].flatMap((info) => {
    const method = invocable(info);
    return method ? [described(info, method)] : [];
  });
}

function described(info, method) {
  const { label, description = null, category = null } = annotated(method, 'invocablemethod').values;
  const [param] = method.params;
  const inputs = param ? variables(param.type.element, param.name) : [];
  const outputs = method.returns === VOID ? [] : variables(method.returns.element, 'output');
  return { name: info.name, label: label ?? method.name, description, category, inputs, outputs };
}

/** The annotated members of a class of one's own, or a single value of this name. */
function variables(type, name) {
  if (!isOwn(type)) return [{ name, label: name, description: null, required: true, ...typed(type) }];
  return members(type.decl).map((field) => {
    const { label = field.name, description = null, required = false } = annotated(field, 'invocablevariable').values;
    return { name: field.name, label, description, required, ...typed(field.type) };
  });
}

const isOwn = (type) => type.kind === 'class' && !type.decl.native;
const members = (info) => [...info.fields.values()].filter((field) => annotated(field, 'invocablevariable'));

function typed(type) {
  const one = type.kind === 'list' ? type.element : type;
  return { type: one.text, isList: type.kind === 'list', sobject: one.kind === 'sobject' ? one.name : null };
}

/** The values that came out for each of these requests, in their order; null where the method gives nothing back. */
export function callAction({ class: name, inputs }) {
  const info = findUser(name);
  const method = info && invocable(info);
  if (!method) throw new NoSuch(`There is no invocable method in ${name}`);
  prepare(info);
  const given = method.params.map((param) => new ApexList(listOf(param.type.element), inputs.map((one) => request(one, param))));
  const value = method.call(...given);
  if (method.returns === VOID || value === null) return inputs.map(() => null);
  return value.items.map((one) => result(one, method.returns.element));
}

function request(given, param) {
  const type = param.type.element;
  if (!isOwn(type)) return parameter(given[param.name], type);
  const made = construct(type.decl, []);
  for (const field of instanceFields(made)) if (field.name in given) field.set(parameter(given[field.name], field.type));
  return made;
}

function result(value, type) {
  if (!isOwn(type) || value === null) return { output: shown(value) };
  const named = [...instanceFields(value)].filter((field) => annotated(field.field, 'invocablevariable'));
  return Object.fromEntries(named.map((field) => [field.name, shown(field.get())]));
}
