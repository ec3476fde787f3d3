/** System.UUID. */
import { randomUUID } from 'node:crypto';
import { make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';
import { javaHash } from '../support/hashcodes.mjs';

const FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function fromText(text) {
  if (!FORM.test(given(text))) throw raise('IllegalArgumentException', `Invalid UUID string: ${text}`);
  return make('UUID', { text: text.toLowerCase() });
}

export default platformClass('UUID', {
  static: { 'UUID randomUUID()': () => make('UUID', { text: randomUUID() }), 'UUID fromString(String text)': fromText },
  instance: {
    'Boolean equals(Object other)': (self, other) => other?.cls === self.cls && other.state.text === self.state.text,
    'Integer hashCode()': (self) => javaHash(self.state.text),
    'String toString()': (self) => self.state.text,
  },
});
