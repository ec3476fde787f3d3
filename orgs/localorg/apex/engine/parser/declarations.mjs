/** Classes, interfaces, enums and triggers of the parse tree as plain nodes. */
import { block, declarators, statement } from './statements.mjs';
import { annotations, at, modifiers, text, typeRef } from './tree.mjs';

export function typeDeclaration(context) {
  return declaration(context.classDeclaration() ?? context.interfaceDeclaration() ?? context.enumDeclaration(), context.modifier_list());
}

export function declaration(context, given) {
  const common = { name: text(context.id()), modifiers: modifiers(given), annotations: annotations(given), at: at(context.id()) };
  if (context.enumConstants) return { kind: 'enum', ...common, values: context.enumConstants()?.id_list().map(text) ?? [] };
  if (context.interfaceBody) return interfaceDeclaration(context, common);
  const members = context.classBody().classBodyDeclaration_list().map(member).filter(Boolean);
  return {
    kind: 'class',
    ...common,
    extends: context.typeRef() ? typeRef(context.typeRef()) : null,
    implements: context.typeList() ? context.typeList().typeRef_list().map(typeRef) : [],
    members,
  };
}

function interfaceDeclaration(context, common) {
  const members = context.interfaceBody().interfaceMethodDeclaration_list().map((found) => ({
    kind: 'method',
    name: text(found.id()),
    returns: found.typeRef() ? typeRef(found.typeRef()) : null,
    params: parameters(found.formalParameters()),
    body: null,
    modifiers: ['public', 'abstract'],
    annotations: [],
    at: at(found.id()),
  }));
  return { kind: 'interface', ...common, implements: context.typeList()?.typeRef_list().map(typeRef) ?? [], members };
}

function member(context) {
  if (context.block()) return { kind: 'init', isStatic: Boolean(context.STATIC()), body: block(context.block()), at: at(context) };
  const found = context.memberDeclaration();
  if (!found) return null;
  return memberOf(found, context.modifier_list());
}

/** A member of a class, a trigger or anonymous code. */
export function memberOf(found, given) {
  const common = { modifiers: modifiers(given), annotations: annotations(given) };
  const [method, constructor] = [found.methodDeclaration(), found.constructorDeclaration?.()];
  if (method) return methodDeclaration(method, common);
  if (constructor) {
    return {
      kind: 'constructor',
      ...common,
      name: text(constructor.qualifiedName()),
      params: parameters(constructor.formalParameters()),
      body: block(constructor.block()),
      at: at(constructor),
    };
  }
  if (found.fieldDeclaration()) return fieldDeclaration(found.fieldDeclaration(), common);
  if (found.propertyDeclaration()) return propertyDeclaration(found.propertyDeclaration(), common);
  return { kind: 'inner', declaration: declaration(found.classDeclaration() ?? found.interfaceDeclaration() ?? found.enumDeclaration(), given) };
}

function methodDeclaration(context, common) {
  return {
    kind: 'method',
    ...common,
    name: text(context.id()),
    returns: context.typeRef() ? typeRef(context.typeRef()) : null,
    params: parameters(context.formalParameters()),
    body: context.block() ? block(context.block()) : null,
    at: at(context.id()),
  };
}

const fieldDeclaration = (context, common) => ({
  kind: 'field',
  ...common,
  type: typeRef(context.typeRef()),
  variables: declarators(context.variableDeclarators()),
  at: at(context),
});

function propertyDeclaration(context, common) {
  const accessors = { get: null, set: null };
  for (const part of context.propertyBlock_list()) {
    const which = part.getter() ? 'get' : 'set';
    const body = (part.getter() ?? part.setter()).block();
    accessors[which] = { body: body ? block(body) : null, modifiers: modifiers(part.modifier_list()), at: at(part) };
  }
  return { kind: 'property', ...common, name: text(context.id()), type: typeRef(context.typeRef()), ...accessors, at: at(context.id()) };
}

const parameters = (context) =>
  (context.formalParameterList()?.formalParameter_list() ?? []).map((found) => ({
    name: text(found.id()),
    type: typeRef(found.typeRef()),
    at: at(found),
  }));

/** Beside statements a field is a variable like any other. */
function readMember(context, inner) {
  if (!inner) return statement(context.statement());
  const found = memberOf(inner, context.modifier_list());
  return found.kind === 'field' ? { ...found, kind: 'Local' } : found;
}

export function trigger(context) {
  const events = context.triggerCase_list().map((found) => {
    const when = found.BEFORE() ? 'before' : 'after';
    return `${when} ${text(found.children[1]).toLowerCase()}`;
  });
  const body = context.triggerBlock().triggerBlockMember_list();
  return {
    kind: 'trigger',
    name: text(context.id(0)),
    sobject: text(context.id(1)),
    events,
    body: body.map((found) => readMember(found, found.triggerMemberDeclaration())),
    at: at(context),
  };
}

/** Anonymous Apex: statements and declarations side by side. */
export function anonymous(context) {
  const body = context.anonymousBlock().anonymousBlockMember_list();
  return { kind: 'anonymous', body: body.map((found) => readMember(found, found.anonymousMemberDeclaration())), at: [1, 1] };
}
