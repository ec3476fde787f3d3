/** System.Integer. */
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { Decimal, Double, integer } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';
import { localNumber, parseInteger } from '../support/numbers.mjs';

/** What an Object holds as an Integer: text is read, a whole number taken. */
function valueOf(value) {
  given(value);
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return parseInteger(value);
  if (typeof value === 'bigint') return Number(BigInt.asIntN(32, value));
  if (value instanceof Decimal) return integer(Math.trunc(value.toNumber()));
  if (value instanceof Double) return integer(Math.trunc(value.value));
  throw raise('TypeException', 'Invalid integer: not a number');
}

export default platformClass('Integer', {
  static: {
    'Integer valueOf(String text)': (text) => parseInteger(given(text)),
    'Integer valueOf(Object value)': valueOf,
  },
  instance: {
    'String format()': (self) => localNumber(self),
    'Integer intValue()': (self) => self,
    'Long longValue()': (self) => BigInt(self),
    'Double doubleValue()': (self) => new Double(self),
  },
});
