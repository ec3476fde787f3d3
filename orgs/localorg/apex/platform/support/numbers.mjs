/** Numbers read from text and written for people, as Apex does both. */
import { raise } from '../../engine/errors.mjs';
import { Decimal, MAX_INTEGER, MIN_INTEGER } from '../../engine/values.mjs';
import { transaction } from '../../engine/transaction.mjs';

const WHOLE = /^[+-]?\d+$/;
const FRACTION = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MAX_LONG = 2n ** 63n;

const invalid = (kind, text) => raise('TypeException', `Invalid ${kind}: ${text}`);

export function parseInteger(text) {
  const trimmed = text.trim();
  const value = WHOLE.test(trimmed) ? Number(trimmed) : NaN;
  if (!(value >= MIN_INTEGER && value <= MAX_INTEGER)) throw invalid('integer', text);
  return value;
}

export function parseLong(text) {
  const trimmed = text.trim();
  const value = WHOLE.test(trimmed) ? BigInt(trimmed.replace('+', '')) : null;
  if (value === null || value >= MAX_LONG || value < -MAX_LONG) throw invalid('long', text);
  return value;
}

export function parseDouble(text) {
  if (!FRACTION.test(text.trim())) throw invalid('double', text);
  return Number(text);
}

export function parseDecimal(text) {
  const trimmed = text.trim();
  if (!FRACTION.test(trimmed)) throw invalid('decimal', text);
  return Decimal.of(trimmed.replace(/^\+/, ''));
}

/** The user's locale as Intl writes it. */
export const userLocale = () => (transaction.user?.locale ?? 'en_US').replaceAll('_', '-');

/** A number as the user's locale writes it, with at most three decimals, as Java's number format. */
export function localNumber(text) {
  return new Intl.NumberFormat(userLocale(), { maximumFractionDigits: 3, roundingMode: 'halfEven' }).format(text);
}
