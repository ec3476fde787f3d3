/** Decimal as Java's BigDecimal behaves: exact digits and a scale that arithmetic carries along. */
import DecimalJs from 'decimal.js';

const Exact = DecimalJs.clone({ precision: 400, toExpNeg: -9e15, toExpPos: 9e15 });
const Divided = DecimalJs.clone({ precision: 34, toExpNeg: -9e15, toExpPos: 9e15, rounding: DecimalJs.ROUND_HALF_EVEN });
export const ROUNDING = {
  UP: 0, DOWN: 1, CEILING: 2, FLOOR: 3, HALF_UP: 4, HALF_DOWN: 5, HALF_EVEN: 6,
};

export class Decimal {
  constructor(digits, scale) {
    this.digits = digits;
    this.scale = scale ?? Math.max(digits.decimalPlaces(), 0);
  }

  /** From text, a number, a bigint or a decimal.js value; the scale is the number of decimals written. */
  static of(value, scale) {
    const text = typeof value === 'bigint' ? value.toString() : value;
    const digits = new Exact(text);
    if (scale === undefined && typeof text === 'string' && !/e/i.test(text)) {
      scale = (text.split('.')[1] ?? '').length;
    }
    return new Decimal(digits, scale);
  }

  plus(other) {
    return new Decimal(this.digits.plus(other.digits), Math.max(this.scale, other.scale));
  }

  minus(other) {
    return new Decimal(this.digits.minus(other.digits), Math.max(this.scale, other.scale));
  }

  times(other) {
    return new Decimal(this.digits.times(other.digits), this.scale + other.scale);
  }

  /** 34 significant digits; exact quotients keep the difference of the scales. */
  over(other) {
    const quotient = new Exact(new Divided(this.digits).div(other.digits));
    return new Decimal(quotient, Math.max(quotient.decimalPlaces(), this.scale - other.scale, 0));
  }

  negated() {
    return new Decimal(this.digits.negated(), this.scale);
  }

  rounded(scale, mode = ROUNDING.HALF_EVEN) {
    return new Decimal(this.digits.toDecimalPlaces(Math.max(scale, 0), mode), scale);
  }

  compare(other) {
    return this.digits.comparedTo(other.digits);
  }

  toNumber() {
    return this.digits.toNumber();
  }

  toString() {
    return this.digits.toFixed(Math.max(this.scale, 0));
  }
}
