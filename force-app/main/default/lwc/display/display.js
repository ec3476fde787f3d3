import currency from '@salesforce/i18n/currency';
import locale from '@salesforce/i18n/locale';
import timeZone from '@salesforce/i18n/timeZone';

const MONEY = new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 });
const DAY = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const MOMENT = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone });

/** Whole units of the org's currency: more would pretend to know more. */
export function money(amount) {
    return MONEY.format(amount);
}

/** A day of the calendar, `2026-03-02`, whatever the reader's time zone. */
export function day(date) {
    return DAY.format(new Date(date));
}

/** The day of a moment, in the reader's time zone. */
export function dayOf(moment) {
    return MOMENT.format(new Date(moment));
}

/** Today as the reader's calendar has it, `2026-03-02`. */
export function today() {
    return new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date());
}

export function days(from, until) {
    return until && until !== from ? DAY.formatRange(new Date(from), new Date(until)) : day(from);
}

export function contactUrl(contactId) {
    return `/lightning/r/Contact/${contactId}/view`;
}
