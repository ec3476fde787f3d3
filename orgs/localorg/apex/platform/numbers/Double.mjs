/** System.Double. */
import { platformClass } from '../../engine/platform.mjs';
import { Decimal, Double, integer } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';
import { localNumber, parseDouble } from '../support/numbers.mjs';

function valueOf(value) {
  given(value);
  if (value instanceof Double) return value;
  if (value instanceof Decimal) return new Double(value.toNumber());
  return new Double(typeof value === 'string' ? parseDouble(value) : Number(value));
}

export default platformClass('Double', {
  static: {
    'Double valueOf(String text)': (text) => new Double(parseDouble(given(text))),
    'Double valueOf(Object value)': valueOf,
  },
  instance: {
    'String format()': (self) => localNumber(self.value),
    'Double doubleValue()': (self) => self,
    'Integer intValue()': (self) => integer(Math.trunc(self.value)),
    'Long longValue()': (self) => BigInt(Math.trunc(self.value)),
    'Long round()': (self) => BigInt(Decimal.of(self.value).rounded(0).digits.toFixed()),
  },
});
