/** The pieces of Java's regular expressions that JavaScript spells otherwise. */
export const CLASSES = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: '\\x20-~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9a-fA-F',
  Space: ' \\t\\n\\x0B\\f\\r',
  javaLowerCase: '\\p{Ll}',
  javaUpperCase: '\\p{Lu}',
  javaWhitespace: '\\s'
};
export const SPACES = {
  h: '[ \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]',
  v: '[\\n\\x0B\\f\\r\\x85\\u2028\\u2029]',
  s: '[ \\t\\n\\x0B\\f\\r]',
  S: '[^ \\t\\n\\x0B\\f\\r]',
  a: '\\x07',
  e: '\\x1B'
};
const END_OF_INPUT = '(?![\\s\\S])';
export const ANCHORS = {
  A: '(?<![\\s\\S])',
  z: END_OF_INPUT,
  Z: `(?=\\n?${END_OF_INPUT})`,
  R: '(?:\\r\\n|[\\n\\x0B\\f\\r\\x85\\u2028\\u2029])'
};
export const SYNTAX = /[\\^$.*+?()[\]{}|/]/;
const CLASS_SYNTAX = new Set('()[]{}/-|\\&!#$%*+,.:;<=>?@^`~');
export const UNSUPPORTED_ESCAPE = /[^0-9bBdDfnrtwW]/;
export const ATOMIC = 'atomic';

/** A pattern that Java itself refuses. */
export class PatternError extends Error {}

export function classLiteral(character) {
  if (!CLASS_SYNTAX.has(character)) {
    return character;
  }
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** A run of text under the flags that hold there. */
export function wrapped(text, flags) {
  const of = (letters) => [...new Set(letters)].filter((flag) => 'ims'.includes(flag)).join('');
  const off = of(flags.off);
  const on = [...of(flags.on)].filter((flag) => !off.includes(flag)).join('');
  return text && (on || off) ? `(?${on}${off ? `-${off}` : ''}:${text})` : text;
}

/** JavaScript has no atomic groups; but a lookahead never gives back what it matched. */
export function atomic(text, place) {
  return `(?:(?=(?<${ATOMIC}${place}>${text}))\\k<${ATOMIC}${place}>)`;
}

export function isPattern(text) {
  try {
    return Boolean(new RegExp(text, 'v'));
  } catch {
    return false;
  }
}

/** Java's replacement text filled in: `$1`, `${name}` and `\` escapes; `group` gives a group by number or name. */
export function replacementText(template, group) {
  let text = '';
  for (let at = 0; at < template.length; at += 1) {
    if (template[at] === '\\') {
      at += 1;
      text += template[at] ?? '';
    } else if (template[at] === '$') {
      const [length, value] = groupReference(template.slice(at), group);
      at += length - 1;
      text += value ?? '';
    } else {
      text += template[at];
    }
  }
  return text;
}

function groupReference(rest, group) {
  const named = /^\$\{(\w+)\}/.exec(rest);
  if (named) {
    return [named[0].length, group(named[1])];
  }
  const numbered = /^\$(\d)/.exec(rest);
  if (!numbered) {
    throw new PatternError('Illegal group reference');
  }
  let length = 2;
  while (/\d/.test(rest[length] ?? '') && Number(rest.slice(1, length + 1)) <= group.count) {
    length += 1;
  }
  return [length, group(Number(rest.slice(1, length)))];
}
