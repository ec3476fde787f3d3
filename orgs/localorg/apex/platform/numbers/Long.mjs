/** System.Long. */
import { platformClass } from '../../engine/platform.mjs';
import { Decimal, Double } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';
import { localNumber, parseLong } from '../support/numbers.mjs';

function valueOf(value) {
  given(value);
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  if (value instanceof Decimal) return BigInt(value.digits.trunc().toFixed());
  if (value instanceof Double) return BigInt(Math.trunc(value.value));
  return parseLong(String(value));
}

export default platformClass('Long', {
  static: {
    'Long valueOf(String text)': (text) => parseLong(given(text)),
    'Long valueOf(Object value)': valueOf,
  },
  instance: {
    'String format()': (self) => localNumber(self),
    'Integer intValue()': (self) => Number(BigInt.asIntN(32, self)),
    'Long longValue()': (self) => self,
    'Double doubleValue()': (self) => new Double(Number(self)),
  },
});
