/** What `@salesforce/i18n` says of a locale, read from the browser's own knowledge of it. */
const SAMPLE = new Date(2026, 0, 5);

/** A date format as CLDR writes it: `d 'de' MMMM 'de' yyyy`. */
function pattern(locale, options, monthInWords) {
  const letters = { day: 'd', month: 'M', year: 'y' };
  const write = ({ type, value }) => {
    if (type === 'literal') return value.replace(/\p{L}+/gu, "'$&'");
    if (type === 'year') return 'yyyy';
    return /\D/.test(value) ? monthInWords : letters[type].repeat(value.length);
  };
  return new Intl.DateTimeFormat(locale, options).formatToParts(SAMPLE).map(write).join('');
}

export function localeSettings({ locale, lang, timeZone, currency }) {
  const number = new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: 2, useGrouping: 'always' });
  const parts = Object.fromEntries(number.formatToParts(1234567.5).map(({ type, value }) => [type, value]));
  const known = new Intl.Locale(locale);
  const week = known.getWeekInfo?.() ?? known.weekInfo;
  return {
    locale,
    lang,
    timeZone,
    currency,
    dir: (known.getTextInfo?.() ?? known.textInfo)?.direction ?? 'ltr',
    firstDayOfWeek: ((week?.firstDay ?? 7) % 7) + 1, // Sunday is 1
    'number.decimalSeparator': parts.decimal,
    'number.groupingSeparator': parts.group,
    'number.currencySymbol': parts.currency,
    'dateTime.shortDateFormat': pattern(locale, { year: 'numeric', month: 'numeric', day: 'numeric' }, 'MMM'),
    'dateTime.mediumDateFormat': pattern(locale, { dateStyle: 'medium' }, 'MMM'),
    'dateTime.longDateFormat': pattern(locale, { dateStyle: 'long' }, 'MMMM'),
  };
}
