/** How things go wrong: exceptions that Apex can catch, and what it cannot. */
import { newException } from './calls.mjs';

/** An Apex exception on its way: `value` is the exception object. */
export class Thrown {
  constructor(value) {
    this.value = value;
  }
}

/** A construct or platform member this engine does not have. Apex cannot catch it; reports name it. */
export class NotEmulated extends Error {
  constructor(what, where = '') {
    super(`not emulated: ${what}${where ? ` at ${where}` : ''}`);
    this.what = what;
  }
}

/** What was called from outside is not there. */
export class NoSuch extends Error {}

/** Code the compiler refuses, in the compiler's words. */
export class CompileError extends Error {
  constructor(message, at) {
    super(message);
    this.at = at; // {line, column}
  }
}

/** `throw raise('QueryException', 'List has no rows for assignment to SObject')`. `state` is added to the exception's. */
export function raise(className, message = null, state = {}) {
  return new Thrown(newException(className, message, state));
}

export const nullPointer = () => raise('NullPointerException', 'Attempt to de-reference a null object');
