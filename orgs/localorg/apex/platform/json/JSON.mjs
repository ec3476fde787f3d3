/** System.JSON. */
import { make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';
import { JsonReading } from './reading.mjs';
import { tokensAsFound, tokensOf } from './tokens.mjs';
import { serialize } from './writing.mjs';

function reading(text, strict = false) {
  given(text);
  if (text.trim() === '') throw raise('JSONException', 'No content to map to Object due to end of input');
  return new JsonReading(text, tokensOf(text), strict);
}

/** A text that does not even begin like the type wanted is refused for that, whatever follows. */
function deserialize(text, type, strict) {
  const wanted = given(type, 2).type;
  const isList = wanted.kind === 'list' || wanted.kind === 'set';
  if (isList && /^\s*[^\s[n]/.test(given(text))) throw raise('JSONException', "Malformed JSON: Expected '[' at the beginning of List/Set");
  return reading(text, strict).typed(wanted);
}

export default platformClass('JSON', {
  static: {
    'String serialize(Object value)': (value) => serialize(value),
    'String serialize(Object value, Boolean suppressApexObjectNulls)': (value, suppressNulls) => serialize(value, { suppressNulls }),
    'String serializePretty(Object value)': (value) => serialize(value, { isPretty: true }),
    'String serializePretty(Object value, Boolean suppressApexObjectNulls)': (value, suppressNulls) =>
      serialize(value, { suppressNulls, isPretty: true }),
    'Object deserialize(String text, Type type)': (text, type) => deserialize(text, type, false),
    'Object deserializeStrict(String text, Type type)': (text, type) => deserialize(text, type, true),
    'Object deserializeUntyped(String text)': (text) => reading(text).untyped(),
    'JSONParser createParser(String text)': (text) => make('JSONParser', { source: given(text), tokens: tokensAsFound(text), at: -1 }),
    'JSONGenerator createGenerator(Boolean pretty)': (pretty) => make('JSONGenerator', { pretty: given(pretty), open: [], root: null }),
  },
});
