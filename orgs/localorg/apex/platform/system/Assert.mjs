/** System.Assert. */
import { isA, typeOf } from '../../engine/cast.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';
import * as assertions from '../support/assertions.mjs';

const shown = (value) => (value === null ? 'null' : typeOf(value).text);

function isInstanceOf(value, type, message = null) {
  if (!isA(value, given(type, 2).type)) throw assertions.failed(message, `Expected: ${type.type.text}, Actual: ${shown(value)}`);
}

function isNotInstanceOf(value, type, message = null) {
  if (isA(value, given(type, 2).type)) throw assertions.failed(message, `Same type: ${type.type.text}`);
}

function fail(message = null) {
  throw assertions.failed(message);
}

/** Each assertion with and without a message of its own. */
function both(signature, run) {
  return { [`void ${signature})`]: run, [`void ${signature}, String message)`]: run };
}

export default platformClass('Assert', {
  static: {
    ...both('areEqual(Object expected, Object actual', assertions.areEqual),
    ...both('areNotEqual(Object expected, Object actual', assertions.areNotEqual),
    ...both('isTrue(Boolean condition', assertions.isTrue),
    ...both('isFalse(Boolean condition', assertions.isFalse),
    ...both('isNull(Object value', assertions.isNull),
    ...both('isNotNull(Object value', assertions.isNotNull),
    ...both('isInstanceOfType(Object value, Type expected', isInstanceOf),
    ...both('isNotInstanceOfType(Object value, Type unexpected', isNotInstanceOf),
    'void fail()': fail,
    'void fail(String message)': fail,
  },
});
