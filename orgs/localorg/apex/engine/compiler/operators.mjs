/** Operators: which operation the operands' types call for. */
import { BOOLEAN, DATE, DATETIME, DECIMAL, DOUBLE, ID, INTEGER, LONG, NULL, OBJECT, STRING, TIME, isNumeric } from '../types.mjs';
import { castable, converted, distance } from './conversion.mjs';
import { compile, compileTruth } from './expressions.mjs';

const ARITHMETIC = { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide' };
const BITS = { '&': 'and', '|': 'or', '^': 'xor', '<<': 'shiftLeft', '>>': 'shiftRight', '>>>': 'shiftZero' };
const ORDER = { '<': 'less', '>': 'greater', '<=': 'atMost', '>=': 'atLeast' };
const WIDTH = [INTEGER, LONG, DOUBLE, DECIMAL];

export function binary(node, scope) {
  const [left, right] = [compile(node.left, scope), compile(node.right, scope)];
  const found = operation(node.op, left, right);
  if (!found) throw scope.refuse(refusal(node.op, left.type, right.type), node);
  return found;
}

const refusal = (op, left, right) =>
  ORDER[op] || /[=!<>]/.test(op)
    ? `Comparison arguments must be compatible types: ${left}, ${right}`
    : `Arithmetic expressions must use numeric arguments: ${left} ${op} ${right}`;

/** The code of `left op right`, or null when Apex has no such operation. */
export function operation(op, left, right) {
  if (ARITHMETIC[op]) return arithmetic(op, left, right);
  if (BITS[op]) return bits(op, left, right);
  if (ORDER[op]) return comparable(left.type, right.type) ? test(ORDER[op], left, right) : null;
  if (op === '===' || op === '!==') return test(op === '===' ? 'identical' : '!identical', left, right);
  if (!castable(left.type, right.type) && !bothNumeric(left, right) && !castable(right.type, left.type)) return null;
  return equality(op, left, right);
}

function equality(op, left, right) {
  const negated = op !== '==';
  const simple = (type) => type === BOOLEAN || type === INTEGER || type === NULL || left.type?.decl?.kind === 'enum';
  if (left.type === NULL || right.type === NULL || (simple(left.type) && left.type === right.type)) {
    return { code: `((${left.code} ?? null) ${negated ? '!==' : '==='} (${right.code} ?? null))`, type: BOOLEAN, sure: true };
  }
  return test(negated ? '!equal' : 'equal', left, right);
}

const test = (name, left, right) => {
  const [not, plain] = name.startsWith('!') ? ['!', name.slice(1)] : ['', name];
  return { code: `${not}rt.${plain}(${left.code}, ${right.code})`, type: BOOLEAN, sure: true };
};

const bothNumeric = (left, right) => isNumeric(left.type) && isNumeric(right.type);

function comparable(a, b) {
  if (a === NULL || b === NULL) return true;
  if (isNumeric(a) && isNumeric(b)) return true;
  const isText = (type) => type === STRING || type === ID;
  const isDay = (type) => type === DATE || type === DATETIME;
  return (isText(a) && isText(b)) || (isDay(a) && isDay(b)) || (a === TIME && b === TIME);
}

function arithmetic(op, left, right) {
  if (op === '+' && (left.type === STRING || right.type === STRING)) return { code: `rt.join(${left.code}, ${right.code})`, type: STRING };
  if (left.type === DATE || left.type === DATETIME || left.type === TIME) return moment(op, left, right);
  if (!bothNumeric(left, right)) return nullArithmetic(op, left, right);
  const type = WIDTH[Math.max(WIDTH.indexOf(left.type), WIDTH.indexOf(right.type))];
  return { code: `rt.${ARITHMETIC[op]}${type.name}(${converted(left, type)}, ${converted(right, type)})`, type };
}

function nullArithmetic(op, left, right) {
  const known = left.type === NULL ? right.type : right.type === NULL ? left.type : null;
  return known && isNumeric(known) ? { code: `rt.${ARITHMETIC[op]}${known.name}(${left.code}, ${right.code})`, type: known } : null;
}

function moment(op, left, right) {
  if ((op !== '+' && op !== '-') || !isNumeric(right.type)) return null;
  return { code: `rt.${ARITHMETIC[op]}${left.type.name}(${left.code}, ${right.code})`, type: left.type };
}

function bits(op, left, right) {
  if (left.type === BOOLEAN && right.type === BOOLEAN && op.length === 1) {
    return { code: `rt.${BITS[op]}Boolean(${left.code}, ${right.code})`, type: BOOLEAN };
  }
  const isWhole = (type) => type === INTEGER || type === LONG;
  if (!isWhole(left.type) || !isWhole(right.type)) return null;
  const type = left.type === LONG || (right.type === LONG && op.length === 1) ? LONG : INTEGER;
  const other = op.length > 1 ? right.code : converted(right, type);
  return { code: `rt.${BITS[op]}${type.name}(${converted(left, type)}, ${other})`, type };
}

export function logical(node, scope) {
  return { code: `(${compileTruth(node.left, scope)} ${node.op} ${compileTruth(node.right, scope)})`, type: BOOLEAN, sure: true };
}

export function unary(node, scope) {
  if (node.op === '!') return { code: `!${compileTruth(node.value, scope)}`, type: BOOLEAN, sure: true };
  const found = compile(node.value, scope);
  if (node.op === '-' && typeof found.constant === 'number') return { code: `(${-found.constant | 0})`, type: INTEGER, constant: -found.constant | 0 };
  const whole = found.type === INTEGER || found.type === LONG;
  if (node.op === '~' ? !whole : !isNumeric(found.type)) throw scope.refuse(refusal(node.op, found.type, found.type), node);
  const name = { '-': `negate${found.type.name}`, '~': `invert${found.type.name}`, '+': 'plain' }[node.op];
  return { code: `rt.${name}(${found.code})`, type: found.type };
}

/** The type two branches have in common: the wider of two numbers, the shared ancestor of two objects. */
function common(a, b) {
  if (a === b || b === NULL) return a;
  if (a === NULL) return b;
  if (isNumeric(a) && isNumeric(b)) return WIDTH[Math.max(WIDTH.indexOf(a), WIDTH.indexOf(b))];
  if (distance(b, a) < Infinity && !(a === ID && b === STRING)) return a;
  if (distance(a, b) < Infinity) return b;
  return OBJECT;
}

function either(a, b) {
  const type = common(a.type, b.type);
  return { type, codes: [converted(a, type) ?? a.code, converted(b, type) ?? b.code], isQuery: a.isQuery && b.isQuery };
}

export function conditional(node, scope) {
  const condition = compileTruth(node.test, scope);
  const { type, codes, isQuery } = either(compile(node.yes, scope), compile(node.no, scope));
  return { code: `(${condition} ? ${codes[0]} : ${codes[1]})`, type, isQuery };
}

export function coalesce(node, scope) {
  const { type, codes } = either(compile(node.left, scope), compile(node.right, scope));
  return { code: `(${codes[0]} ?? ${codes[1]})`, type };
}
