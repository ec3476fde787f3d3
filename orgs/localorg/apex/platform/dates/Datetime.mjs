/** System.Datetime. */
import { platformClass } from '../../engine/platform.mjs';
import { raise } from '../../engine/errors.mjs';
import { ApexDate, Datetime, Time } from '../../engine/values.mjs';
import { given, strict, strictStatic } from '../support/arguments.mjs';
import { now } from '../support/clock.mjs';
import { formatDate, zoneNamed } from '../support/dateformat.mjs';
import { parseDatetime, parseLocalDate } from '../support/datetext.mjs';
import { DAY, fromLocal, inUserWords, localMoment, plusMonths, toLocal, userZone } from '../support/usertime.mjs';

const gmt = (ms) => ms;
const dateOf = (ms) => new ApexDate(Math.floor(ms / DAY));
const timeOf = (ms) => new Time(ms - Math.floor(ms / DAY) * DAY);

function valueOf(value) {
  given(value);
  if (value instanceof Datetime) return value;
  if (value instanceof ApexDate) return new Datetime(value.days * DAY);
  if (typeof value === 'string') return parseDatetime(value);
  throw raise('TypeException', 'Invalid date/time');
}

/** Constructors in the user's zone and in GMT: the same shapes under two names. */
function makers(name, toMoment) {
  const moment = strictStatic((...parts) => new Datetime(toMoment(localMoment(...parts))));
  return {
    [`Datetime ${name}(Integer year, Integer month, Integer day)`]: moment,
    [`Datetime ${name}(Integer year, Integer month, Integer day, Integer hour, Integer minute, Integer second)`]: moment,
    [`Datetime ${name}(Date day, Time time)`]: strictStatic((day, time) => new Datetime(toMoment(day.days * DAY + time.ms))),
  };
}

const LOCAL_PARTS = /^(\S+?),?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AP]M)?$/i;

function parse(text) {
  const found = LOCAL_PARTS.exec(given(text).trim());
  if (!found) throw raise('TypeException', `Invalid date/time: ${text}`);
  const [, day, hour, minute, second, half] = found;
  const hours = half ? (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0) : Number(hour);
  return new Datetime(fromLocal(parseLocalDate(day).days * DAY + ((hours * 60 + Number(minute)) * 60 + Number(second ?? 0)) * 1000));
}

function format(self, pattern, zone = userZone()) {
  const known = zoneNamed(zone) ?? 'GMT';
  try {
    return formatDate(self.ms, pattern, known);
  } catch (problem) {
    if (problem instanceof RangeError) throw raise('IllegalArgumentException', problem.message);
    throw problem;
  }
}

/** One getter in the user's zone and its twin in GMT. */
function reader(name, read) {
  return { [`Integer ${name}()`]: (self) => read(toLocal(self.ms)), [`Integer ${name}Gmt()`]: (self) => read(new Date(self.ms)) };
}

const dayOfYear = (moment) => Math.floor((moment.getTime() - localMoment(moment.getUTCFullYear(), 1, 1)) / DAY) + 1;
const shifted = (step) => strict((self, count) => new Datetime(self.ms + count * step));
const shiftedMonths = (step) => strict((self, count) => new Datetime(fromLocal(plusMonths(toLocal(self.ms).getTime(), count * step))));

export default platformClass('Datetime', {
  static: {
    ...makers('newInstance', fromLocal),
    ...makers('newInstanceGmt', gmt),
    'Datetime newInstance(Long milliseconds)': strictStatic((ms) => new Datetime(Number(ms))),
    'Datetime now()': () => new Datetime(now()),
    'Datetime parse(String text)': parse,
    'Datetime valueOf(String text)': valueOf,
    'Datetime valueOf(Object value)': valueOf,
    'Datetime valueOfGmt(String text)': strictStatic((text) => parseDatetime(text, gmt)),
  },
  instance: {
    'Datetime addDays(Integer days)': strict((self, days) => new Datetime(fromLocal(toLocal(self.ms).getTime() + days * DAY))),
    'Datetime addHours(Integer hours)': shifted(3600000),
    'Datetime addMinutes(Integer minutes)': shifted(60000),
    'Datetime addSeconds(Integer seconds)': shifted(1000),
    'Datetime addMilliseconds(Integer milliseconds)': shifted(1),
    'Datetime addMonths(Integer months)': shiftedMonths(1),
    'Datetime addYears(Integer years)': shiftedMonths(12),
    'Date date()': (self) => dateOf(toLocal(self.ms).getTime()),
    'Date dateGmt()': (self) => dateOf(self.ms),
    'Time time()': (self) => timeOf(toLocal(self.ms).getTime()),
    'Time timeGmt()': (self) => timeOf(self.ms),
    ...reader('day', (moment) => moment.getUTCDate()),
    ...reader('dayOfYear', dayOfYear),
    ...reader('hour', (moment) => moment.getUTCHours()),
    ...reader('millisecond', (moment) => moment.getUTCMilliseconds()),
    ...reader('minute', (moment) => moment.getUTCMinutes()),
    ...reader('month', (moment) => moment.getUTCMonth() + 1),
    ...reader('second', (moment) => moment.getUTCSeconds()),
    ...reader('year', (moment) => moment.getUTCFullYear()),
    'String format()': (self) => inUserWords(self.ms, { timeZone: userZone(), ...SHORT }),
    'String format(String pattern)': (self, pattern) => format(self, given(pattern)),
    'String format(String pattern, String timeZone)': (self, pattern, zone) => format(self, given(pattern), zone ?? userZone()),
    'String formatGmt(String pattern)': strict((self, pattern) => format(self, pattern, 'GMT')),
    'String formatLong()': (self) => inUserWords(self.ms, { timeZone: userZone(), ...SHORT, second: '2-digit', timeZoneName: 'short' }),
    'Long getTime()': (self) => BigInt(self.ms),
    'Boolean isSameDay(Datetime other)': strict((self, other) => dateOf(+toLocal(self.ms)).days === dateOf(+toLocal(other.ms)).days),
  },
});

const SHORT = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: '2-digit' };
