/** JSON text as tokens with their places: what JSONParser walks over and what every deserialize reads. */
import { raise } from '../../engine/errors.mjs';

const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const EXPECTED = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')";
const WORDS = { true: 'VALUE_TRUE', false: 'VALUE_FALSE', null: 'VALUE_NULL' };

/** All tokens of a text: {kind (a JSONToken's name), text, at}. Raises JSONException in Jackson's words. */
export function tokensOf(source) {
  const reader = new Reader(source);
  reader.value();
  reader.space();
  if (reader.at < source.length) reader.unexpected(EXPECTED);
  return reader.tokens;
}

/** For a parser: what is wrong with the text is raised where its walk gets there, not before. */
export function tokensAsFound(source) {
  const reader = new Reader(source);
  try {
    reader.space();
    if (reader.at < source.length) reader.value();
    reader.space();
    if (reader.at < source.length) reader.unexpected(EXPECTED);
  } catch (problem) {
    reader.tokens.push(faultOf(problem));
  }
  return reader.tokens;
}

const faultOf = (problem) => ({
  get kind() {
    throw problem;
  },
});

class Reader {
  constructor(source) {
    this.source = source;
    this.at = 0;
    this.tokens = [];
  }

  get next() {
    return this.source[this.at];
  }

  place(at = this.at) {
    const lines = this.source.slice(0, at).split('\n');
    return `at input location [${lines.length},${lines.at(-1).length + 1}]`;
  }

  unexpected(wanted) {
    if (this.at >= this.source.length) throw raise('JSONException', `Unexpected end-of-input: ${wanted} ${this.place()}`);
    const code = this.next.charCodeAt(0);
    const message = `Unexpected character ('${this.next}' (code ${code})): ${wanted}`;
    throw raise('JSONException', `${message} ${this.place(this.at + 1)}`);
  }

  /** `name` is the member that a token belongs to; elements of arrays have none. */
  push(kind, text, at, name = null) {
    this.tokens.push({ kind, text, at, name });
  }

  space() {
    while (/[ \t\r\n]/.test(this.next ?? '')) this.at++;
  }

  value(name = null) {
    this.space();
    const start = this.at;
    switch (this.next) {
      case '{':
        return this.object(name);
      case '[':
        return this.array(name);
      case '"':
        return this.push('VALUE_STRING', this.text(), start, name);
      default:
        return /[-\d]/.test(this.next ?? '') ? this.number(name) : this.word(name);
    }
  }

  object(name) {
    this.push('START_OBJECT', '{', this.at++, name);
    this.members('}', () => this.member());
    this.push('END_OBJECT', '}', this.at++, name);
  }

  member() {
    const start = this.at;
    if (this.next !== '"') this.unexpected('was expecting double-quote to start field name');
    const name = this.text();
    this.push('FIELD_NAME', name, start, name);
    this.space();
    if (this.next !== ':') this.unexpected('was expecting a colon to separate field name and value');
    this.at++;
    this.value(name);
  }

  array(name) {
    this.push('START_ARRAY', '[', this.at++, name);
    this.members(']', () => this.value());
    this.push('END_ARRAY', ']', this.at++, name);
  }

  members(end, read) {
    this.space();
    if (this.next === end) return;
    for (;;) {
      this.space();
      read();
      this.space();
      if (this.next === end) return;
      if (this.next !== ',') this.unexpected(`was expecting comma to separate ${end === '}' ? 'OBJECT' : 'ARRAY'} entries`);
      this.at++;
    }
  }

  text() {
    let text = '';
    for (this.at++; this.next !== '"'; this.at++) {
      if (this.at >= this.source.length) this.unexpected('was expecting closing quote for a string value');
      if (this.next < ' ') this.unexpected('illegal unquoted character, has to be escaped using backslash to be included in string value');
      text += this.next === '\\' ? this.escape() : this.next;
    }
    this.at++;
    return text;
  }

  escape() {
    this.at++;
    if (this.next === 'u') {
      const hex = this.source.slice(this.at + 1, this.at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.unexpected('expected a hex-digit for character escape sequence');
      this.at += 4;
      return String.fromCharCode(parseInt(hex, 16));
    }
    const found = ESCAPES[this.next];
    return found ?? this.unexpected('unrecognized character escape');
  }

  number(name) {
    const [text] = /^-?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.source.slice(this.at, this.at + 400));
    if (!/\d/.test(text)) this.unexpected(EXPECTED);
    this.push(/^-?\d+$/.test(text) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT', text, this.at, name);
    this.at += text.length;
  }

  word(name) {
    const [text] = /^\w*/.exec(this.source.slice(this.at, this.at + 100));
    if (!Object.hasOwn(WORDS, text)) {
      if (!text) this.unexpected(EXPECTED);
      throw raise('JSONException', `Unrecognized token '${text}': was expecting 'null', 'true', 'false' or NaN ${this.place(this.at + text.length + 1)}`);
    }
    this.push(WORDS[text], text, this.at, name);
    this.at += text.length;
  }
}

/** `[line, column]` words of a token's place in its text. */
export const placeOf = (source, token) => new Reader(source).place(token.at + 1);
