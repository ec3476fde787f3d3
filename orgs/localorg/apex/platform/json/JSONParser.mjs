/** System.JSONParser: token by token. */
import { raise } from '../../engine/errors.mjs';
import { platformClass, platformEnum } from '../../engine/platform.mjs';
import { BLOB, BOOLEAN, DATE, DATETIME, DECIMAL, DOUBLE, ID, INTEGER, LONG, TIME } from '../../engine/types.mjs';
import { given } from '../support/arguments.mjs';
import { JsonReading, PRIMITIVES } from './reading.mjs';

const TOKENS =
  'END_ARRAY END_OBJECT FIELD_NAME NOT_AVAILABLE START_ARRAY START_OBJECT VALUE_EMBEDDED_OBJECT VALUE_FALSE VALUE_NULL ' +
  'VALUE_NUMBER_FLOAT VALUE_NUMBER_INT VALUE_STRING VALUE_TRUE';
export const JSONToken = platformEnum('JSONToken', TOKENS.split(' '));

const tokenOf = (kind) => JSONToken.values.find((value) => value.name === kind) ?? null;
const current = (self) => self.state.tokens[self.state.at] ?? null;

function next(self) {
  if (self.state.at < self.state.tokens.length) self.state.at++;
  return tokenOf(current(self)?.kind);
}

/** The next token, over field names to the value behind them. */
function nextValue(self) {
  next(self);
  if (current(self)?.kind === 'FIELD_NAME') next(self);
  return tokenOf(current(self)?.kind);
}

function value(type) {
  return (self) => {
    const token = current(self);
    if (!token?.kind.startsWith('VALUE_')) throw raise('JSONException', `Current token (${token?.kind ?? null}) is not a value of type ${type}`);
    return PRIMITIVES.get(type)(token.text, token.kind);
  };
}

/** Reads the value at the current token as a type, and stands at its last token afterwards. */
function readAs(self, type, strict) {
  if (self.state.at < 0) self.state.at = 0;
  const reading = new JsonReading(self.state.source, self.state.tokens, strict);
  reading.at = self.state.at;
  if (current(self)?.kind === 'FIELD_NAME') reading.at++;
  const found = reading.typed(given(type).type);
  self.state.at = reading.at - 1;
  return found;
}

function skipChildren(self) {
  const { state } = self;
  let depth = 0;
  do {
    const { kind } = state.tokens[state.at];
    if (kind.startsWith('START_')) depth++;
    else if (kind.startsWith('END_')) depth--;
    if (depth > 0) state.at++;
  } while (depth > 0);
}

export default platformClass('JSONParser', {
  instance: {
    'void clearCurrentToken()': (self) => {
      self.state.tokens.splice(self.state.at, 1, { kind: 'NOT_AVAILABLE', text: null, at: 0 });
    },
    'Blob getBlobValue()': value(BLOB),
    'Boolean getBooleanValue()': value(BOOLEAN),
    'String getCurrentName()': (self) => current(self)?.name ?? null,
    'JSONToken getCurrentToken()': (self) => tokenOf(current(self)?.kind),
    'Datetime getDatetimeValue()': value(DATETIME),
    'Date getDateValue()': value(DATE),
    'Decimal getDecimalValue()': value(DECIMAL),
    'Double getDoubleValue()': value(DOUBLE),
    'Id getIdValue()': value(ID),
    'Integer getIntegerValue()': value(INTEGER),
    'JSONToken getLastClearedToken()': () => null,
    'Long getLongValue()': value(LONG),
    'String getText()': (self) => current(self)?.text ?? null,
    'Time getTimeValue()': value(TIME),
    'Boolean hasCurrentToken()': (self) => current(self) !== null,
    'JSONToken nextToken()': next,
    'JSONToken nextValue()': nextValue,
    'Object readValueAs(Type type)': (self, type) => readAs(self, type, false),
    'Object readValueAsStrict(Type type)': (self, type) => readAs(self, type, true),
    'void skipChildren()': skipChildren,
  },
});
