/** String's methods that give a part of it: substring, left, split, characters. */
import { listOf, STRING, INTEGER } from '../../engine/types.mjs';
import { ApexList } from '../../engine/values.mjs';
import { raise } from '../../engine/errors.mjs';
import { strict } from '../support/arguments.mjs';
import { patternOf } from '../support/patterns.mjs';
import { split } from '../support/matching.mjs';

const texts = (items) => new ApexList(listOf(STRING), items);
const numbers = (items) => new ApexList(listOf(INTEGER), items);

function substring(text, start, end = text.length) {
  if (start < 0 || start > text.length) throw raise('StringException', `Starting position out of bounds: ${start}`);
  if (end < start || end > text.length) throw raise('StringException', `Ending position out of bounds: ${end}`);
  return text.slice(start, end);
}

function between(text, open, close) {
  if (open === null || close === null) return null;
  const start = text.indexOf(open);
  const end = start < 0 ? -1 : text.indexOf(close, start + open.length);
  return end < 0 ? null : text.slice(start + open.length, end);
}

function after(text, separator, position) {
  if (separator === null || position < 0) return '';
  return text.slice(position + separator.length);
}

function before(text, separator, position) {
  return separator === null || separator === '' ? text : position < 0 ? text : text.slice(0, position);
}

function characterAt(text, at) {
  if (at < 0 || at >= text.length) throw raise('StringException', `Index out of bounds: ${at}`);
  return text.codePointAt(at);
}

function mid(text, start, length) {
  if (length < 0 || start > text.length) return '';
  const from = Math.max(start, 0);
  return text.slice(from, from + length);
}

const KINDS = [/\p{Lu}/u, /\p{Ll}/u, /\p{L}/u, /\p{Nd}/u, /\s/u, /\p{P}/u];
const kindOf = (character) => KINDS.findIndex((kind) => kind.test(character));

/** Runs of characters of one kind; in camel case a capital belongs to the small letters after it. */
function byKind(text, camelCase) {
  const runs = [];
  let before = null;
  for (const character of text) {
    const kind = kindOf(character);
    if (kind === before) {
      runs[runs.length - 1] += character;
    } else if (camelCase && before === 0 && kind === 1) {
      const capitals = runs.pop();
      if (capitals.length > 1) runs.push(capitals.slice(0, -1));
      runs.push(capitals.slice(-1) + character);
    } else {
      runs.push(character);
    }
    before = kind;
  }
  return texts(runs);
}

export const parts = {
  'String substring(Integer start)': strict((self, start) => substring(self, start)),
  'String substring(Integer start, Integer end)': strict(substring),
  'String substringAfter(String separator)': (self, separator) => after(self, separator, self.indexOf(separator ?? '')),
  'String substringAfterLast(String separator)': (self, separator) =>
    separator === '' ? '' : after(self, separator, self.lastIndexOf(separator ?? '')),
  'String substringBefore(String separator)': (self, separator) =>
    separator === '' ? '' : before(self, separator, self.indexOf(separator)),
  'String substringBeforeLast(String separator)': (self, separator) => before(self, separator, self.lastIndexOf(separator)),
  'String substringBetween(String tag)': (self, tag) => between(self, tag, tag),
  'String substringBetween(String open, String close)': between,
  'String left(Integer length)': strict((self, length) => self.slice(0, Math.max(length, 0))),
  'String right(Integer length)': strict((self, length) => (length <= 0 ? '' : self.slice(-length))),
  'String mid(Integer start, Integer length)': strict(mid),
  'Integer charAt(Integer index)': strict(characterAt),
  'Integer codePointAt(Integer index)': strict(characterAt),
  'Integer codePointBefore(Integer index)': strict((self, at) => characterAt(self, at - 1)),
  'Integer codePointCount(Integer start, Integer end)': strict((self, start, end) => [...substring(self, start, end)].length),
  'Integer offsetByCodePoints(Integer index, Integer count)': strict(
    (self, index, count) => index + [...self.slice(index)].slice(0, count).join('').length,
  ),
  'List<Integer> getChars()': (self) => numbers(Array.from({ length: self.length }, (unused, at) => self.charCodeAt(at))),
  'List<String> split(String pattern)': strict((self, pattern) => texts(split(patternOf(pattern), self, 0))),
  'List<String> split(String pattern, Integer limit)': strict((self, pattern, limit) => texts(split(patternOf(pattern), self, limit))),
  'List<String> splitByCharacterType()': (self) => byKind(self, false),
  'List<String> splitByCharacterTypeCamelCase()': (self) => byKind(self, true),
};
