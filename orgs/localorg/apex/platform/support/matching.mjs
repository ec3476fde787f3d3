/** Searching, replacing and splitting by a compiled pattern, as java.util.regex does it. */
import { raise } from '../../engine/errors.mjs';
import { PatternError, replacementText } from './regexparts.mjs';

/** The first match at or after `from`, or null. */
export function findFrom(pattern, text, from) {
  if (from > text.length) return null;
  pattern.expression.lastIndex = from;
  return pattern.expression.exec(text);
}

/** A group of a match by Java's number or by name; null where it did not take part. */
export function groupOf(pattern, match, which) {
  return (typeof which === 'string' ? match.groups?.[which] : match[pattern.groups[which]]) ?? null;
}

/** The replacement's text with `$1` and `\` worked out for this match. */
export function filledIn(pattern, match, replacement) {
  const group = (which) => {
    if (typeof which === 'number' && which >= pattern.groups.length) throw new PatternError(`No group ${which}`);
    return groupOf(pattern, match, which);
  };
  group.count = pattern.groups.length - 1;
  try {
    return replacementText(replacement, group);
  } catch (problem) {
    if (problem instanceof PatternError) throw raise('StringException', problem.message);
    throw problem;
  }
}

export function replaceAll(pattern, text, replacement, most = Infinity) {
  let result = '';
  let at = 0;
  let from = 0;
  for (let done = 0; done < most; done++) {
    const match = findFrom(pattern, text, from);
    if (!match) break;
    result += text.slice(at, match.index) + filledIn(pattern, match, replacement);
    at = match.index + match[0].length;
    from = match[0] === '' ? at + 1 : at;
  }
  return result + text.slice(at);
}

export const replaceFirst = (pattern, text, replacement) => replaceAll(pattern, text, replacement, 1);

/** Java's split: a limit of 0 drops empty texts at the end, a negative one keeps them; no empty text comes first for an empty match. */
export function split(pattern, text, limit) {
  const pieces = [];
  let at = 0;
  let from = 0;
  while (limit <= 0 || pieces.length < limit - 1) {
    const match = findFrom(pattern, text, from);
    if (!match) break;
    const end = match.index + match[0].length;
    if (!(end === 0) && !(match[0] === '' && match.index >= text.length)) {
      pieces.push(text.slice(at, match.index));
      at = end;
    }
    from = match[0] === '' ? end + 1 : end;
  }
  pieces.push(text.slice(at));
  if (limit === 0) while (pieces.length > 1 && pieces.at(-1) === '') pieces.pop();
  return pieces;
}
