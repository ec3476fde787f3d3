/** What platform methods ask of their arguments. */
import { raise } from '../../engine/errors.mjs';

/** The value itself; null is refused in the platform's words. */
export function given(value, position = 1) {
  if (value === null || value === undefined) throw raise('NullPointerException', `Argument ${position} cannot be null`);
  return value;
}

/** `write(rest)` after refusing null among the arguments behind `self`. */
export function strict(run) {
  return (self, ...args) => {
    for (let at = 0; at < args.length; at++) given(args[at], at + 1);
    return run(self, ...args);
  };
}

/** The same for static methods. */
export function strictStatic(run) {
  return (...args) => {
    for (let at = 0; at < args.length; at++) given(args[at], at + 1);
    return run(...args);
  };
}

/** Every implementation of a body wrapped in `strict`. */
export function allStrict(methods) {
  return Object.fromEntries(Object.entries(methods).map(([signature, run]) => [signature, strict(run)]));
}
