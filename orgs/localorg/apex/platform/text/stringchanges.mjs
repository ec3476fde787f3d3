/** String's methods that give a changed text: replace, trim, pad, escape, case. */
import { raise } from '../../engine/errors.mjs';
import { strict } from '../support/arguments.mjs';
import * as escapes from '../support/escapes.mjs';
import { replaceAll, replaceFirst } from '../support/matching.mjs';
import { patternOf } from '../support/patterns.mjs';

const same = (a, b) => a.toLowerCase() === b.toLowerCase();
const unchangedByNull = (run) => (self, text) => (text === null ? self : run(self, text));

function abbreviate(text, width, offset = 0) {
  if (width < 4) throw raise('IllegalArgumentException', 'Minimum abbreviation width is 4');
  if (text.length <= width) return text;
  const from = Math.min(offset, text.length);
  const start = text.length - from < width - 3 ? text.length - (width - 3) : from;
  if (start <= 4) return `${text.slice(0, width - 3)}...`;
  if (width < 7) throw raise('IllegalArgumentException', 'Minimum abbreviation width with offset is 7');
  return start + width - 3 < text.length ? `...${abbreviate(text.slice(start), width - 3)}` : `...${text.slice(text.length - (width - 3))}`;
}

function padding(length, pad) {
  return length <= 0 ? '' : pad.repeat(Math.ceil(length / pad.length)).slice(0, length);
}

const leftPad = (text, size, pad = ' ') => padding(size - text.length, pad || ' ') + text;
const rightPad = (text, size, pad = ' ') => text + padding(size - text.length, pad || ' ');

function center(text, size, pad = ' ') {
  const missing = size - text.length;
  return missing <= 0 ? text : rightPad(leftPad(text, text.length + Math.floor(missing / 2), pad), size, pad);
}

function difference(text, other) {
  let at = 0;
  while (at < text.length && at < other.length && text[at] === other[at]) at++;
  return other.slice(at);
}

/** Java's trim: everything up to the space character goes. */
const trim = (text) => text.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '');

function swapCase(text) {
  return Array.from(text, (one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase())).join('');
}

const removeStart = (text, part, matches) => (part !== '' && matches(text.slice(0, part.length), part) ? text.slice(part.length) : text);
const removeEnd = (text, part, matches) => (part !== '' && matches(text.slice(-part.length), part) ? text.slice(0, -part.length) : text);
const exact = (a, b) => a === b;

export const changes = {
  'String abbreviate(Integer width)': strict((self, width) => abbreviate(self, width)),
  'String abbreviate(Integer width, Integer offset)': strict(abbreviate),
  'String capitalize()': (self) => self.slice(0, 1).toUpperCase() + self.slice(1),
  'String uncapitalize()': (self) => self.slice(0, 1).toLowerCase() + self.slice(1),
  'String center(Integer size)': strict((self, size) => center(self, size)),
  'String center(Integer size, String pad)': strict(center),
  'String leftPad(Integer size)': strict((self, size) => leftPad(self, size)),
  'String leftPad(Integer size, String pad)': strict(leftPad),
  'String rightPad(Integer size)': strict((self, size) => rightPad(self, size)),
  'String rightPad(Integer size, String pad)': strict(rightPad),
  'String deleteWhitespace()': (self) => self.replace(/\s+/g, ''),
  'String normalizeSpace()': (self) => self.trim().replace(/\s+/g, ' '),
  'String trim()': trim,
  'String difference(String other)': strict(difference),
  'String remove(String part)': unchangedByNull((self, part) => (part === '' ? self : self.replaceAll(part, () => ''))),
  'String removeEnd(String part)': unchangedByNull((self, part) => removeEnd(self, part, exact)),
  'String removeEndIgnoreCase(String part)': unchangedByNull((self, part) => removeEnd(self, part, same)),
  'String removeStart(String part)': unchangedByNull((self, part) => removeStart(self, part, exact)),
  'String removeStartIgnoreCase(String part)': unchangedByNull((self, part) => removeStart(self, part, same)),
  'String repeat(Integer times)': strict((self, times) => self.repeat(Math.max(times, 0))),
  'String repeat(String separator, Integer times)': (self, separator, times) =>
    Array.from({ length: Math.max(times, 0) }, () => self).join(separator ?? ''),
  'String replace(String part, String replacement)': strict((self, part, replacement) => self.replaceAll(part, () => replacement)),
  'String replaceAll(String pattern, String replacement)': strict((self, pattern, replacement) =>
    replaceAll(patternOf(pattern), self, replacement),
  ),
  'String replaceFirst(String pattern, String replacement)': strict((self, pattern, replacement) =>
    replaceFirst(patternOf(pattern), self, replacement),
  ),
  'String reverse()': (self) => [...self].reverse().join(''),
  'String stripHtmlTags()': (self) => self.replace(/<[^>]*>/g, ''),
  'String swapCase()': swapCase,
  'String toLowerCase()': (self) => self.toLowerCase(),
  'String toLowerCase(String locale)': strict((self, locale) => self.toLocaleLowerCase(locale.replace('_', '-'))),
  'String toUpperCase()': (self) => self.toUpperCase(),
  'String toUpperCase(String locale)': strict((self, locale) => self.toLocaleUpperCase(locale.replace('_', '-'))),
  'String toString()': (self) => self,
  'String intern()': (self) => self,
  'String escapeCsv()': escapes.escapeCsv,
  'String escapeEcmaScript()': escapes.escapeEcmaScript,
  'String escapeHtml3()': escapes.escapeHtml3,
  'String escapeHtml4()': escapes.escapeHtml4,
  'String escapeJava()': escapes.escapeJava,
  'String escapeUnicode()': escapes.escapeUnicode,
  'String escapeXml()': escapes.escapeXml,
  'String unescapeCsv()': escapes.unescapeCsv,
  'String unescapeEcmaScript()': escapes.unescapeJava,
  'String unescapeHtml3()': escapes.unescapeHtml3,
  'String unescapeHtml4()': escapes.unescapeHtml4,
  'String unescapeJava()': escapes.unescapeJava,
  'String unescapeUnicode()': escapes.unescapeUnicode,
  'String unescapeXml()': escapes.unescapeXml,
};
