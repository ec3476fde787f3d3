/** Java's regular expressions, which Apex's Pattern speaks, rewritten as JavaScript's (with its `v` flag). */
import { ANCHORS, ATOMIC, CLASSES, PatternError, SPACES, SYNTAX, UNSUPPORTED_ESCAPE, atomic, classLiteral, isPattern, wrapped } from './regexparts.mjs';

class Translator {
  constructor(source) {
    this.source = source;
    this.at = 0;
    this.flags = { on: '', off: '' };
  }

  get next() {
    return this.source[this.at];
  }

  take(length) {
    this.at += length;
    return this.source.slice(this.at - length, this.at);
  }

  refuse(message, at = this.at) {
    throw new PatternError(`${message} near index ${at}\n${this.source}`);
  }

  /** Alternatives up to the end or an unopened `)`; flags set inside (`(?i)`) last as long. */
  alternatives() {
    const outer = this.flags;
    let text = '';
    let run = '';
    const close = () => {
      text += wrapped(run, this.flags);
      run = '';
    };
    while (this.at < this.source.length && this.next !== ')') {
      if (this.next === '|') {
        close();
        text += this.take(1);
      } else if (/^\(\?[a-zA-Z-]+\)/.test(this.source.slice(this.at))) {
        close();
        this.setFlags();
      } else {
        run += this.quantified();
      }
    }
    close();
    this.flags = outer;
    return text;
  }

  setFlags() {
    const [whole, on, off = ''] = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?\)/.exec(this.source.slice(this.at));
    this.at += whole.length;
    this.flags = { on: this.flags.on + on, off: this.flags.off + off };
  }

  quantified() {
    if (this.flags.on.includes('x') && /[\s#]/.test(this.next)) {
      return this.comment();
    }
    const atom = this.atom();
    const found = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(this.source.slice(this.at));
    if (!found) {
      return atom;
    }
    const place = this.at;
    this.at += found[0].length;
    if (this.next === '+') {
      this.at += 1;
      return atomic(atom + found[0], place);
    }
    return atom + found[0] + (this.next === '?' ? this.take(1) : '');
  }

  comment() {
    const end = this.next === '#' ? this.source.indexOf('\n', this.at) : this.at;
    this.at = end < 0 ? this.source.length : end + 1;
    return '';
  }

  atom() {
    switch (this.next) {
      case '\\':
        return this.escape();
      case '[':
        return this.characterClass();
      case '(':
        return this.group();
      case '$':
        this.at += 1;
        return this.flags.on.includes('m') ? '$' : ANCHORS.Z;
      case '*':
      case '+':
      case '?':
        return this.refuse(`Dangling meta character '${this.next}'`);
      case '{':
        return this.refuse('Illegal repetition');
      case ']':
      case '}':
      case '/':
        return `\\${this.take(1)}`;
      default:
        return String.fromCodePoint(this.takeCodePoint());
    }
  }

  takeCodePoint() {
    const code = this.source.codePointAt(this.at);
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  group() {
    const start = this.at;
    const opening = /^\((?:\?<[=!]|\?[=!:>]|\?<[A-Za-z]\w*>|\?[a-zA-Z]*(?:-[a-zA-Z]+)?:)?/.exec(this.source.slice(start))[0];
    this.at += opening.length;
    const outer = this.flags;
    const inline = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?:$/.exec(opening);
    if (inline) {
      this.flags = { on: outer.on + inline[1], off: outer.off + (inline[2] ?? '') };
    }
    const inside = this.alternatives();
    this.flags = outer;
    if (this.next !== ')') {
      this.refuse('Unclosed group', this.source.length);
    }
    this.at += 1;
    if (opening === '(?>') {
      return atomic(inside, start);
    }
    return `${inline ? '(?:' : opening}${inside})`;
  }

  escape() {
    const letter = this.source[this.at + 1];
    if (letter === 'Q') {
      return this.quotedText();
    }
    if (letter in ANCHORS) {
      this.at += 2;
      return ANCHORS[letter];
    }
    if (letter === 'G') {
      this.at += 2;
      return '';
    }
    const named = /^\\k<\w+>/.exec(this.source.slice(this.at));
    return named ? this.take(named[0].length) : this.escapedText(false);
  }

  quotedText() {
    const end = this.source.indexOf('\\E', this.at);
    const text = this.source.slice(this.at + 2, end < 0 ? undefined : end);
    this.at = end < 0 ? this.source.length : end + 2;
    return `(?:${[...text].map((one) => (SYNTAX.test(one) ? `\\${one}` : one)).join('')})`;
  }

  /** One escape, in a class or out of it. */
  escapedText(inClass) {
    const rest = this.source.slice(this.at);
    const property = /^\\([pP])(?:\{(\w+(?:=\w+)?)\}|(\w))/.exec(rest);
    if (property) {
      this.at += property[0].length;
      return this.property(property[1] === 'P', property[2] ?? property[3], inClass);
    }
    const code = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|x\{([0-9a-fA-F]+)\}|0([0-7]{1,3}))/.exec(rest);
    if (code) {
      this.at += code[0].length;
      const value = code[4] ? parseInt(code[4], 8) : parseInt(code[1] ?? code[2] ?? code[3], 16);
      return `\\u{${value.toString(16)}}`;
    }
    if (rest.length < 2) {
      this.refuse('Unexpected internal error');
    }
    return this.escapedCharacter(this.take(2)[1], inClass);
  }

  escapedCharacter(character, inClass) {
    if (character in SPACES) {
      return SPACES[character];
    }
    if (/[a-zA-Z0-9]/.test(character)) {
      return UNSUPPORTED_ESCAPE.test(character) ? this.refuse('Illegal/unsupported escape sequence') : `\\${character}`;
    }
    return inClass ? classLiteral(character) : SYNTAX.test(character) ? `\\${character}` : character;
  }

  property(negated, name, inClass) {
    const plain = name.replace(/^I[sn](?=[A-Z])/, '');
    const known = CLASSES[plain];
    if (known) {
      return negated ? `[^${known}]` : inClass ? known : `[${known}]`;
    }
    for (const candidate of [plain, `Script=${plain}`]) {
      const text = `\\${negated ? 'P' : 'p'}{${candidate}}`;
      if (isPattern(text)) {
        return text;
      }
    }
    return this.refuse(`Unknown character property name {${name}}`);
  }

  /** Java's `[a-z&&[^aeiou]]` means under the `v` flag what it means in Java, once both sides are classes. */
  characterClass() {
    const start = this.at;
    this.at += 1;
    const negated = this.next === '^' ? this.take(1) : '';
    const sides = [''];
    let empty = true;
    while (this.next !== ']' || empty) {
      if (this.at >= this.source.length) {
        this.refuse('Unclosed character class', this.source.length - 1);
      }
      if (this.source.startsWith('&&', this.at)) {
        this.at += 2;
        sides.push('');
      } else {
        sides[sides.length - 1] += this.classMember(start);
      }
      empty = false;
    }
    this.at += 1;
    const used = sides.filter((side) => side !== '');
    const inside = used.length === 1 ? used[0] : used.map((side) => `[${side}]`).join('&&');
    return `[${negated}${inside}]`;
  }

  classMember() {
    if (this.next === '[') {
      return this.characterClass();
    }
    if (this.next === '\\') {
      return this.rangeFrom(this.escapedText(true));
    }
    return this.rangeFrom(classLiteral(String.fromCodePoint(this.takeCodePoint())));
  }

  rangeFrom(low) {
    const following = this.source[this.at + 1];
    if (this.next !== '-' || following === ']' || following === '[' || following === undefined) {
      return low;
    }
    this.at += 1;
    const high = this.next === '\\' ? this.escapedText(true) : classLiteral(String.fromCodePoint(this.takeCodePoint()));
    return `${low}-${high}`;
  }
}

/** A RegExp of the same meaning; `flags` are JavaScript's (g, y, d, i…). Raises PatternError where Java refuses. */
export function javaRegex(source, flags = '') {
  const translator = new Translator(source);
  const text = translator.alternatives();
  if (translator.at < source.length) {
    translator.refuse("Unmatched closing ')'", translator.at - 1);
  }
  try {
    return new RegExp(text, [...new Set(`v${flags}`)].join(''));
  } catch (problem) {
    throw new PatternError(problem.message.replace(/^Invalid regular expression: /, ''));
  }
}

/** The numbers, in JavaScript's match, of the groups that the author wrote; the first is the whole match. */
export function groupNumbers(expression) {
  const openings = expression.source.match(/\\.|\[(?:\\.|[^\]])*\]|\((?:\?<[A-Za-z]\w*>|(?!\?))/g) ?? [];
  const groups = openings.filter((opening) => opening.startsWith('('));
  const numbers = groups.map((opening, index) => (opening.startsWith(`(?<${ATOMIC}`) ? 0 : index + 1));
  return [0, ...numbers.filter((number) => number > 0)];
}
