/** System.Date. */
import { platformClass } from '../../engine/platform.mjs';
import { raise } from '../../engine/errors.mjs';
import { ApexDate, Datetime } from '../../engine/values.mjs';
import { given, strict, strictStatic } from '../support/arguments.mjs';
import { parseDate, parseLocalDate } from '../support/datetext.mjs';
import { DAY, daysInMonth, inUserWords, localMoment, plusMonths, toLocal } from '../support/usertime.mjs';
import { now } from '../support/clock.mjs';

const dateOf = (ms) => new ApexDate(Math.floor(ms / DAY));
const year = (date) => date.moment.getUTCFullYear();
const month = (date) => date.moment.getUTCMonth() + 1;

/** Today where the user is. */
export const today = () => dateOf(toLocal(now()).getTime());

function valueOf(value) {
  given(value);
  if (value instanceof ApexDate) return value;
  if (value instanceof Datetime) return dateOf(toLocal(value.ms).getTime());
  if (typeof value === 'string') return parseDate(value);
  throw raise('TypeException', 'Invalid date');
}

export default platformClass('Date', {
  static: {
    'Date newInstance(Integer year, Integer month, Integer day)': strictStatic((...parts) => dateOf(localMoment(...parts))),
    'Date today()': today,
    'Date valueOf(String text)': valueOf,
    'Date valueOf(Object value)': valueOf,
    'Date parse(String text)': strictStatic(parseLocalDate),
    'Integer daysInMonth(Integer year, Integer month)': strictStatic(daysInMonth),
    'Boolean isLeapYear(Integer year)': strictStatic((value) => daysInMonth(value, 2) === 29),
  },
  instance: {
    'Date addDays(Integer days)': strict((self, days) => new ApexDate(self.days + days)),
    'Date addMonths(Integer months)': strict((self, months) => dateOf(plusMonths(self.days * DAY, months))),
    'Date addYears(Integer years)': strict((self, years) => dateOf(plusMonths(self.days * DAY, years * 12))),
    'Integer day()': (self) => self.moment.getUTCDate(),
    'Integer dayOfYear()': (self) => self.days - dateOf(localMoment(year(self), 1, 1)).days + 1,
    'Integer daysBetween(Date other)': strict((self, other) => other.days - self.days),
    'String format()': (self) => inUserWords(self.days * DAY, { timeZone: 'UTC' }),
    'Boolean isSameDay(Date other)': strict((self, other) => self.days === other.days),
    'Integer month()': month,
    'Integer monthsBetween(Date other)': strict((self, other) => (year(other) - year(self)) * 12 + month(other) - month(self)),
    'Date toStartOfMonth()': (self) => dateOf(localMoment(year(self), month(self), 1)),
    'Date toStartOfWeek()': (self) => new ApexDate(self.days - self.moment.getUTCDay()),
    'Integer year()': year,
  },
});
