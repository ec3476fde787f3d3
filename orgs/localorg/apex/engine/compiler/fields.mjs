/** Names and members: locals, fields, properties, enum values, sObject fields and relationships, tokens. */
import { declarationOf, findPlatform, sobjectInfo, sobjectType } from '../registry.mjs';
import { SOBJECT, listOf, mapOf, ID, substitute } from '../types.mjs';
import { FieldToken, SObjectToken } from '../values.mjs';
import { guarded } from './expressions.mjs';
import { typeOfName } from './names.mjs';

const made = (scope, code, type, more = {}) => ({ code, type, guards: [], scope, ...more });

/** A simple name: a local, a field of the class or of those around it, a class, or the start of a qualified name. */
export function named(node, scope) {
  const key = node.name.toLowerCase();
  const local = scope.local(key);
  if (local) return made(scope, local.code, local.type, { local });
  const field = fieldAround(key, scope);
  if (field) return field;
  const type = typeOfName(node.name, scope.cls);
  if (type) return { reference: type, scope, path: [node.name], guards: [] };
  return { path: [node.name], scope, guards: [] };
}

function fieldAround(key, scope) {
  for (let cls = scope.cls; cls; cls = cls.outer) {
    const field = cls.field(key);
    if (!field) continue;
    if (field.isStatic) return staticField(field, scope);
    if (cls === scope.cls && !scope.isStatic) return instanceField(field, made(scope, 'self', cls.type, { sureObject: true }), scope);
  }
  return null;
}

export function member(node, target, scope) {
  if (target.type) return valueMember(node, node.safe ? guarded(onlyRecord(target), scope) : onlyRecord(target), scope);
  if (target.reference) {
    const found = typeMember(node, target.reference, scope);
    if (found) return found;
  }
  const path = [...target.path, node.name];
  const type = typeOfName(path.join('.'), scope.cls);
  return { path, guards: [], scope, ...(type ? { reference: type } : {}) };
}

/** A member of a query is a member of the one record it finds. */
function onlyRecord(target) {
  const isRecords = target.isQuery && target.type.kind === 'list' && target.type.element.kind === 'sobject';
  return isRecords ? { ...target, code: `rt.single(${target.code})`, type: target.type.element, isQuery: false } : target;
}

/** A static member of a class, or a token of an sObject; null when there is none. */
function typeMember(node, type, scope) {
  const key = node.name.toLowerCase();
  if (type.kind === 'sobject') return token(key, type, scope);
  const decl = declarationOf(type);
  const constant = decl?.kind === 'enum' && decl.values.find((value) => value.name.toLowerCase() === key);
  if (constant) return made(scope, scope.unit.constant(constant), decl.type, { enumValue: constant });
  const field = decl?.field(key);
  if (field?.isStatic) return staticField(field, scope);
  const hooked = decl?.memberOf?.(node.name);
  if (hooked) return made(scope, `${scope.unit.constant(hooked)}.get()`, hooked.type);
  return null;
}

function token(key, type, scope) {
  const info = sobjectInfo(type.name);
  if (key === 'sobjecttype') return made(scope, scope.unit.constant(new SObjectToken(type.name)), findPlatform('Schema.SObjectType').type);
  const field = info?.fields.get(key) ?? info?.parents.get(key);
  if (!field) return null;
  const shown = scope.unit.constant(new FieldToken(info.name, field.name));
  return made(scope, shown, findPlatform('Schema.SObjectField').type, { tokenOf: field });
}

function staticField(field, scope) {
  const name = scope.unit.constant(field);
  const type = triggerType(field, scope) ?? field.type;
  if (field.owner.native) return made(scope, `${name}.get()`, type, { field });
  const own = field.owner === scope.cls || scope.unit.anonymous === field.owner;
  if (field.getterNode && scope.property !== field) return made(scope, `rt.prepared(${name}).get()`, type, { field });
  return made(scope, own ? `${name}.value` : `rt.prepared(${name}).value`, type, { field });
}

/** Trigger.new and its like hold the trigger's own records. */
function triggerType(field, scope) {
  if (!scope.trigger || field.owner.name !== 'Trigger') return null;
  if (field.type.kind === 'list') return listOf(scope.trigger);
  return field.type.kind === 'map' ? mapOf(ID, scope.trigger) : null;
}

export function instanceField(field, target, scope, type = field.type) {
  const name = scope.unit.constant(field);
  const { guards } = target;
  const owner = target.sureObject ? target.code : `rt.there(${target.code})`;
  const more = { field, guards, target: target.code, owner };
  if (field.owner.native) return made(scope, `${name}.get(${owner})`, type, more);
  if (scope.property === field && target.code === 'self') return made(scope, `self.${field.slot}`, type, more);
  if (field.getterNode || field.isVirtual) return made(scope, `rt.property(${name}, ${owner})`, type, more);
  return made(scope, `${owner}.${field.slot}`, type, more);
}

function valueMember(node, target, scope) {
  const key = node.name.toLowerCase();
  if (target.type.kind === 'sobject') return recordMember(node, key, target, scope);
  if (target.tokenOf) {
    const chained = tokenMember(node, key, target, scope);
    if (chained) return chained;
  }
  const decl = declarationOf(target.type);
  const field = decl?.field(key);
  if (field && !field.isStatic) {
    return instanceField(field, target, scope, substitute(field.type, field.owner.parameters, target.type.args));
  }
  const hooked = decl?.instanceMemberOf?.(node.name, target);
  if (hooked) return made(scope, `${scope.unit.constant(hooked)}.get(rt.there(${target.code}))`, hooked.type, { guards: target.guards });
  throw scope.refuse(`Variable does not exist: ${node.name}`, node);
}

/** `Opportunity.Account.Name` as a token: a field of the parent. */
function tokenMember(node, key, target, scope) {
  const parent = target.tokenOf.parents?.[0];
  return parent ? token(key, sobjectType(parent), scope) : null;
}

function recordMember(node, key, target, scope) {
  const info = sobjectInfo(target.type.name);
  const { guards } = target;
  const owner = `rt.there(${target.code})`;
  const more = { guards, owner, target: target.code };
  const field = info ? info.fields.get(key) : key === 'id' && { key, apexType: ID };
  if (field) return made(scope, `rt.getField(${owner}, "${key}")`, field.apexType, { ...more, recordField: field });
  const parent = info?.parents.get(key);
  if (parent) {
    const type = sobjectType(parent.parents.length === 1 ? parent.parents[0] : 'Name');
    return made(scope, `rt.getParent(${owner}, "${key}")`, type, { ...more, parentName: key });
  }
  const child = info?.children.get(key);
  if (child) return made(scope, `rt.getChildren(${owner}, "${key}")`, listOf(sobjectType(child.sobject)), { ...more, isQuery: true });
  if (target.type === SOBJECT) throw scope.refuse(`Field must be qualified with a concrete SObject: ${node.name}`, node);
  throw scope.refuse(`Variable does not exist: ${node.name}`, node);
}
