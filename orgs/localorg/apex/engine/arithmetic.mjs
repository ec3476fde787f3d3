/** Operators, one function for each operation and operand type: `addInteger`, `divideDecimal`. */
import { nullPointer, raise } from './errors.mjs';
import { same } from './equality.mjs';
import { joinedText } from './text.mjs';
import { ApexDate, Datetime, Decimal, Double, FieldToken, Id, SObjectToken, Time, integer, long } from './values.mjs';

function need(a, b) {
  if (a === null || b === null || a === undefined || b === undefined) throw nullPointer();
}

const binary = (work) => (a, b) => {
  need(a, b);
  return work(a, b);
};
const divided = (isZero, work) =>
  binary((a, b) => {
    if (isZero(b)) throw raise('MathException', 'Divide by 0');
    return work(a, b);
  });

export const addInteger = binary((a, b) => (a + b) | 0);
export const subtractInteger = binary((a, b) => (a - b) | 0);
export const multiplyInteger = binary((a, b) => Math.imul(a, b));
export const divideInteger = divided((b) => b === 0, (a, b) => integer(a / b));
export const addLong = binary((a, b) => long(a + b));
export const subtractLong = binary((a, b) => long(a - b));
export const multiplyLong = binary((a, b) => long(a * b));
export const divideLong = divided((b) => b === 0n, (a, b) => long(a / b));
export const addDouble = binary((a, b) => new Double(a.value + b.value));
export const subtractDouble = binary((a, b) => new Double(a.value - b.value));
export const multiplyDouble = binary((a, b) => new Double(a.value * b.value));
export const divideDouble = divided((b) => b.value === 0, (a, b) => new Double(a.value / b.value));
export const addDecimal = binary((a, b) => a.plus(b));
export const subtractDecimal = binary((a, b) => a.minus(b));
export const multiplyDecimal = binary((a, b) => a.times(b));
export const divideDecimal = divided((b) => b.digits.isZero(), (a, b) => a.over(b));

const DAY = 86400000;
const daysOf = (value) => (typeof value === 'number' ? value : value instanceof Double ? value.value : Number(value.toString()));
export const addDate = binary((a, days) => new ApexDate(a.days + Math.trunc(daysOf(days))));
export const subtractDate = binary((a, days) => new ApexDate(a.days - Math.trunc(daysOf(days))));
export const addDatetime = binary((a, days) => new Datetime(a.ms + Math.round(daysOf(days) * DAY)));
export const subtractDatetime = binary((a, days) => new Datetime(a.ms - Math.round(daysOf(days) * DAY)));
export const addTime = binary((a, ms) => new Time((a.ms + Number(ms)) % DAY));

export const join = (a, b) => joinedText(a) + joinedText(b);

export const negateInteger = (a) => subtractInteger(0, a);
export const negateLong = (a) => subtractLong(0n, a);
export const negateDouble = (a) => multiplyDouble(new Double(-1), a);
export const negateDecimal = (a) => {
  need(a, a);
  return a.negated();
};
export const plain = (a) => {
  need(a, a);
  return a;
};

export const andInteger = binary((a, b) => a & b);
export const orInteger = binary((a, b) => a | b);
export const xorInteger = binary((a, b) => a ^ b);
export const shiftLeftInteger = binary((a, b) => a << Number(b));
export const shiftRightInteger = binary((a, b) => a >> Number(b));
export const shiftZeroInteger = binary((a, b) => (a >>> Number(b)) | 0);
export const invertInteger = (a) => xorInteger(a, -1);
export const andLong = binary((a, b) => a & b);
export const orLong = binary((a, b) => a | b);
export const xorLong = binary((a, b) => a ^ b);
export const shiftLeftLong = binary((a, b) => long(a << (BigInt(b) & 63n)));
export const shiftRightLong = binary((a, b) => long(a >> (BigInt(b) & 63n)));
export const shiftZeroLong = binary((a, b) => long(BigInt.asUintN(64, a) >> (BigInt(b) & 63n)));
export const invertLong = (a) => xorLong(a, -1n);
export const andBoolean = binary((a, b) => a && b);
export const orBoolean = binary((a, b) => a || b);
export const xorBoolean = binary((a, b) => a !== b);

/** A condition: null is no answer. */
export function truth(value) {
  if (value === null || value === undefined) throw nullPointer();
  return value;
}

/** −1, 0 or 1 for two values that have an order; text regardless of case; undefined where null is compared. */
export function order(a, b) {
  if (a === null || b === null || a === undefined || b === undefined) return undefined;
  const [left, right] = [measure(a), measure(b)];
  if (typeof left === typeof right && !(left instanceof Decimal)) return left < right ? -1 : left > right ? 1 : 0;
  return asDecimal(left).compare(asDecimal(right));
}

function measure(value) {
  if (typeof value === 'string') return value.toLowerCase();
  if (value instanceof Id) return value.value.toLowerCase();
  if (value instanceof Double) return value.value;
  if (value instanceof ApexDate) return value.days * DAY;
  if (value instanceof Datetime || value instanceof Time) return value.ms;
  return value;
}

const asDecimal = (value) => (value instanceof Decimal ? value : Decimal.of(value));

export const less = (a, b) => order(a, b) === -1;
export const greater = (a, b) => order(a, b) === 1;
export const atMost = (a, b) => order(a, b) <= 0;
export const atLeast = (a, b) => order(a, b) >= 0;

/** ==: numbers of any type and dates by value, everything else as `same` says. */
export function equal(a, b) {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return order(a, b) === 0;
  if (a instanceof ApexDate !== b instanceof ApexDate && (a instanceof Datetime || b instanceof Datetime)) return order(a, b) === 0;
  return same(a, b);
}

const isNumber = (value) => typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal || value instanceof Double;

/** ===: the same object; values that are no objects by value. */
export function identical(a, b) {
  if (a === b) return true;
  if ((a ?? null) === null || (b ?? null) === null) return (a ?? null) === (b ?? null);
  if (typeof a === 'string' && typeof b === 'string') return false;
  const isValue = isNumber(a) || typeof a === 'string' || a instanceof Id || a instanceof SObjectToken || a instanceof FieldToken || a instanceof ApexDate || a instanceof Datetime || a instanceof Time;
  return isValue && equal(a, b);
}
