/** Types at run time: what a value is, whether it may be seen as another type, and the conversions Apex makes unasked. */
import { raise } from './errors.mjs';
import { findPlatform, sobjectType } from './registry.mjs';
import {
  BLOB, BOOLEAN, DATE, DATETIME, DECIMAL, DOUBLE, ID, INTEGER, LONG, OBJECT, SOBJECT, STRING, TIME, substitute,
} from './types.mjs';
import {
  ApexDate, ApexList, ApexMap, ApexSet, Blob, Datetime, Decimal, Double, EnumValue, FieldToken, Id, Instance, SObject,
  SObjectToken, Time, TypeValue,
} from './values.mjs';

const BY_CLASS = new Map([
  [Id, () => ID], [Decimal, () => DECIMAL], [Double, () => DOUBLE], [ApexDate, () => DATE], [Datetime, () => DATETIME], [Time, () => TIME],
  [Blob, () => BLOB], [ApexList, (value) => value.type], [ApexSet, (value) => value.type], [ApexMap, (value) => value.type],
  [SObject, (value) => value.type], [EnumValue, (value) => value.cls.type], [Instance, (value) => value.type ?? value.cls.type],
  [SObjectToken, () => findPlatform('Schema.SObjectType').type], [FieldToken, () => findPlatform('Schema.SObjectField').type],
  [TypeValue, () => findPlatform('Type').type],
]);
const BY_KIND = { string: STRING, boolean: BOOLEAN, number: INTEGER, bigint: LONG };

export function typeOf(value) {
  return BY_KIND[typeof value] ?? BY_CLASS.get(value.constructor)?.(value) ?? OBJECT;
}

/** The class a value's methods are found in. */
export function classOf(value) {
  if (value instanceof Instance || value instanceof EnumValue) return value.cls;
  const type = typeOf(value);
  return type.decl ?? findPlatform(type.kind === 'sobject' ? 'SObject' : type.name);
}

/** `instanceof`: null is nothing. */
export function isA(value, type) {
  if (value === null || value === undefined) return false;
  if (type === ID && typeof value === 'string') return idOrNull(value) !== null;
  return type === OBJECT || fitsType(typeOf(value), type);
}

/** Primitive types whose values count as another's too. */
const WIDER = new Map([[INTEGER, [LONG, DOUBLE, DECIMAL]], [LONG, [DOUBLE, DECIMAL]], [DECIMAL, [DOUBLE]], [DOUBLE, [DECIMAL]], [DATE, [DATETIME]], [ID, [STRING]]]);

/** Whether a value of one run-time type counts as the other, without conversion. */
export function fitsType(from, to) {
  if (from === to || to === OBJECT || to.kind === 'parameter') return true;
  if (from.kind === 'primitive' && to.kind === 'primitive') return WIDER.get(from)?.includes(to) ?? false;
  if (from.kind === 'sobject' && to.kind === 'sobject') return to === SOBJECT || from === SOBJECT;
  if (from.kind === 'set' && to.kind === 'set') return from.element.kind === 'sobject' && fitsType(from.element, to.element);
  if (from.kind !== 'class' && to.kind === from.kind && from.args.length) return from.args.every((arg, at) => fitsArgument(arg, to.args[at]));
  if (to.kind !== 'class') return false;
  const decl = from.decl ?? findPlatform(from.kind === 'sobject' ? 'SObject' : from.name);
  return implementsType(decl, from.args, to);
}

const fitsArgument = (from, to) => fitsType(from, to);

function implementsType(decl, args, to) {
  for (const [above, passed] of decl.ancestry(args)) {
    if (above !== to.decl) continue;
    return !to.args.length || !passed.length || to.args.every((arg, at) => fitsArgument(substitute(passed[at], above.parameters, passed), arg));
  }
  return false;
}

/** A cast in the code: the value itself, converted where Apex converts, or TypeException. */
export function castTo(value, type) {
  if (value === null || value === undefined) return null;
  const converted = converts(value, type);
  if (converted !== undefined) return converted;
  if (isA(value, type)) return value;
  throw raise('TypeException', `Invalid conversion from runtime type ${typeOf(value).text} to ${type.text}`);
}

/** The conversions Apex makes of its own accord, at run time; anything else stays as it is. */
export function fit(value, type) {
  if (value === null || value === undefined) return null;
  return converts(value, type) ?? value;
}

/** The value as the other type where Apex widens or respells it; undefined where it does not. */
function converts(value, type) {
  switch (type) {
    case STRING:
      return value instanceof Id ? value.value : undefined;
    case ID:
      return typeof value === 'string' ? idOf(value) : undefined;
    case LONG:
      return typeof value === 'number' ? BigInt(value) : undefined;
    case DECIMAL:
      return decimalOf(value);
    case DOUBLE:
      return doubleOf(value);
    case DATETIME:
      return value instanceof ApexDate ? new Datetime(value.days * 86400000) : undefined;
    default:
      return undefined;
  }
}

function decimalOf(value) {
  if (typeof value === 'number' || typeof value === 'bigint') return Decimal.of(value, 0);
  if (value instanceof Double) return Decimal.of(doubleText(value.value));
  return undefined;
}

function doubleOf(value) {
  if (typeof value === 'number' || typeof value === 'bigint') return new Double(Number(value));
  if (value instanceof Decimal) return new Double(value.toNumber());
  return undefined;
}

/** As Java writes a double: always with a decimal point. */
export function doubleText(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return value.toFixed(1);
  const text = String(value);
  if (Math.abs(value) >= 1e7 || (value !== 0 && Math.abs(value) < 1e-3)) {
    const [mantissa, exponent] = value.toExponential().split('e');
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
  }
  return text;
}

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The Id of 15 or 18 characters; StringException for anything else. */
export function idOf(text) {
  const found = idOrNull(text);
  if (!found) throw raise('StringException', `Invalid id: ${text}`);
  return found;
}

export function idOrNull(text) {
  if (!/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(text)) return null;
  if (text.length === 18) return new Id(text);
  let suffix = '';
  for (let part = 0; part < 3; part++) {
    let bits = 0;
    for (let at = 0; at < 5; at++) if (/[A-Z]/.test(text[part * 5 + at])) bits |= 1 << at;
    suffix += SUFFIX[bits];
  }
  return new Id(text + suffix);
}

export { sobjectType };
