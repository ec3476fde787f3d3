/** Expressions of the parse tree as plain nodes: {kind, at: [line, column], …}. */
import { CompileError } from '../errors.mjs';
import { query, search } from './queries.mjs';
import { at, text, typeRef, unescape } from './tree.mjs';

const OPERATORS = [
  'ASSIGN', 'ADD_ASSIGN', 'SUB_ASSIGN', 'MUL_ASSIGN', 'DIV_ASSIGN', 'AND_ASSIGN', 'OR_ASSIGN', 'XOR_ASSIGN', 'RSHIFT_ASSIGN',
  'URSHIFT_ASSIGN', 'LSHIFT_ASSIGN', 'MUL', 'DIV', 'ADD', 'SUB', 'TRIPLEEQUAL', 'TRIPLENOTEQUAL', 'EQUAL', 'NOTEQUAL', 'LESSANDGREATER',
];

function operator(context) {
  for (const name of OPERATORS) if (context[name]?.()) return context[name]().getText();
  throw new Error(`no operator in ${context.getText()}`);
}

const pair = (context) => ({ left: expression(context.expression(0)), right: expression(context.expression(1)) });
const binary = (op) => (context) => ({ kind: 'Binary', op: op ?? operator(context), ...pair(context) });

const READERS = {
  PrimaryExpression: (context) => primary(context.primary()),
  SubExpression: (context) => expression(context.expression()),
  Arth1Expression: binary(),
  Arth2Expression: binary(),
  BitOrExpression: binary('|'),
  BitAndExpression: binary('&'),
  BitNotExpression: binary('^'),
  BitExpression: (context) => ({
    kind: 'Binary',
    op: context.LT_list().length ? '<<' : '>'.repeat(context.GT_list().length),
    ...pair(context),
  }),
  CmpExpression: (context) => ({
    kind: 'Binary',
    op: (context.GT() ? '>' : '<') + (context.ASSIGN() ? '=' : ''),
    ...pair(context),
  }),
  EqualityExpression: binary(),
  LogAndExpression: (context) => ({ kind: 'Logical', op: '&&', ...pair(context) }),
  LogOrExpression: (context) => ({ kind: 'Logical', op: '||', ...pair(context) }),
  CoalExpression: (context) => ({ kind: 'Coalesce', ...pair(context) }),
  AssignExpression: (context) => ({ kind: 'Assign', op: operator(context), ...pair(context) }),
  ArrayExpression: (context) => ({ kind: 'Index', target: expression(context.expression(0)), index: expression(context.expression(1)) }),
  DotExpression: dot,
  NewExpression: (context) => creator(context.creator()),
  MethodCallExpression: (context) => methodCall(context.methodCall()),
  CastExpression: (context) => ({ kind: 'Cast', type: typeRef(context.typeRef()), value: expression(context.expression()) }),
  CondExpression: (context) => ({
    kind: 'Conditional',
    test: expression(context.expression(0)),
    yes: expression(context.expression(1)),
    no: expression(context.expression(2)),
  }),
  PostOpExpression: (context) => ({ kind: 'Step', op: context.INC() ? '++' : '--', prefix: false, target: expression(context.expression()) }),
  NegExpression: (context) => ({ kind: 'Unary', op: context.TILDE() ? '~' : '!', value: expression(context.expression()) }),
  PreOpExpression: preOp,
  InstanceOfExpression: (context) => ({ kind: 'InstanceOf', value: expression(context.expression()), type: typeRef(context.typeRef()) }),
};

export function expression(context) {
  const name = context.constructor.name.replace(/Context$/, '');
  const read = READERS[name];
  if (!read) throw new CompileError(`Unexpected expression: ${context.getText()}`, at(context));
  const node = read(context);
  node.at ??= at(context);
  return node;
}

export const expressions = (list) => (list ? list.expression_list().map(expression) : []);

function dot(context) {
  const safe = Boolean(context.QUESTIONDOT());
  const target = expression(context.expression());
  const call = context.dotMethodCall();
  if (!call) return { kind: 'Member', target, name: text(context.anyId()), safe, at: at(context.anyId()) };
  return { kind: 'Call', target, name: text(call.anyId()), args: expressions(call.expressionList()), safe, at: at(call) };
}

function methodCall(context) {
  const args = expressions(context.expressionList());
  if (context.THIS()) return { kind: 'ConstructorCall', which: 'this', args };
  if (context.SUPER()) return { kind: 'ConstructorCall', which: 'super', args };
  return { kind: 'Call', target: null, name: text(context.id()), args, safe: false };
}

function preOp(context) {
  const value = expression(context.expression());
  if (context.INC() || context.DEC()) return { kind: 'Step', op: context.INC() ? '++' : '--', prefix: true, target: value };
  return { kind: 'Unary', op: context.ADD() ? '+' : '-', value };
}

function primary(context) {
  const name = context.constructor.name.replace(/PrimaryContext$/, '');
  switch (name) {
    case 'This':
      return { kind: 'This', at: at(context) };
    case 'Super':
      return { kind: 'Super', at: at(context) };
    case 'Literal':
      return literal(context.literal());
    case 'TypeRef':
      return { kind: 'ClassLiteral', type: typeRef(context.typeRef()), at: at(context) };
    case 'Void':
      return { kind: 'ClassLiteral', type: { parts: [{ name: 'void', args: [] }], arrays: 0, at: at(context) }, at: at(context) };
    case 'Id':
      return { kind: 'Name', name: text(context.id()), at: at(context) };
    case 'Soql':
      return query(context.soqlLiteral().query());
    case 'Sosl':
      return search(context.soslLiteral());
    default:
      throw new CompileError(`Unexpected expression: ${context.getText()}`, at(context));
  }
}

export function literal(context) {
  const position = at(context);
  const made = (type, value) => ({ kind: 'Literal', type, value, at: position });
  const written = context.getText();
  if (context.IntegerLiteral()) return integerLiteral(made, written, position);
  if (context.LongLiteral()) return made('long', written.replace(/l$/i, ''));
  if (context.NumberLiteral()) return /d$/i.test(written) ? made('double', written.slice(0, -1)) : made('decimal', written);
  if (context.MultilineStringLiteral?.()) return made('string', unescape(written.slice(3, -3).replace(/^\r?\n/, '')));
  if (context.StringLiteral()) return made('string', unescape(written.slice(1, -1)));
  if (context.BooleanLiteral?.()) return made('boolean', written.toLowerCase() === 'true');
  return made('null', null);
}

function integerLiteral(made, written, position) {
  const value = Number(written);
  if (value > 2147483648) throw new CompileError(`Illegal integer: ${written}`, position);
  return made('integer', value | 0);
}

function creator(context) {
  const created = context.createdName();
  const type = {
    parts: created.idCreatedNamePair_list().map((part) => ({
      name: text(part.anyId()),
      args: part.typeList() ? part.typeList().typeRef_list().map(typeRef) : [],
    })),
    arrays: 0,
    at: at(context),
  };
  const made = (rest) => ({ kind: 'New', type, args: [], ...rest });
  if (context.classCreatorRest()) return made({ args: expressions(context.classCreatorRest().arguments().expressionList()) });
  if (context.arrayCreatorRest()) return arrayCreator(context.arrayCreatorRest(), made, type);
  const pairs = context.mapCreatorRest()?.mapCreatorRestPair_list();
  if (pairs) return made({ pairs: pairs.map((one) => one.expression_list().map(expression)) });
  const items = context.setCreatorRest()?.expression_list();
  return made({ items: items ? items.map(expression) : [] });
}

function arrayCreator(rest, made, type) {
  type.arrays = 1;
  const initializer = rest.arrayInitializer();
  if (initializer) return made({ items: initializer.expression_list().map(expression) });
  return made({ size: expression(rest.expression()) });
}
