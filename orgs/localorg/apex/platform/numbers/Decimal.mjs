/** System.Decimal. */
import { ROUNDING } from '../../engine/decimal.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { Decimal, Double, integer } from '../../engine/values.mjs';
import { given, strict } from '../support/arguments.mjs';
import { localNumber, parseDecimal } from '../support/numbers.mjs';

const MAX_SCALE = 33;

function valueOf(value) {
  given(value);
  if (value instanceof Decimal) return value;
  if (value instanceof Double) return Decimal.of(String(value.value));
  return typeof value === 'string' ? parseDecimal(value) : Decimal.of(String(value));
}

/** Rounding by a System.RoundingMode; UNNECESSARY refuses to lose digits. */
export function rounded(value, scale, mode) {
  if (Math.abs(scale) > MAX_SCALE) throw raise('MathException', 'Scale must be between -33 and 33');
  if (mode.name !== 'UNNECESSARY') return value.rounded(scale, ROUNDING[mode.name]);
  const result = value.rounded(scale, ROUNDING.DOWN);
  if (result.compare(value) !== 0) throw raise('MathException', 'Rounding necessary');
  return result;
}

const toLong = (value) => BigInt.asIntN(64, BigInt(value.digits.toFixed()));

function divide(value, divisor, scale, mode = null) {
  if (divisor.digits.isZero()) throw raise('MathException', 'Divide by 0');
  const quotient = value.over(divisor);
  return mode ? rounded(quotient, scale, mode) : quotient.rounded(scale, ROUNDING.HALF_EVEN);
}

function power(value, exponent) {
  if (exponent < 0 || exponent > 32767) throw raise('MathException', 'Invalid exponent');
  return new Decimal(value.digits.pow(exponent), value.scale * exponent);
}

function withoutTrailingZeros(value) {
  if (value.digits.isZero()) return new Decimal(value.digits, 0);
  const exponent = value.digits.decimalPlaces();
  return new Decimal(value.digits, exponent);
}

export default platformClass('Decimal', {
  static: {
    'Decimal valueOf(String text)': (text) => parseDecimal(given(text)),
    'Decimal valueOf(Double value)': valueOf,
    'Decimal valueOf(Long value)': valueOf,
    'Decimal valueOf(Object value)': valueOf,
  },
  instance: {
    'Decimal abs()': (self) => (self.digits.isNegative() ? self.negated() : self),
    'Decimal divide(Decimal divisor, Integer scale)': strict((self, divisor, scale) => divide(self, divisor, scale)),
    'Decimal divide(Decimal divisor, Integer scale, System.RoundingMode mode)': strict(divide),
    'Decimal pow(Integer exponent)': strict(power),
    'Integer precision()': (self) => self.digits.precision(true) + Math.max(self.scale - Math.max(self.digits.decimalPlaces(), 0), 0),
    'Long round()': (self) => toLong(self.rounded(0)),
    'Long round(System.RoundingMode mode)': strict((self, mode) => toLong(rounded(self, 0, mode))),
    'Integer scale()': (self) => self.scale,
    'Decimal setScale(Integer scale)': strict((self, scale) => self.rounded(scale, ROUNDING.HALF_EVEN)),
    'Decimal setScale(Integer scale, System.RoundingMode mode)': strict(rounded),
    'Decimal stripTrailingZeros()': withoutTrailingZeros,
    'String toPlainString()': (self) => self.toString(),
    'String format()': (self) => localNumber(self.toString()),
    'Double doubleValue()': (self) => new Double(self.toNumber()),
    'Integer intValue()': (self) => integer(Number(BigInt.asIntN(32, BigInt(self.digits.trunc().toFixed())))),
    'Long longValue()': (self) => BigInt.asIntN(64, BigInt(self.digits.trunc().toFixed())),
  },
});
