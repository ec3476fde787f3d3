/** Dates and times read from text. */
import { raise } from '../../engine/errors.mjs';
import { ApexDate, Datetime, Time } from '../../engine/values.mjs';
import { userLocale } from './numbers.mjs';
import { daysInMonth, fromLocal, localMoment } from './usertime.mjs';

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?$/;
const LOCAL = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})$/;
const ISO = /^(-?\d{4,})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;

const valid = (year, month, day) => month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);

export function parseDate(text) {
  const found = DATE.exec(text.trim());
  const [year, month, day] = (found ?? []).slice(1, 4).map(Number);
  if (!found || !valid(year, month, day)) throw raise('TypeException', `Invalid date: ${text}`);
  return ApexDate.of(year, month, day);
}

/** `yyyy-MM-dd HH:mm:ss` in a zone: `toMoment` gives the epoch milliseconds of a local time. */
export function parseDatetime(text, toMoment = fromLocal) {
  const found = LOCAL.exec(text.trim());
  const [year, month, day, hour, minute, second] = (found ?? []).slice(1).map(Number);
  if (!found || !valid(year, month, day)) throw raise('TypeException', `Invalid date/time: ${text}`);
  return new Datetime(toMoment(localMoment(year, month, day, hour, minute, second)));
}

/** ISO 8601 as JSON carries it; null when it is none. */
export function parseIsoDatetime(text) {
  const found = ISO.exec(text.trim());
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0));
  if (!valid(year, month, day) || hour > 24 || minute > 59) return null;
  const ms = Number((found[7] ?? '').slice(0, 3).padEnd(3, '0'));
  return new Datetime(localMoment(year, month, day, hour, minute, second, ms) - offset(found[8]));
}

function offset(zone) {
  if (!zone || zone === 'Z') return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
}

/** `13:30:00.000Z`. */
export function parseTime(text) {
  const found = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?Z?$/.exec(text.trim());
  if (!found) throw raise('TypeException', `Invalid time: ${text}`);
  const [hour, minute, second] = found.slice(1, 4).map((part) => Number(part ?? 0));
  return new Time(((hour * 60 + minute) * 60 + second) * 1000 + Number((found[4] ?? '').padEnd(3, '0')));
}

/** A date as the user's locale writes it: `12/31/2020`; its order of day and month is the locale's. */
export function parseLocalDate(text) {
  const numbers = text.trim().split(/\D+/).map(Number);
  const order = new Intl.DateTimeFormat(userLocale()).formatToParts(0).map((part) => part.type).filter((type) => type !== 'literal');
  const part = Object.fromEntries(order.map((type, at) => [type, numbers[at]]));
  const year = part.year < 100 ? part.year + 2000 : part.year;
  if (numbers.length < 3 || !valid(year, part.month, part.day)) throw raise('TypeException', `Invalid date: ${text}`);
  return ApexDate.of(year, part.month, part.day);
}
