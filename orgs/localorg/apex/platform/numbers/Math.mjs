/** System.Math. */
import { randomBytes } from 'node:crypto';
import { ROUNDING } from '../../engine/decimal.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { Decimal, Double, integer, long } from '../../engine/values.mjs';
import { strictStatic } from '../support/arguments.mjs';

const double = (run) => strictStatic((...args) => new Double(run(...args.map((arg) => arg.value))));
const viaDouble = (run) => strictStatic((x) => Decimal.of(String(run(x.toNumber()))));
const smaller = (a, b) => (a.compare(b) <= 0 ? a : b);
const larger = (a, b) => (a.compare(b) >= 0 ? a : b);

function divisor(value, isZero) {
  if (isZero) throw raise('MathException', 'Divide by 0');
  return value;
}

/** Half away from zero for `round`, half even for `rint`, as java.lang.Math and Decimal have it. */
const rounded = (value, mode) => Decimal.of(String(value)).rounded(0, mode);
const toLong = (value) => long(BigInt(value.digits.toFixed()));
const toInteger = (value) => integer(value.digits.toNumber());

const FUNCTIONS = ['acos', 'asin', 'atan', 'cos', 'cosh', 'exp', 'log', 'log10', 'sin', 'sinh', 'tan', 'tanh', 'cbrt', 'sqrt'];

function trigonometry() {
  const made = {};
  for (const name of FUNCTIONS) {
    made[`Double ${name}(Double x)`] = double(Math[name]);
    made[`Decimal ${name}(Decimal x)`] = viaDouble(Math[name]);
  }
  return made;
}

const integers = {
  'Integer abs(Integer x)': (x) => integer(Math.abs(x)),
  'Integer max(Integer x, Integer y)': (x, y) => Math.max(x, y),
  'Integer min(Integer x, Integer y)': (x, y) => Math.min(x, y),
  'Integer mod(Integer x, Integer y)': (x, y) => integer(x % divisor(y, y === 0)),
};

const longs = {
  'Long abs(Long x)': (x) => long(x < 0n ? -x : x),
  'Long max(Long x, Long y)': (x, y) => (x > y ? x : y),
  'Long min(Long x, Long y)': (x, y) => (x < y ? x : y),
  'Long mod(Long x, Long y)': (x, y) => x % divisor(y, y === 0n),
};

const decimals = {
  'Decimal abs(Decimal x)': (x) => (x.digits.isNegative() ? x.negated() : x),
  'Decimal ceil(Decimal x)': (x) => x.rounded(0, ROUNDING.CEILING),
  'Decimal floor(Decimal x)': (x) => x.rounded(0, ROUNDING.FLOOR),
  'Decimal max(Decimal x, Decimal y)': larger,
  'Decimal min(Decimal x, Decimal y)': smaller,
  'Decimal rint(Decimal x)': (x) => x.rounded(0, ROUNDING.HALF_EVEN),
  'Integer round(Decimal x)': (x) => toInteger(x.rounded(0, ROUNDING.HALF_EVEN)),
  'Long roundToLong(Decimal x)': (x) => toLong(x.rounded(0, ROUNDING.HALF_EVEN)),
  'Decimal signum(Decimal x)': (x) => Decimal.of(x.digits.isZero() ? 0 : Math.sign(x.digits.toNumber())),
};

const doubles = {
  'Double abs(Double x)': double(Math.abs),
  'Double atan2(Double x, Double y)': double(Math.atan2),
  'Double ceil(Double x)': double(Math.ceil),
  'Double floor(Double x)': double(Math.floor),
  'Double max(Double x, Double y)': double(Math.max),
  'Double min(Double x, Double y)': double(Math.min),
  'Double pow(Double x, Double exponent)': double(Math.pow),
  'Double rint(Double x)': (x) => new Double(rounded(x.value, ROUNDING.HALF_EVEN).toNumber()),
  'Integer round(Double x)': (x) => toInteger(rounded(x.value, ROUNDING.HALF_EVEN)),
  'Long roundToLong(Double x)': (x) => toLong(rounded(x.value, ROUNDING.HALF_EVEN)),
  'Double signum(Double x)': double(Math.sign),
  'Double random()': () => new Double(randomBytes(6).readUIntBE(0, 6) / 2 ** 48),
};

const all = { ...trigonometry(), ...integers, ...longs, ...decimals, ...doubles };

export default platformClass('Math', {
  constants: { 'Double PI': new Double(Math.PI), 'Double E': new Double(Math.E) },
  static: Object.fromEntries(Object.entries(all).map(([signature, run]) => [signature, strictStatic(run)])),
});
