/** System.Math. */
import { platformClass } from '../engine/platform.mjs';
import { raise } from '../engine/errors.mjs';
import { Decimal, Double, integer, long } from '../engine/values.mjs';

const larger = (a, b) => (a.compare(b) >= 0 ? a : b);

export default platformClass('Math', {
  constants: { 'Double PI': new Double(Math.PI), 'Double E': new Double(Math.E) },
  static: {
    'Integer abs(Integer x)': (x) => integer(Math.abs(x)),
    'Long abs(Long x)': (x) => long(x < 0n ? -x : x),
    'Double abs(Double x)': (x) => new Double(Math.abs(x.value)),
    'Decimal abs(Decimal x)': (x) => (x.digits.isNegative() ? x.negated() : x),
    'Integer max(Integer x, Integer y)': (x, y) => Math.max(x, y),
    'Long max(Long x, Long y)': (x, y) => (x > y ? x : y),
    'Double max(Double x, Double y)': (x, y) => new Double(Math.max(x.value, y.value)),
    'Decimal max(Decimal x, Decimal y)': larger,
    'Integer mod(Integer x, Integer y)': (x, y) => {
      if (y === 0) throw raise('MathException', 'Divide by 0');
      return x % y;
    },
    'Integer roundToInteger(Decimal x)': (x) => integer(x.rounded(0, Decimal.HALF_EVEN).toNumber()),
  },
});
