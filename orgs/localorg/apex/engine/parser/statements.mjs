/** Statements of the parse tree as plain nodes. */
import { CompileError } from '../errors.mjs';
import { expression, expressions } from './expressions.mjs';
import { at, modifiers, text, typeRef, unescape } from './tree.mjs';

const READERS = {
  Block: (context) => block(context),
  LocalVariableDeclarationStatement: (context) => local(context.localVariableDeclaration()),
  ExpressionStatement: (context) => ({ kind: 'Expression', value: expression(context.expression()) }),
  IfStatement: (context) => ({
    kind: 'If',
    test: expression(context.parExpression().expression()),
    yes: statement(context.statement(0)),
    no: context.statement(1) ? statement(context.statement(1)) : null,
  }),
  WhileStatement: (context) => ({
    kind: 'While',
    test: expression(context.parExpression().expression()),
    body: context.statement() ? statement(context.statement()) : { kind: 'Block', body: [], at: at(context) },
  }),
  DoWhileStatement: (context) => ({
    kind: 'DoWhile',
    test: expression(context.parExpression().expression()),
    body: block(context.block()),
  }),
  ForStatement: (context) => forStatement(context),
  TryStatement: (context) => tryStatement(context),
  SwitchStatement: (context) => ({
    kind: 'Switch',
    value: expression(context.expression()),
    cases: context.whenControl_list().map(when),
  }),
  ReturnStatement: (context) => ({ kind: 'Return', value: context.expression() ? expression(context.expression()) : null }),
  ThrowStatement: (context) => ({ kind: 'Throw', value: expression(context.expression()) }),
  BreakStatement: () => ({ kind: 'Break' }),
  ContinueStatement: () => ({ kind: 'Continue' }),
  InsertStatement: (context) => dml('insert', context),
  UpdateStatement: (context) => dml('update', context),
  DeleteStatement: (context) => dml('delete', context),
  UndeleteStatement: (context) => dml('undelete', context),
  UpsertStatement: (context) => ({ ...dml('upsert', context), field: text(context.qualifiedName()) }),
  MergeStatement: (context) => ({
    kind: 'Merge',
    master: expression(context.expression(0)),
    losers: expression(context.expression(1)),
    access: access(context),
  }),
  RunAsStatement: (context) => ({ kind: 'RunAs', args: expressions(context.expressionList()), body: block(context.block()) }),
};

export function statement(context) {
  const inner = context.constructor.name === 'StatementContext' ? context.children[0] : context;
  const read = READERS[inner.constructor.name.replace(/Context$/, '')];
  if (!read) throw new CompileError(`Unexpected statement: ${inner.getText()}`, at(inner));
  const node = read(inner);
  node.at ??= at(inner);
  return node;
}

export function block(context) {
  return { kind: 'Block', body: context.statement_list().map(statement), at: at(context) };
}

export function local(context) {
  return {
    kind: 'Local',
    type: typeRef(context.typeRef()),
    isFinal: modifiers(context.modifier_list()).includes('final'),
    variables: declarators(context.variableDeclarators()),
    at: at(context),
  };
}

export const declarators = (context) =>
  context.variableDeclarator_list().map((one) => ({
    name: text(one.id()),
    value: one.expression() ? expression(one.expression()) : null,
    at: at(one),
  }));

function forStatement(context) {
  const control = context.forControl();
  const body = context.statement() ? statement(context.statement()) : { kind: 'Block', body: [], at: at(context) };
  const each = control.enhancedForControl();
  if (each) {
    return { kind: 'ForEach', type: typeRef(each.typeRef()), name: text(each.id()), value: expression(each.expression()), body };
  }
  const init = control.forInit();
  return {
    kind: 'For',
    locals: init?.localVariableDeclaration() ? local(init.localVariableDeclaration()) : null,
    init: init?.expressionList() ? expressions(init.expressionList()) : [],
    test: control.expression() ? expression(control.expression()) : null,
    update: control.forUpdate() ? expressions(control.forUpdate().expressionList()) : [],
    body,
  };
}

function tryStatement(context) {
  return {
    kind: 'Try',
    body: block(context.block()),
    catches: context.catchClause_list().map((clause) => ({
      type: { parts: clause.qualifiedName().id_list().map((id) => ({ name: text(id), args: [] })), arrays: 0, at: at(clause) },
      name: text(clause.id()),
      body: block(clause.block()),
      at: at(clause),
    })),
    finally: context.finallyBlock() ? block(context.finallyBlock().block()) : null,
  };
}

function when(context) {
  const value = context.whenValue();
  const made = { body: block(context.block()), at: at(context) };
  if (value.ELSE()) return { ...made, otherwise: true };
  if (value.typeRef()) return { ...made, type: typeRef(value.typeRef()), name: text(value.id()) };
  return { ...made, literals: value.whenLiteral_list().map(whenLiteral) };
}

function whenLiteral(context) {
  if (context.whenLiteral()) return whenLiteral(context.whenLiteral());
  if (context.qualifiedName()) return { kind: 'Constant', name: text(context.qualifiedName()), at: at(context) };
  const negative = context.SUB_list().length % 2 === 1;
  const made = (type, value) => ({ kind: 'Literal', type, value, at: at(context) });
  if (context.IntegerLiteral()) return made('integer', (negative ? -1 : 1) * Number(text(context.IntegerLiteral())));
  if (context.LongLiteral()) return made('long', (negative ? '-' : '') + text(context.LongLiteral()).replace(/l$/i, ''));
  if (context.StringLiteral()) return made('string', unescape(text(context.StringLiteral()).slice(1, -1)));
  return made('null', null);
}

const access = (context) => (context.accessLevel() ? (context.accessLevel().USER() ? 'user' : 'system') : null);
const dml = (operation, context) => ({ kind: 'Dml', operation, value: expression(context.expression()), access: access(context) });
