/** What a failed assertion says. No Apex can catch it: the test has failed. */
import { equals } from '../../engine/equality.mjs';
import { raise } from '../../engine/errors.mjs';
import { toText } from '../../engine/text.mjs';

/** The exception of a failed assertion: `Assertion Failed: why: Expected: 1, Actual: 2`. */
export function failed(message, details = null) {
  const words = [message ?? null, details].filter((part) => part !== null).map(toText);
  return raise('AssertException', ['Assertion Failed', ...words].join(': '), { uncatchable: true });
}

const values = (expected, actual) => `Expected: ${toText(expected)}, Actual: ${toText(actual)}`;

export function areEqual(expected, actual, message = null) {
  if (!equals(expected, actual)) throw failed(message, values(expected, actual));
}

export function areNotEqual(expected, actual, message = null) {
  if (equals(expected, actual)) throw failed(message, `Same value: ${toText(expected)}`);
}

export function isTrue(condition, message = null) {
  if (condition !== true) throw failed(message);
}

export function isFalse(condition, message = null) {
  if (condition !== false) throw failed(message);
}

export function isNull(value, message = null) {
  if (value !== null) throw failed(message, values(null, value));
}

export function isNotNull(value, message = null) {
  if (value === null) throw failed(message, 'Same value: null');
}
