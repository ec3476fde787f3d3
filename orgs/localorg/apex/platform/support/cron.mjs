/** Cron expressions as System.schedule takes them: seconds minutes hours day month weekday [year]. */
import { raise } from '../../engine/errors.mjs';

const NAMES = { month: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' '), weekday: 'SUN MON TUE WED THU FRI SAT'.split(' ') };
const FIELDS = [
  ['second', 0, 59],
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day', 1, 31],
  ['month', 1, 12],
  ['weekday', 1, 7],
  ['year', 1970, 2099],
];

const illegal = (expression, why) => raise('StringException', `Invalid cron expression: ${expression} (${why})`);

function number(text, name) {
  const named = NAMES[name]?.indexOf(text.toUpperCase()) ?? -1;
  return named >= 0 ? named + 1 : /^\d+$/.test(text) ? Number(text) : NaN;
}

function validPart(part, [name, least, most]) {
  const known = { day: /^(\?|L|W|LW|\d+W)$/i, weekday: /^(\?|L|\w+L|\w+#[1-5])$/i }[name];
  if (part === '*' || known?.test(part)) return true;
  const [range, step] = part.split('/');
  if (step !== undefined && !/^\d+$/.test(step)) return false;
  return range === '*' || range.split('-').every((edge) => number(edge, name) >= least && number(edge, name) <= most);
}

/** Refuses an expression that the platform refuses. */
export function checkCron(expression) {
  const parts = expression.trim().split(/\s+/);
  if (parts.length < 6 || parts.length > 7) throw illegal(expression, 'six or seven fields are needed');
  parts.forEach((text, at) => {
    if (!text.split(',').every((part) => validPart(part, FIELDS[at]))) throw illegal(expression, `${FIELDS[at][0]} ${text}`);
  });
  if (!/^\d+(,\d+)*$/.test(parts[0]) || !/^\d+$/.test(parts[1])) {
    throw illegal(expression, 'seconds and minutes must be specified as integers');
  }
  if (parts[3] === '?' && parts[5] === '?') throw illegal(expression, 'a day of the month or of the week is needed');
}
