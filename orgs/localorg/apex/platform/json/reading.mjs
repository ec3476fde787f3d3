/** Tokens into values: untyped, or of a declared Apex type. */
import { idOrNull } from '../../engine/cast.mjs';
import { raise } from '../../engine/errors.mjs';
import { allocate, constructNative, instanceFields } from '../../engine/objects.mjs';
import {
  BLOB, BOOLEAN, DATE, DATETIME, DECIMAL, DOUBLE, ID, INTEGER, LONG, OBJECT, STRING, TIME, listOf, mapOf,
} from '../../engine/types.mjs';
import { ApexList, ApexMap, ApexSet, Blob, Decimal, Double, MAX_INTEGER, MIN_INTEGER, TypeValue } from '../../engine/values.mjs';
import { typeNamed } from '../../engine/typenames.mjs';
import { parseDate, parseIsoDatetime, parseTime } from '../support/datetext.mjs';
import { parseDouble, parseInteger, parseLong } from '../support/numbers.mjs';
import { readRecord } from './records.mjs';
import { placeOf } from './tokens.mjs';

const jsonError = (message) => raise('JSONException', message);

/** Walks over tokens; `strict` refuses attributes that a class does not have. */
export class JsonReading {
  constructor(source, tokens, strict = false) {
    this.source = source;
    this.tokens = tokens;
    this.at = 0;
    this.strict = strict;
  }

  get token() {
    return this.tokens[this.at];
  }

  take(kind) {
    const token = this.tokens[this.at];
    if (kind && token.kind !== kind) throw jsonError(`Malformed JSON: Expected ${kind} but found ${token.kind} ${placeOf(this.source, token)}`);
    this.at++;
    return token;
  }

  /** Calls `each(name)` for every member of an object; it must read the value. */
  members(each) {
    if (this.token.kind !== 'START_OBJECT') throw jsonError("Malformed JSON: Expected '{' at the beginning of object");
    this.at++;
    while (this.token.kind !== 'END_OBJECT') each(this.take('FIELD_NAME').text);
    this.at++;
  }

  elements(each) {
    if (this.token.kind !== 'START_ARRAY') throw jsonError("Malformed JSON: Expected '[' at the beginning of List/Set");
    this.at++;
    const items = [];
    while (this.token.kind !== 'END_ARRAY') items.push(each());
    this.at++;
    return items;
  }

  skip() {
    let depth = 0;
    do {
      const { kind } = this.take();
      if (kind.startsWith('START_')) depth++;
      else if (kind.startsWith('END_')) depth--;
    } while (depth > 0 || this.tokens[this.at - 1].kind === 'FIELD_NAME');
  }

  untyped() {
    const { kind, text } = this.token;
    if (kind === 'START_OBJECT') return this.untypedMap();
    if (kind === 'START_ARRAY') return new ApexList(listOf(OBJECT), this.elements(() => this.untyped()));
    this.at++;
    if (kind === 'VALUE_STRING') return text;
    if (kind === 'VALUE_NUMBER_INT') return wholeNumber(text);
    if (kind === 'VALUE_NUMBER_FLOAT') return Decimal.of(text);
    return kind === 'VALUE_NULL' ? null : kind === 'VALUE_TRUE';
  }

  untypedMap() {
    const map = new ApexMap(mapOf(STRING, OBJECT));
    this.members((name) => map.table.set(name, this.untyped()));
    return map;
  }

  typed(type) {
    if (this.token.kind === 'VALUE_NULL') {
      this.at++;
      return null;
    }
    if (type === OBJECT) return this.untyped();
    switch (type.kind) {
      case 'list':
        return new ApexList(type, this.elements(() => this.typed(type.element)));
      case 'set':
        return new ApexSet(type, this.elements(() => this.typed(type.element)));
      case 'map':
        return this.map(type);
      case 'sobject':
        return readRecord(this, type);
      case 'class':
        return this.object(type);
      default:
        return this.primitive(type);
    }
  }

  map(type) {
    const map = new ApexMap(type);
    const [key, value] = type.args;
    this.members((name) => map.table.set(keyOf(name, key), this.typed(value)));
    return map;
  }

  primitive(type) {
    const { kind, text } = this.token;
    if (kind.startsWith('START_')) throw jsonError(`Illegal value for primitive ${placeOf(this.source, this.token)}`);
    this.at++;
    try {
      return PRIMITIVES.get(type)(text, kind);
    } catch (problem) {
      if (problem?.value?.cls?.name !== 'TypeException') throw problem;
      throw jsonError(`${problem.value.state.message} ${placeOf(this.source, this.tokens[this.at - 1])}`);
    }
  }

  object(type) {
    const { decl } = type;
    if (decl.kind === 'enum') return this.enumValue(decl);
    if (decl.native) return this.platformObject(type);
    if (decl.kind === 'interface' || decl.isAbstract) throw raise('JSONException', `Not Serializable: ${decl.name}`);
    const made = allocate(decl);
    const fields = new Map([...instanceFields(made)].filter((field) => !field.transient).map((field) => [field.name.toLowerCase(), field]));
    this.members((name) => {
      const field = fields.get(name.toLowerCase());
      if (field) field.set(this.typed(field.type));
      else this.unknown(name, decl.name);
    });
    return made;
  }

  unknown(name, owner) {
    if (this.strict) throw jsonError(`Unrecognized field "${name}" (Class ${owner}), not marked as ignorable ${placeOf(this.source, this.token)}`);
    this.skip();
  }

  enumValue(decl) {
    const { text } = this.take();
    const found = decl.values.find((value) => value.name.toLowerCase() === text.toLowerCase());
    if (!found) throw jsonError(`Invalid enum value: ${text}`);
    return found;
  }

  /** Database.SaveResult and its kind: what tests build from JSON, since they have no constructors. */
  platformObject(type) {
    const { decl } = type;
    if (decl.name === 'Type') return new TypeValue(typeNamed(this.take('VALUE_STRING').text));
    const read = STATES[decl.name];
    if (!read) throw jsonError(`Not Serializable: ${decl.name}`);
    const state = { errors: [], success: false, created: false, id: null };
    this.members((name) => {
      const member = read[name] ?? null;
      if (member) state[member.as ?? name] = member.plain ? plainOf(this.untyped()) : this.typed(member.type());
      else this.skip();
    });
    if (Array.isArray(state.errors?.items)) state.errors = state.errors.items;
    return constructNative(decl, state);
  }
}

const member = (text, as) => ({ type: () => typeNamed(text), as });
const RESULT = { id: member('Id'), success: member('Boolean'), created: member('Boolean'), errors: member('List<Database.Error>') };
const STATES = {
  'Database.SaveResult': RESULT,
  'Database.UpsertResult': RESULT,
  'Database.DeleteResult': RESULT,
  'Database.UndeleteResult': RESULT,
  'Database.Error': { message: member('String'), statusCode: member('String'), fields: { plain: true } },
};
const plainOf = (value) => (value instanceof ApexList ? value.items : value);

function wholeNumber(text) {
  const value = Number(text);
  if (value >= MIN_INTEGER && value <= MAX_INTEGER) return value;
  const whole = BigInt(text);
  return whole === BigInt.asIntN(64, whole) ? whole : Decimal.of(text);
}

function keyOf(name, type) {
  if (type === STRING || type === OBJECT) return name;
  if (type === ID) return idOrNull(name);
  if (type.kind === 'class' && type.decl.kind === 'enum') return type.decl.values.find((value) => value.name === name) ?? null;
  return PRIMITIVES.get(type)?.(name, 'VALUE_STRING') ?? null;
}

function dateOrDatetime(text) {
  const found = parseIsoDatetime(text);
  if (!found) throw raise('TypeException', `Invalid date/time: ${text}`);
  return found;
}

function truth(text, kind) {
  if (kind !== 'VALUE_STRING') return kind === 'VALUE_TRUE';
  if (!/^(true|false)$/i.test(text)) throw raise('TypeException', `Invalid boolean: ${text}`);
  return text.toLowerCase() === 'true';
}

function decimal(text) {
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw raise('TypeException', `Invalid decimal: ${text}`);
  return Decimal.of(text);
}

function id(text) {
  const found = idOrNull(text);
  if (!found && text !== '') throw raise('StringException', `Invalid id: ${text}`);
  return found;
}

export const PRIMITIVES = new Map([
  [STRING, (text) => text],
  [BOOLEAN, truth],
  [INTEGER, (text) => parseInteger(text.replace(/\.0+$/, ''))],
  [LONG, (text) => parseLong(text)],
  [DOUBLE, (text) => new Double(parseDouble(text))],
  [DECIMAL, decimal],
  [ID, id],
  [DATE, (text) => parseDate(text)],
  [DATETIME, dateOrDatetime],
  [TIME, parseTime],
  [BLOB, (text) => new Blob(Buffer.from(text, 'base64'))],
]);
