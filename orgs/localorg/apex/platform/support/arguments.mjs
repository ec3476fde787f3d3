/** What platform methods ask of their arguments. */
import { raise } from '../../engine/errors.mjs';

/** The value itself; null is refused in the platform's words, which number the arguments of some methods only. */
export function given(value, position = null) {
  if (value === null || value === undefined) {
    throw raise('NullPointerException', position === null ? 'Argument cannot be null.' : `Argument ${position} cannot be null`);
  }
  return value;
}

/** An instance method that refuses null among its arguments. */
export function strict(run) {
  return (self, ...args) => {
    for (let at = 0; at < args.length; at++) given(args[at], at + 1);
    return run(self, ...args);
  };
}

/** A static method that refuses null among its arguments. */
export function strictStatic(run) {
  return (...args) => {
    for (const value of args) given(value);
    return run(...args);
  };
}

/** Every instance method of a body made strict. */
export function allStrict(methods) {
  return Object.fromEntries(Object.entries(methods).map(([signature, run]) => [signature, strict(run)]));
}
