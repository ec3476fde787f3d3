/** String's methods that look for something: contains, indexOf, startsWith, equals, compareTo. */
import { integer } from '../../engine/values.mjs';
import { allStrict } from '../support/arguments.mjs';

const lower = (text) => text.toLowerCase();

function occurrences(text, part) {
  return part === '' ? 0 : text.split(part).length - 1;
}

function firstOf(text, wanted) {
  for (let at = 0; at < text.length; at++) if (wanted(text[at])) return at;
  return -1;
}

function firstDifference(text, other) {
  if (text === other) return -1;
  let at = 0;
  while (at < text.length && at < other.length && text[at] === other[at]) at++;
  return at;
}

/** Java's compareTo: the difference of the first characters that differ, else of the lengths. */
function compare(text, other) {
  const at = firstDifference(text, other);
  if (at < 0) return 0;
  return at < text.length && at < other.length ? text.charCodeAt(at) - other.charCodeAt(at) : text.length - other.length;
}

function indexFrom(text, part, from) {
  return from > text.length ? -1 : text.indexOf(part, Math.max(from, 0));
}

function lastIndex(text, part, from = text.length) {
  return from < 0 ? -1 : text.lastIndexOf(part, from);
}

function levenshtein(text, other) {
  let row = Array.from({ length: other.length + 1 }, (unused, at) => at);
  for (let i = 1; i <= text.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (text[i - 1] === other[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[other.length];
}

function distanceWithin(text, other, threshold) {
  const distance = levenshtein(text, other);
  return distance <= threshold ? distance : -1;
}

export const searches = {
  ...allStrict({
    'Integer compareTo(String other)': compare,
    'Boolean contains(String part)': (self, part) => self.includes(part),
    'Boolean containsIgnoreCase(String part)': (self, part) => lower(self).includes(lower(part)),
    'Boolean containsAny(String characters)': (self, wanted) => [...wanted].some((one) => self.includes(one)),
    'Boolean containsNone(String characters)': (self, refused) => ![...refused].some((one) => self.includes(one)),
    'Boolean containsOnly(String characters)': (self, allowed) => [...self].every((one) => allowed.includes(one)),
    'Integer countMatches(String part)': occurrences,
    'Boolean endsWith(String ending)': (self, ending) => self.endsWith(ending),
    'Boolean endsWithIgnoreCase(String ending)': (self, ending) => lower(self).endsWith(lower(ending)),
    'Boolean startsWith(String beginning)': (self, beginning) => self.startsWith(beginning),
    'Boolean startsWithIgnoreCase(String beginning)': (self, beginning) => lower(self).startsWith(lower(beginning)),
    'Integer getLevenshteinDistance(String other)': levenshtein,
    'Integer getLevenshteinDistance(String other, Integer threshold)': distanceWithin,
    'Integer indexOf(String part)': (self, part) => self.indexOf(part),
    'Integer indexOf(String part, Integer from)': indexFrom,
    'Integer indexOfAny(String characters)': (self, wanted) => firstOf(self, (one) => wanted.includes(one)),
    'Integer indexOfAnyBut(String characters)': (self, refused) => firstOf(self, (one) => !refused.includes(one)),
    'Integer indexOfChar(Integer character)': (self, code) => self.indexOf(String.fromCodePoint(code)),
    'Integer indexOfChar(Integer character, Integer from)': (self, code, from) => indexFrom(self, String.fromCodePoint(code), from),
    'Integer indexOfDifference(String other)': firstDifference,
    'Integer indexOfIgnoreCase(String part)': (self, part) => lower(self).indexOf(lower(part)),
    'Integer indexOfIgnoreCase(String part, Integer from)': (self, part, from) => indexFrom(lower(self), lower(part), from),
    'Integer lastIndexOf(String part)': (self, part) => lastIndex(self, part),
    'Integer lastIndexOf(String part, Integer from)': lastIndex,
    'Integer lastIndexOfChar(Integer character)': (self, code) => lastIndex(self, String.fromCodePoint(code)),
    'Integer lastIndexOfChar(Integer character, Integer from)': (self, code, from) => lastIndex(self, String.fromCodePoint(code), from),
    'Integer lastIndexOfIgnoreCase(String part)': (self, part) => lastIndex(lower(self), lower(part)),
    'Integer lastIndexOfIgnoreCase(String part, Integer from)': (self, part, from) => lastIndex(lower(self), lower(part), from),
  }),
  'Boolean equals(String other)': (self, other) => self === other,
  'Boolean equals(Object other)': (self, other) => self === (typeof other === 'object' && other !== null ? other.value : other),
  'Boolean equalsIgnoreCase(String other)': (self, other) => other !== null && lower(self) === lower(other),
  'Integer length()': (self) => integer(self.length),
};
