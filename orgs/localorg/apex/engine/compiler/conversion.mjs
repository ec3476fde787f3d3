/** What may be assigned to what, and the code that makes the value fit. */
import { declarationOf } from '../registry.mjs';
import {
  DATE, DATETIME, DECIMAL, DOUBLE, ID, INTEGER, LONG, NULL, OBJECT, SOBJECT, STRING, VOID, isCollection, substitute,
} from '../types.mjs';

/** Widening between values of different JavaScript form: the runtime function that does it. */
const WIDENINGS = new Map([
  [INTEGER, new Map([[LONG, 'toLong'], [DOUBLE, 'toDouble'], [DECIMAL, 'toDecimal']])],
  [LONG, new Map([[DOUBLE, 'toDouble'], [DECIMAL, 'toDecimal']])],
  [DOUBLE, new Map([[DECIMAL, 'toDecimal']])],
  [DECIMAL, new Map([[DOUBLE, 'toDouble']])],
  [ID, new Map([[STRING, 'toStringOfId']])],
  [STRING, new Map([[ID, 'toId']])],
  [DATE, new Map([[DATETIME, 'toDatetime']])],
]);
const STEPS = [INTEGER, LONG, DOUBLE, DECIMAL];

/** How far a conversion is, 0 for none; Infinity where there is none. Overloads are picked by it. */
export function distance(from, to, isQuery = false) {
  if (from === to) return 0;
  if (from === NULL) return to === OBJECT ? 2 : 0;
  if (from === VOID || to === VOID) return Infinity;
  if (to === OBJECT || to.kind === 'parameter') return 50;
  if (WIDENINGS.get(from)?.has(to)) {
    const steps = STEPS.indexOf(to) - STEPS.indexOf(from);
    return STEPS.includes(from) ? (steps > 0 ? steps : 5 - steps) : 3;
  }
  if (from.kind === 'sobject' && to.kind === 'sobject') return to === SOBJECT ? 2 : Infinity;
  if (isQuery && from.kind === 'list' && to.kind === 'sobject') return to === from.element || to === SOBJECT ? 4 : from.element === SOBJECT ? 5 : Infinity;
  if (isCollection(from) && from.kind === to.kind) return collections(from, to, isQuery);
  if (to.kind === 'class') return ancestryDistance(from, to);
  return Infinity;
}

function collections(from, to, isQuery) {
  let total = 0;
  for (const [at, arg] of from.args.entries()) {
    const wanted = to.args[at];
    if (arg === wanted) continue;
    if (arg.kind === 'sobject' && wanted.kind === 'sobject' && (isQuery || wanted === SOBJECT || arg === SOBJECT)) total += wanted === SOBJECT ? 2 : 3;
    else if (elementFits(arg, wanted)) total += 6;
    else return Infinity;
  }
  return total;
}

const elementFits = (arg, wanted) =>
  (arg === ID && wanted === STRING) || (arg === STRING && wanted === ID) || wanted === OBJECT ||
  (isCollection(arg) && collectionsMatch(arg, wanted)) || (arg.kind === 'class' && wanted.kind === 'class' && distance(arg, wanted) < Infinity);
const collectionsMatch = (arg, wanted) => arg.kind === wanted.kind && distance(arg, wanted) < Infinity;

function ancestryDistance(from, to) {
  const decl = declarationOf(from);
  if (!decl || !to.decl) return Infinity;
  let steps = 0;
  for (const [above, args] of decl.ancestry(from.args.length ? from.args : decl.type.args)) {
    if (above === to.decl && argumentsFit(args, to.args, above)) return from.kind === 'class' ? 1 + steps * 0.01 : 8;
    steps++;
  }
  return Infinity;
}

const argumentsFit = (given, wanted, above) =>
  wanted.every((arg, at) => !given[at] || given[at].kind === 'parameter' || distance(substitute(given[at], above.parameters, given), arg) < Infinity);

export const assignable = (expression, to) => distance(expression.type, to, expression.isQuery) < Infinity;

/** The code of an expression as a value of another type; null where Apex refuses the assignment. */
export function converted(expression, to) {
  const { type: from, code } = expression;
  if (from === to || from === NULL || to === OBJECT || to.kind === 'parameter') return code;
  if (!assignable(expression, to)) return null;
  const widening = WIDENINGS.get(from)?.get(to);
  if (widening) return literal(expression, to) ?? `rt.${widening}(${code})`;
  if (expression.isQuery && from.kind === 'list' && to.kind === 'sobject') return `rt.single(${code})`;
  if (isCollection(from) && from.kind === to.kind && textArguments(from, to)) return `rt.respelled(${code}, ${expression.scope.unit.constant(to)})`;
  return code;
}

/** 5 where a Decimal is wanted is the constant 5. */
function literal(expression, to) {
  if (expression.constant === undefined || typeof expression.constant !== 'number') return null;
  return to === LONG ? `${expression.constant}n` : null;
}

const textArguments = (from, to) =>
  from.args.some((arg, at) => (arg === ID && to.args[at] === STRING) || (arg === STRING && to.args[at] === ID));

/** Whether a cast from one type to the other can ever succeed. */
export function castable(from, to) {
  if (from === NULL || from === OBJECT || to === OBJECT || from === to) return true;
  if (distance(from, to, true) < Infinity || distance(to, from) < Infinity) return true;
  if (from.kind === 'sobject' && to.kind === 'sobject') return from === SOBJECT || to === SOBJECT;
  if (isCollection(from) && from.kind === to.kind) return from.args.every((arg, at) => castable(arg, to.args[at]));
  return from.kind === 'class' && to.kind === 'class' && (from.decl?.kind === 'interface' || to.decl?.kind === 'interface');
}
