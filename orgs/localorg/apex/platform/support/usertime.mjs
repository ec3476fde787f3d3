/** The time zone and the words of the transaction's user. */
import { transaction } from '../../engine/transaction.mjs';
import { momentOf, zoneOffset } from './dateformat.mjs';
import { userLocale } from './numbers.mjs';

export const DAY = 86400000;

export const userZone = () => transaction.user?.timeZone ?? 'GMT';

/** Epoch milliseconds of a local time in the user's zone (given as if that zone were GMT). */
export const fromLocal = (local) => momentOf(userZone(), local);

/** The local time in the user's zone as if it were GMT: read it with getUTC… */
export const toLocal = (ms) => new Date(ms + zoneOffset(userZone(), ms));

/** Milliseconds as if in GMT; months and days beyond their range carry over. */
export function localMoment(year, month, day, hour = 0, minute = 0, second = 0, ms = 0) {
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(hour, minute, second, ms);
  return moment.getTime();
}

/** A date or time as the user's locale writes it, with plain spaces. */
export function inUserWords(ms, options) {
  return new Intl.DateTimeFormat(userLocale(), options).format(ms).replace(/[\u202f\u00a0]/g, ' ');
}

/** The same day `count` months on, or that month's last day. */
export function plusMonths(ms, count) {
  const moment = new Date(ms);
  const day = moment.getUTCDate();
  moment.setUTCDate(1);
  moment.setUTCMonth(moment.getUTCMonth() + count);
  moment.setUTCDate(Math.min(day, daysInMonth(moment.getUTCFullYear(), moment.getUTCMonth() + 1)));
  return moment.getTime();
}

export const daysInMonth = (year, month) => new Date(localMoment(year, month + 1, 0)).getUTCDate();
