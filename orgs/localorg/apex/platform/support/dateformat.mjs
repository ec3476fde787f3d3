/** Java's SimpleDateFormat patterns, which Datetime.format and TimeZone speak, on the zones and names that Intl knows. */

const MINUTE = 60_000;
const parts = new Map();

function partsFormat(zone) {
  if (!parts.has(zone)) {
    const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' };
    parts.set(zone, new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', era: 'short', ...numeric }));
  }
  return parts.get(zone);
}

/** Milliseconds that `zone` is ahead of GMT at `moment` (epoch milliseconds). */
export function zoneOffset(zone, moment) {
  const found = Object.fromEntries(partsFormat(zone).formatToParts(moment).map((part) => [part.type, part.value]));
  const year = found.era === 'BC' ? 1 - Number(found.year) : Number(found.year);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(found.month) - 1, Number(found.day));
  local.setUTCHours(Number(found.hour), Number(found.minute), Number(found.second));
  return local.getTime() - Math.floor(moment / 1000) * 1000;
}

/** The moment at which clocks in `zone` show this local time (epoch milliseconds as if the zone were GMT). */
export function momentOf(zone, local) {
  const guess = local - zoneOffset(zone, local);
  const corrected = local - zoneOffset(zone, guess);
  return zoneOffset(zone, corrected) === zoneOffset(zone, guess) ? corrected : Math.max(guess, corrected);
}

/** The zone under the name that Java accepts (`GMT`, `GMT+2:00`, `America/New_York`); null when there is none. */
export function zoneNamed(name) {
  const offset = /^GMT([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name);
  const wanted = offset ? `${offset[1]}${offset[2].padStart(2, '0')}:${offset[3] ?? '00'}` : name;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: wanted }).resolvedOptions().timeZone && wanted;
  } catch {
    return null;
  }
}

function named(moment, zone, locale, options) {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(moment);
}

function zoneName(moment, zone, locale, style) {
  const found = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: style }).formatToParts(moment);
  const name = found.find((part) => part.type === 'timeZoneName').value;
  return name === 'UTC' && zone === 'GMT' ? 'GMT' : name;
}

function offsetText(offset, separator) {
  const minutes = Math.abs(Math.round(offset / MINUTE));
  const two = (value) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
}

function dayOfYear(local) {
  return Math.round((Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()) - Date.UTC(local.getUTCFullYear(), 0, 0)) / 86_400_000);
}

// The week of the year as the US calendar counts: the week of January 1st is the first, weeks start on Sunday.
function weekOfYear(local) {
  const january = new Date(Date.UTC(local.getUTCFullYear(), 0, 1)).getUTCDay();
  const week = Math.floor((dayOfYear(local) - 1 + january) / 7) + 1;
  return local.getUTCMonth() === 11 && local.getUTCDate() + (6 - local.getUTCDay()) > 31 ? 1 : week;
}

function weekYear(local) {
  return local.getUTCFullYear() + (local.getUTCMonth() === 11 && weekOfYear(local) === 1 ? 1 : 0);
}

function yearText(year, width) {
  return width === 2 ? String(year).slice(-2).padStart(2, '0') : String(year).padStart(width, '0');
}

function monthText({ moment, zone, locale, local }, width) {
  if (width < 3) {
    return String(local.getUTCMonth() + 1).padStart(width, '0');
  }
  return named(moment, zone, locale, { month: width === 3 ? 'short' : 'long' });
}

function isoZone(offset, width) {
  if (offset === 0) {
    return 'Z';
  }
  const text = offsetText(offset, width === 3 ? ':' : '');
  return width === 1 ? text.slice(0, 3) : text;
}

const LETTERS = {
  G: ({ local }) => (local.getUTCFullYear() > 0 ? 'AD' : 'BC'),
  y: ({ local }, width) => yearText(local.getUTCFullYear(), width),
  Y: ({ local }, width) => yearText(weekYear(local), width),
  M: monthText,
  L: monthText,
  d: ({ local }) => local.getUTCDate(),
  D: ({ local }) => dayOfYear(local),
  w: ({ local }) => weekOfYear(local),
  W: ({ local }) => Math.ceil((local.getUTCDate() + new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1)).getUTCDay()) / 7),
  F: ({ local }) => Math.ceil(local.getUTCDate() / 7),
  E: ({ moment, zone, locale }, width) => named(moment, zone, locale, { weekday: width > 3 ? 'long' : 'short' }),
  u: ({ local }) => local.getUTCDay() || 7,
  a: ({ local }) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  H: ({ local }) => local.getUTCHours(),
  k: ({ local }) => local.getUTCHours() || 24,
  K: ({ local }) => local.getUTCHours() % 12,
  h: ({ local }) => local.getUTCHours() % 12 || 12,
  m: ({ local }) => local.getUTCMinutes(),
  s: ({ local }) => local.getUTCSeconds(),
  S: ({ local }) => local.getUTCMilliseconds(),
  z: ({ moment, zone, locale }, width) => zoneName(moment, zone, locale, width > 3 ? 'long' : 'short'),
  Z: ({ offset }) => offsetText(offset, ''),
  X: ({ offset }, width) => isoZone(offset, width)
};

/** `moment` (epoch milliseconds) in words of `pattern`; raises RangeError for a letter that means nothing. */
export function formatDate(moment, pattern, zone, locale = 'en-US') {
  const offset = zoneOffset(zone, moment);
  const context = { moment, zone, locale, offset, local: new Date(moment + offset) };
  return pattern.replace(/'((?:[^']|'')*)'|([a-zA-Z])\2*/g, (whole, quoted, letter) => {
    if (quoted !== undefined) {
      return quoted === '' ? "'" : quoted.replaceAll("''", "'");
    }
    const write = LETTERS[letter];
    if (!write) {
      throw new RangeError(`Illegal pattern character '${letter}'`);
    }
    return String(write(context, whole.length)).padStart('GEaMzZXyYL'.includes(letter) ? 0 : whole.length, '0');
  });
}
